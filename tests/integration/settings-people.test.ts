import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createOTP } from '@better-auth/utils/otp';
import * as account from '../../src/lib/server/account.ts';
import * as people from '../../src/lib/server/people.ts';
import * as changes from '../../src/lib/server/people/changes.ts';
import { prove } from '../../src/lib/server/sign-in.ts';
import * as trail from '../../src/lib/server/trail.ts';
import * as users from '../../src/lib/server/users.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import type { Viewer } from '../../src/lib/viewer.ts';
import type { Database } from '../harness/database.ts';
import { openCompany, openVisitor, viewerOf } from './settings-company.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

let database: Database;
let boss: Viewer;

beforeAll(async () => {
  ({ database } = await openCompany());
  const added = await users.add({
    email: 'boss@example.com',
    name: 'Boss',
    role: 'admin',
    password: 'boss password 1',
  });
  boss = viewerOf(added);
});

afterAll(async () => {
  await close();
  await database.drop();
});

const idOf = async (email: string) =>
  (await database.query<{ id: string }>('select id from app.users where email = $1', [email]))[0]?.id ?? '';
const nothing = { teams: [], employees: [], employee: '' };

test('the last administrator cannot be locked out, by no way and not by two at once', async () => {
  const last = { problem: 'last_admin' };
  expect(await changes.disable(boss, boss.user_id)).toEqual(last);
  expect(await changes.change(boss, boss.user_id, { role: 'executive', locale: 'en', ...nothing })).toEqual(
    last,
  );
  await expect(users.disable('boss@example.com')).rejects.toThrow('last administrator');
  const second = await users.add({ email: 'second@example.com', name: 'Second', role: 'admin' });
  // each takes the right from the other: one of them must stay
  const outcomes = await Promise.all([changes.disable(boss, second.id), changes.disable(boss, boss.user_id)]);
  expect(outcomes.filter((one) => 'done' in one)).toHaveLength(1);
  const left = await database.query(`select email from app.users where role = 'admin' and not is_disabled`);
  expect(left).toHaveLength(1);
  await database.query('update app.users set is_disabled = false');
  expect(await changes.disable(boss, second.id)).toEqual({ done: true });
  // one who is disabled lets nobody in, so the other is the last again
  expect(await changes.disable(boss, boss.user_id)).toEqual(last);
});

test('an invitation opens once, then the chosen password does; a second link shuts the first', async () => {
  const wish = { email: ' New@Example.com ', name: '<img src=x onerror=alert(1)>', role: 'manager' };
  const added = await changes.add(boss, { ...wish, way: 'link' });
  if ('problem' in added) throw new Error(added.problem);
  expect(added).toMatchObject({ email: 'new@example.com', password: null });
  expect(await changes.add(boss, { ...wish, way: 'link' })).toEqual({ problem: 'taken' });
  expect((await people.list()).people.find(({ email }) => email === 'new@example.com')).toMatchObject({
    is_invited: true,
    sees: { kind: 'nothing', why: 'no_employee' },
  });
  const again = await changes.resetPassword(boss, await idOf('new@example.com'));
  if ('problem' in again) throw new Error(again.problem);
  expect(await account.invited(added.token ?? '')).toBeNull();
  const visitor = openVisitor();
  const choose = (token: string | null, wanted: string, repeated = wanted) =>
    account.choosePassword(visitor.caller(), { token: token ?? '', wanted, repeated });
  expect(await choose(added.token, 'a chosen password')).toEqual({ problem: 'link' });
  expect(await choose(again.token, 'short')).toEqual({ problem: 'short' });
  expect(await choose(again.token, 'a chosen password', 'another password')).toEqual({
    problem: 'not_equal',
  });
  expect(await choose(again.token, 'a chosen password')).toEqual({ cookies: [] });
  expect(await choose(again.token, 'one more password')).toEqual({ problem: 'link' });
  expect((await visitor.signIn('new@example.com', 'a chosen password')).ok).toBe(true);
  expect(await visitor.who()).toBe('new@example.com');
  await database.query(`update app.verifications set expires_at = now() - interval '1 second'`);
  const late = await changes.resetPassword(boss, await idOf('new@example.com'));
  if ('problem' in late) throw new Error(late.problem);
  // a new link ends open sessions; an old one opens nothing
  expect(await visitor.who()).toBeNull();
  await database.query(`update app.verifications set expires_at = now() - interval '1 second'`);
  expect(await choose(late.token, 'a chosen password 2')).toEqual({ problem: 'link' });
  await changes.disable(boss, await idOf('new@example.com'));
  expect((await visitor.signIn('new@example.com', 'a chosen password')).ok).toBe(false);
  await changes.enable(boss, await idOf('new@example.com'));
  expect((await visitor.signIn('new@example.com', 'a chosen password')).ok).toBe(true);
});

