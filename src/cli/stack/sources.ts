// A part of its own: asks the app's own module about sources, so that command and page say the same.
import * as loads from '../../lib/server/loads.ts';

const [name] = process.argv.slice(2);
const answer = name ? await loads.source(name, 'en') : await loads.list('en');
process.send?.({ answer }, () => process.exit(0));
