import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as account from '../../src/lib/server/account.ts';
import * as changes from '../../src/lib/server/people/changes.ts';
import { signIn } from '../../src/lib/server/sign-in.ts';
import * as single from '../../src/lib/server/single-sign-on.ts';
import * as users from '../../src/lib/server/users.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import type { Viewer } from '../../src/lib/viewer.ts';
import type { Database } from '../harness/database.ts';
import { openIdentityProvider, type IdentityProvider } from '../harness/identity-provider.ts';
import { openCompany, openVisitor, viewerOf } from './settings-company.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

const origin = 'https://pulse.example.com';
let database: Database;
let provider: IdentityProvider;
let boss: Viewer;

beforeAll(async () => {
  provider = await openIdentityProvider(`${origin}/login/sso/callback`, {
    anna: { email: 'Anna@Example.com', email_verified: true },
    stranger: { email: 'stranger@example.com', email_verified: true },
    sly: { email: 'boss@example.com', email_verified: false },
    gone: { email: 'gone@example.com', email_verified: true },
  });
  Object.assign(process.env, {
    ...provider.env,
    ORIGIN: origin,
    OIDC_ONLY: 'true',
  });
  ({ database } = await openCompany());
  const user = {
    email: 'boss@example.com',
    name: 'Boss',
    role: 'admin',
    password: 'boss password 1',
  } as const;
  boss = viewerOf(await users.add(user));
  for (const name of ['anna', 'gone']) {
    await changes.add(boss, { email: `${name}@example.com`, name, role: 'manager', way: 'sso' });
  }
  await users.disable('gone@example.com');
});

afterAll(async () => {
  await close();
  await database.drop();
  await provider.close();
});

type Visitor = ReturnType<typeof openVisitor>;

/** The way to the provider's page and through it, as far as the address that leads back. */
async function passThrough(visitor: Visitor, who: string, to = '/sales?period=last_month'): Promise<URL> {
  const begun = await single.begin(visitor.caller(), to);
  if ('problem' in begun) throw new Error(begun.problem);
  visitor.keep(begun.cookies);
  const jar = new Map<string, string>();
  let next = new URL(begun.address);
  for (let step = 0; step < 8; step += 1) {
    const isForm = next.pathname.startsWith('/login/');
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
      ...(isForm && { method: 'POST', body: new URLSearchParams({ who }) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? [];
      jar.set(name, value);
    }
    next = new URL(answer.headers.get('location') ?? '', next);
    if (next.origin === origin) return next;
  }
  throw new Error(`The provider leads nowhere: ${next}`);
}

test('whoever is known comes in by a verified address, to the page that was wanted, and no token is kept', async () => {
  const visitor = openVisitor();
  const back = await passThrough(visitor, 'anna');
  const outcome = await single.finish(visitor.caller(), back.search);
  if ('problem' in outcome) throw new Error(outcome.problem);
  expect(outcome.to).toBe('/sales?period=last_month');
  visitor.keep(outcome.cookies);
  expect(await visitor.who()).toBe('anna@example.com');
  const [kept] = await database.query(
    `select provider_id, account_id, access_token, refresh_token, id_token from app.accounts a
       join app.users u on u.id = a.user_id where u.email = 'anna@example.com'`,
  );
  expect(kept).toEqual({
    ...{ provider_id: 'oidc', account_id: 'anna' },
    ...{ access_token: null, refresh_token: null, id_token: null },
  });
  const [entry] = await database.query(
    `select actor, details from app.audit where action = 'sign_in' order by at desc limit 1`,
  );
  expect(entry).toEqual({ actor: 'anna@example.com', details: { by: 'the company' } });
  // a person whom the provider no longer knows is out by the next day, however busy
  const [session] = await database.query(
    `select extract(epoch from expires_at - created_at) / 3600 as hours from app.sessions`,
  );
  expect(Math.round(Number(session?.hours))).toBe(12);
  // the same way back opens nothing twice, nor to anybody else
  expect(await single.finish(visitor.caller(), back.search)).toEqual({ problem: 'failed' });
  const other = await passThrough(openVisitor(), 'anna');
  expect(await single.finish(openVisitor().caller(), other.search)).toEqual({ problem: 'failed' });
});

test.each([
  ['stranger', 'unknown'],
  ['gone', 'unknown'],
  ['sly', 'unverified'],
  ['nobody', 'refused'],
])('%s stays outside: %s', async (who, problem) => {
  const visitor = openVisitor();
  const back = await passThrough(visitor, who);
  expect(await single.finish(visitor.caller(), back.search)).toEqual({ problem });
  expect(await database.query(`select 1 from app.users where email like 'stranger%'`)).toEqual([]);
});

test.each(['https://evil.example/', '//evil.example/', '/.//evil.example/'])(
  'the wish to go to %s ends on this site',
  async (wish) => {
    const visitor = openVisitor();
    const back = await passThrough(visitor, 'anna', wish);
    expect(await single.finish(visitor.caller(), back.search)).toMatchObject({ to: '/' });
  },
);

test('where the company wants it, no password opens anything', async () => {
  const attempt = { email: 'boss@example.com', password: 'boss password 1', ...openVisitor().caller() };
  expect(await signIn(attempt)).toEqual({ problem: 'elsewhere', status: 403 });
  const link = await changes.resetPassword(boss, boss.user_id);
  if ('problem' in link) throw new Error(link.problem);
  expect(await account.invited(link.token ?? '')).toBeNull();
  const wish = { token: link.token ?? '', wanted: 'a new password', repeated: 'a new password' };
  expect(await account.choosePassword(openVisitor().caller(), wish)).toEqual({ problem: 'link' });
});
