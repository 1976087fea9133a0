import { join } from 'node:path';
import { Problem } from '../../schema/problem.ts';
import type * as users from '../lib/server/users.ts';
import type { Place } from './place.ts';
import { spawnPart } from './stack/part.ts';
import type { Part } from './stack/part.ts';
import { readSecret } from './stack/secret.ts';

type Verb = 'add' | 'list' | 'see' | 'disable' | 'ensureAdmin';
type Result<V extends Verb> = Awaited<ReturnType<(typeof users)[V]>>;

/** Asks the app's own module about people, in a process that ends with the answer. */
export async function askPeople<V extends Verb>(
  place: Place,
  warehouse: string,
  verb: V,
  argument: Parameters<(typeof users)[V]>[0] | null = null,
  own: (part: Part) => Part = (part) => part,
): Promise<Result<V>> {
  const part = own(
    await spawnPart({
      name: 'people',
      file: join(place.root, 'src/cli/stack/people.ts'),
      args: [verb],
      ...place,
      env: {
        ...process.env,
        WAREHOUSE_URL: warehouse,
        PULSE_SECRET: readSecret(place.home),
        PULSE_HOME: place.home,
        // Not an argument: those are for everyone to read, and it may carry a password.
        PEOPLE_ARGUMENT: JSON.stringify(argument),
        // Required by the app's settings, never asked by this.
        CUBE_URL: 'http://127.0.0.1/cubejs-api',
      },
      isJob: true,
    }),
  );
  const answer = await part.wait(() => true, 60_000);
  await part.stop();
  if (typeof answer.problem === 'string') throw new Problem(`${answer.problem}.`, { exitCode: 2 });
  return answer.result as Result<V>;
}
