// A part of its own: builds the app and ends, which vite alone does only when the message compiler's timers run out.
import { build } from 'vite';

await build();
process.exit(0);
