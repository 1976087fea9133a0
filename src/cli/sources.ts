import { join } from 'node:path';
import type { Overview, SourcePage } from '../lib/server/loads.ts';
import type { Place } from './place.ts';
import { spawnPart } from './stack/part.ts';
import { readSecret } from './stack/secret.ts';

/** Asks the app's own module about all sources or one, in a process that ends with the answer. */
export async function askSources(
  place: Place,
  warehouse: string,
  name?: string,
): Promise<Overview | SourcePage | null> {
  const part = await spawnPart({
    name: 'sources',
    file: join(place.root, 'src/cli/stack/sources.ts'),
    args: name === undefined ? [] : [name],
    ...place,
    env: {
      ...process.env,
      WAREHOUSE_URL: warehouse,
      PULSE_SECRET: readSecret(place.home),
      // Required by the app's settings, never asked by this.
      CUBE_URL: 'http://127.0.0.1/cubejs-api',
    },
    isJob: true,
  });
  const said = await part.wait((message) => 'answer' in message, 60_000);
  await part.stop();
  return (said as unknown as { answer: Overview | SourcePage | null }).answer;
}