test('links to employees decide what is seen, and the words say the same as the warehouse', async () => {
  const [employee] = await database.query<{
    source: string;
    source_id: string;
    name: string;
    employee_key: string;
  }>(
    'select source, source_id, name, employee_key from core.dim_employees where not is_deleted order by employee_key limit 1',
  );
  if (!employee) throw new Error('no employee');
  const id = await idOf('new@example.com');
  const label = people.labelOf(employee);
  const wish = { role: 'manager', locale: 'ru', teams: [], employees: [] };
  expect(await changes.change(boss, id, { ...wish, employee: 'Nobody · x/y' })).toEqual({
    problem: 'no_employee',
  });
  expect(await changes.change(boss, id, { ...wish, role: 'god', employee: '' })).toEqual({ problem: 'role' });
  expect(await changes.change(boss, id, { ...wish, employee: label })).toEqual({ done: true });
  const found = await people.find(id);
  expect(found?.person).toMatchObject({
    role: 'manager',
    locale: 'ru',
    sees: { kind: 'own', employees: [employee.name] },
  });
  expect(found?.offered).toContain(label);
  const kept = await changes.change(boss, id, {
    ...wish,
    employees: [changes.writeLink(employee)],
    employee: '',
  });
  expect(kept).toEqual({ done: true });
  expect(
    await database.query('select source, source_id from app.user_employees where user_id = $1', [id]),
  ).toEqual([{ source: employee.source, source_id: employee.source_id }]);
  await database.query(
    `insert into core.dim_teams (source, source_id, name) values ('t', '1', 'North'), ('t', '2', 'South')`,
  );
  await database.query(`update core.dim_teams set parent_id = '1' where source_id = '2'`);
  const team = changes.writeLink({ source: 't', source_id: '1' });
  await changes.change(boss, id, { ...wish, role: 'head', teams: [team, 'rubbish', '[1,2]'], employee: '' });
  expect((await people.find(id))?.person.sees).toEqual({
    kind: 'teams',
    teams: ['North', 'South'],
    team_count: 2,
    employees: 0,
  });
});

test('a second step asks for a code, takes each backup code once, and ends with the password only', async () => {
  const email = 'step@example.com';
  await users.add({ email, name: 'Step', role: 'executive', password: 'the first password' });
  const viewer = viewerOf({ id: await idOf(email), email }, 'executive');
  const visitor = openVisitor();
  await visitor.signIn(email, 'the first password');
  expect(await account.beginSecondStep(visitor.caller(), 'not this one')).toEqual({
    problem: 'wrong_password',
  });
  const begun = await account.beginSecondStep(visitor.caller(), 'the first password');
  if ('problem' in begun) throw new Error(begun.problem);
  visitor.keep(begun.cookies);
  expect(begun.setup.picture).toMatch(/^data:image\/svg\+xml;base64,/);
  expect(begun.setup.uri).toContain('otpauth://totp/Pulse:');
  // before the app has shown that it understood, nobody is locked out
  expect((await openVisitor().signIn(email, 'the first password')).body.twoFactorRedirect).toBeUndefined();
  expect(await account.confirmSecondStep(viewer, visitor.caller(), '000000')).toEqual({
    problem: 'wrong_code',
  });
  const [kept] = await database.query<{ secret: string }>('select secret from app.two_factors');
  expect(kept?.secret).not.toContain(begun.setup.secret);
  const code = async () => {
    const { base32 } = await import('@better-auth/utils/base32');
    const secret = new TextDecoder().decode(base32.decode(begun.setup.secret));
    return createOTP(secret).totp();
  };
  const on = await account.confirmSecondStep(viewer, visitor.caller(), await code());
  if ('problem' in on) throw new Error(on.problem);
  visitor.keep(on.cookies);
  expect(await visitor.who()).toBe(email);

  const other = openVisitor();
  const half = await other.signIn(email, 'the first password');
  expect(half.body.twoFactorRedirect).toBe(true);
  expect(await other.who()).toBeNull();
  const step = (given: string, isBackup: boolean) =>
    prove({ ...other.caller(), code: given, isBackup, isTrusted: false });
  expect(await step('123 123', false)).toMatchObject({ problem: 'wrong', isOver: false });
  const through = await step(await code(), false);
  if ('problem' in through) throw new Error(through.problem);
  other.keep(through.cookies);
  expect(await other.who()).toBe(email);

  const backup = begun.setup.codes[0] ?? '';
  for (const expected of [true, false]) {
    const third = openVisitor();
    await third.signIn(email, 'the first password');
    const outcome = await prove({ ...third.caller(), code: backup, isBackup: true, isTrusted: false });
    expect('cookies' in outcome).toBe(expected);
  }
  // without the password first, a code opens nothing
  const bare = await prove({
    ...openVisitor().caller(),
    code: await code(),
    isBackup: false,
    isTrusted: false,
  });
  expect(bare).toMatchObject({ isOver: true });
  expect(await account.endSecondStep(viewer, visitor.caller(), 'not this one')).toEqual({
    problem: 'wrong_password',
  });
  const off = await account.endSecondStep(viewer, visitor.caller(), 'the first password');
  expect('cookies' in off).toBe(true);
  expect((await openVisitor().signIn(email, 'the first password')).body.twoFactorRedirect).toBeUndefined();
});

