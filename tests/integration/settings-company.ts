import { createDatabase, type Database } from '../harness/database.ts';
import { runSources } from '../../etl/run.ts';
import { readConfig } from '../../etl/config.ts';
import { auth } from '../../src/lib/server/auth.ts';
import { ask, type Answer } from '../../src/lib/server/authority.ts';
import type { Viewer } from '../../src/lib/viewer.ts';

/** The small company counted by hand, loaded, with the app's own modules turned to its warehouse. */
export async function openCompany(): Promise<{ database: Database; load(): ReturnType<typeof runSources> }> {
  const database = await createDatabase();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1/cubejs-api',
    PULSE_SECRET: 'a secret of a test that is long',
  });
  const config = readConfig('tests/fixtures/golden/pulse.yaml');
  const load = () => runSources({ warehouseUrl: database.url, config });
  await load();
  return { database, load };
}

export function viewerOf(user: { id: string; email: string }, role: Viewer['role'] = 'admin'): Viewer {
  const { id: user_id, email } = user;
  return {
    user_id,
    email,
    name: email,
    role,
    locale: 'en',
    access: 'company',
    team_keys: [],
    employee_keys: [],
  };
}

/** A browser as far as signing in goes: it keeps what cookies it is given. */
export function openVisitor() {
  const jar = new Map<string, string>();
  const request = () =>
    new Request('http://pulse.test/', {
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ') },
    });
  const keep = (cookies: Answer['cookies']) => {
    for (const { name, value, options } of cookies) {
      if (options.maxAge === 0) jar.delete(name);
      else jar.set(name, value);
    }
  };
  return {
    request,
    keep,
    caller: () => ({ request: request(), address: `10.0.0.${Math.ceil(Math.random() * 250)}` }),
    async signIn(email: string, password: string): Promise<Answer> {
      const answer = await ask('/sign-in/email', { email, password }, this.caller());
      keep(answer.cookies);
      return answer;
    },
    who: async () => (await auth().api.getSession({ headers: request().headers }))?.user.email ?? null,
  };
}
