import { randomBytes } from 'node:crypto';
import { locales } from '../../paraglide/runtime.js';
import type { Locale } from '../../page.ts';
import { roles, type Viewer } from '../../viewer.ts';
import { record } from '../audit.ts';
import { auth } from '../auth.ts';
import { labelOf, type Link } from '../people.ts';
import * as users from '../users.ts';
import { warehouse } from '../warehouse.ts';

export type Problem = 'email' | 'taken' | 'name' | 'role' | 'gone' | 'last_admin' | 'no_employee';
type Failed = { problem: Problem };

/** How long an invitation or a link for a new password opens the door. */
export const linkDays = 7;

/** Whom a form means; what it says of anyone else is refused. */
async function target(id: string): Promise<Pick<users.User, 'id' | 'email' | 'role'> | null> {
  return (await warehouse()<users.User>('app.users').first('id', 'email', 'role').where({ id })) ?? null;
}

export type Added = { email: string; password: string | null; token: string | null };

/** Adds a person: with a password that is told once, a token for a link that expires, or an account kept elsewhere. */
export async function add(
  by: Viewer,
  { email, name, role, way }: { email: string; name: string; role: string; way: 'link' | 'password' | 'sso' },
): Promise<Added | Failed> {
  const known = roles.find((one) => one === role);
  if (!known) return { problem: 'role' };
  if (!name.trim() || name.length > 200) return { problem: 'name' };
  const address = email.trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > 250) return { problem: 'email' };
  if (await users.find(address)) return { problem: 'taken' };
  const added = await users.add({ email: address, name, role: known, locale: by.locale }, by);
  if (way === 'password') return { email: address, password: added.password, token: null };
  // Whoever is invited has no password but the one they choose, if any.
  await warehouse()('app.accounts').where({ user_id: added.id, provider_id: 'credential' }).delete();
  return { email: address, password: null, token: way === 'link' ? await makeToken(added.id) : null };
}

/** Lets the bearer choose a password once; earlier links of the same person open nothing any more. */
async function makeToken(userId: string): Promise<string> {
  const { internalAdapter } = await auth().$context;
  await warehouse()('app.verifications')
    .where({ value: userId })
    .andWhere('identifier', 'like', 'reset-password:%')
    .delete();
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(Date.now() + linkDays * 86_400_000);
  await internalAdapter.createVerificationValue({
    identifier: `reset-password:${token}`,
    value: userId,
    expiresAt,
  });
  return token;
}

/** A link for a new password. The old one works until the link is used, but every session ends. */
export async function resetPassword(by: Viewer, id: string): Promise<Added | Failed> {
  const user = await target(id);
  if (!user) return { problem: 'gone' };
  const token = await makeToken(user.id);
  await warehouse()('app.sessions').where({ user_id: user.id }).delete();
  await record({ action: 'password_reset', subject: user.email, ...users.actorOf(by) });
  return { email: user.email, password: null, token };
}

export type Change = { role: string; locale: string; teams: string[]; employees: string[]; employee: string };

/** Role, language, teams led and employee records in one step; open pages follow with their next request. */
export async function change(by: Viewer, id: string, wish: Change): Promise<{ done: true } | Failed> {
  const role = roles.find((one) => one === wish.role);
  const locale = locales.find((one): one is Locale => one === wish.locale);
  const user = await target(id);
  if (!user) return { problem: 'gone' };
  if (!role || !locale) return { problem: 'role' };
  const added = wish.employee.trim() ? await employeeOf(wish.employee) : null;
  if (wish.employee.trim() && !added) return { problem: 'no_employee' };
  const employees = [...wish.employees.flatMap(readLink), ...(added ? [added] : [])];
  const teams = wish.teams.flatMap(readLink);
  try {
    await warehouse().transaction(async (trx) => {
      if (role !== 'admin') await users.keepAnAdmin(trx, id);
      await trx('app.users').where({ id }).update({ role, locale, updated_at: trx.fn.now() });
      for (const [table, links] of [
        ['app.user_teams', teams],
        ['app.user_employees', employees],
      ] as const) {
        await trx(table).where({ user_id: id }).delete();
        const rows = links.map(({ source, source_id }) => ({ user_id: id, source, source_id }));
        if (rows.length) await trx(table).insert(rows).onConflict().ignore();
      }
    });
  } catch (error) {
    if (error instanceof users.UserProblem) return { problem: 'last_admin' };
    throw error;
  }
  const details = { role, was: user.role, teams: teams.length, employees: employees.length };
  await record({ action: 'user_changed', subject: user.email, details, ...users.actorOf(by) });
  return { done: true };
}

/** A link in a form: source and id, as JSON. */
export const writeLink = ({ source, source_id }: Pick<Link, 'source' | 'source_id'>): string =>
  JSON.stringify([source, source_id]);

function readLink(text: string): Pick<Link, 'source' | 'source_id'>[] {
  try {
    const [source, source_id] = JSON.parse(text) as unknown[];
    const isLink = typeof source === 'string' && typeof source_id === 'string' && !text.includes('\\u0000');
    return isLink ? [{ source, source_id }] : [];
  } catch {
    return [];
  }
}

async function employeeOf(label: string): Promise<Link | null> {
  const [, source, source_id] = /· ([^/]+)\/(.*)$/.exec(label.trim()) ?? [];
  if (!source || !source_id || label.includes('\0')) return null;
  const found = await warehouse()<Link>('core.dim_employees')
    .first('source', 'source_id', 'name')
    .where({ source, source_id });
  return found && labelOf(found) === label.trim() ? found : null;
}

export async function disable(by: Viewer, id: string): Promise<{ done: true } | Failed> {
  const user = await target(id);
  if (!user) return { problem: 'gone' };
  try {
    await users.disable(user.email, by);
  } catch (error) {
    if (error instanceof users.UserProblem) return { problem: 'last_admin' };
    throw error;
  }
  return { done: true };
}

export async function enable(by: Viewer, id: string): Promise<{ done: true } | Failed> {
  return act(by, id, 'user_enabled', async () => {
    await warehouse()('app.users').where({ id }).update({ is_disabled: false });
  });
}

export async function endSessions(by: Viewer, id: string): Promise<{ done: true } | Failed> {
  return act(by, id, 'sessions_ended', async () => {
    await warehouse()('app.sessions').where({ user_id: id }).delete();
  });
}

/** For whoever has lost the phone and the codes. */
export async function dropSecondStep(by: Viewer, id: string): Promise<{ done: true } | Failed> {
  return act(by, id, 'two_factor_off', async () => {
    await warehouse().transaction(async (trx) => {
      await trx('app.two_factors').where({ user_id: id }).delete();
      await trx('app.users').where({ id }).update({ two_factor_enabled: false });
    });
  });
}

async function act(
  by: Viewer,
  id: string,
  action: 'user_enabled' | 'sessions_ended' | 'two_factor_off',
  work: () => Promise<void>,
): Promise<{ done: true } | Failed> {
  const user = await target(id);
  if (!user) return { problem: 'gone' };
  await work();
  await record({ action, subject: user.email, ...users.actorOf(by) });
  return { done: true };
}