test('a new password ends the other sessions; one may end them by hand, and nobody else’s', async () => {
  const email = 'step@example.com';
  const viewer = viewerOf({ id: await idOf(email), email }, 'executive');
  const [here, there, stranger] = [openVisitor(), openVisitor(), openVisitor()];
  await here.signIn(email, 'the first password');
  await there.signIn(email, 'the first password');
  await stranger.signIn('boss@example.com', 'boss password 1');
  const wish = {
    present: 'the first password',
    wanted: 'the second password',
    repeated: 'the second password',
  };
  expect(await account.changePassword(viewer, here.caller(), { ...wish, present: 'wrong password' })).toEqual(
    {
      problem: 'wrong_password',
    },
  );
  const changed = await account.changePassword(viewer, here.caller(), wish);
  if ('problem' in changed) throw new Error(changed.problem);
  here.keep(changed.cookies);
  expect([await here.who(), await there.who()]).toEqual([email, null]);
  await there.signIn(email, 'the second password');
  const { sessions } = await account.load(viewer, here.request());
  expect(sessions.filter((one) => one.is_current)).toHaveLength(1);
  await account.endOthers(viewer, here.request(), null);
  expect([await here.who(), await there.who(), await stranger.who()]).toEqual([
    email,
    null,
    'boss@example.com',
  ]);
});

test('each of it stands in the log, is found by who and what, and holds no secret', async () => {
  const all = await trail.load('en', new URLSearchParams());
  const [counted] = await database.query<{ count: string }>('select count(*) from app.audit');
  expect(all.count).toBe(Number(counted?.count));
  const done = new Set(all.deeds.map(({ action }) => action));
  for (const action of [
    'user_added',
    'user_changed',
    'user_disabled',
    'user_enabled',
    'password_reset',
    'password_changed',
  ])
    expect(done, action).toContain(action);
  for (const action of ['two_factor_on', 'two_factor_off', 'sessions_ended', 'sign_in', 'sign_in_failed'])
    expect(done, action).toContain(action);
  expect(JSON.stringify(all)).not.toMatch(/first password|second password|chosen password/);
  const found = await trail.load('en', new URLSearchParams({ action: 'user_disabled', who: 'BOSS@' }));
  expect(found.count).toBeGreaterThan(0);
  expect(
    found.deeds.every(({ action, actor }) => action === 'user_disabled' && actor === 'boss@example.com'),
  ).toBe(true);
  expect((await trail.load('en', new URLSearchParams({ who: '%' }))).count).toBe(0);
  expect((await trail.load('en', new URLSearchParams({ from: '2999-01-01' }))).count).toBe(0);
  expect(
    (await trail.load('en', new URLSearchParams({ to: '2999-01-01', page: '-7', action: 'x' }))).count,
  ).toBe(all.count);
});
