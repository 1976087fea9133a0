// A job of its own: one verb of src/lib/server/users.ts, its connections and libraries end with it.
import * as users from '../../lib/server/users.ts';

const VERBS = {
  add: users.add,
  list: users.list,
  see: users.see,
  disable: users.disable,
  ensureAdmin: users.ensureAdmin,
};

const verb = process.argv[2] ?? '';
const argument = process.env.PEOPLE_ARGUMENT ?? 'null';
if (!(verb in VERBS)) throw new Error(`people: no verb ${verb}`);
try {
  const work = VERBS[verb as keyof typeof VERBS] as (argument: unknown) => Promise<unknown>;
  const result = (await work(JSON.parse(argument))) ?? null;
  process.send?.({ result }, () => process.exit(0));
} catch (error) {
  if (!(error instanceof users.UserProblem)) throw error;
  process.send?.({ problem: error.message }, () => process.exit(0));
}
