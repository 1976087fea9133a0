import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Locale } from '../page.ts';
import { roles, type Role, type Viewer } from '../viewer.ts';
import { auth } from './auth.ts';
import { record } from './audit.ts';
import * as viewers from './viewers.ts';
import { warehouse } from './warehouse.ts';

export type User = {
  id: string;
  email: string;
  name: string;
  role: Role;
  locale: Locale;
  is_disabled: boolean;
  created_at: Date;
};

export type NewUser = { email: string; name: string; role: Role; password?: string; locale?: Locale };

/** Says what is wrong with a person's data in a sentence; nothing is written. */
export class UserProblem extends Error {
  override name = 'UserProblem';
}

const columns = ['id', 'email', 'name', 'role', 'locale', 'is_disabled', 'created_at'] as const;

/** Adds a person; without a password makes one, which is told only here. `by` is who does it, for the audit log. */
export async function add({ email, name, role, password, locale = 'ru' }: NewUser, by: Viewer | null = null) {
  const address = email.trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new UserProblem(`"${email}" is not an e-mail address`);
  if (!roles.includes(role)) throw new UserProblem(`Role must be one of ${roles.join(', ')}`);
  if (!name.trim()) throw new UserProblem('A name is needed');
  if (password !== undefined && (password.length < 10 || password.length > 200))
    throw new UserProblem('A password has 10 to 200 characters');
  if (await find(address)) throw new UserProblem(`${address} is a user already`);

  const secret = password ?? randomBytes(12).toString('base64url');
  const { internalAdapter, password: hashing } = await auth().$context;
  const user = await internalAdapter.createUser(
    {
      email: address,
      name: name.trim(),
      role,
      locale,
      emailVerified: true,
      isDisabled: false,
    },
    { method: 'email-password' },
  );
  await internalAdapter.linkAccount({
    userId: user.id,
    providerId: 'credential',
    accountId: user.id,
    password: await hashing.hash(secret),
  });
  await record({ action: 'user_added', subject: address, details: { role }, ...actorOf(by) });
  return { id: user.id, email: address, password: secret };
}

export async function find(email: string): Promise<User | null> {
  const user = await warehouse()<User>('app.users')
    .first(...columns)
    .where({ email: email.trim().toLowerCase() });
  return user ?? null;
}

/** The person as the figures know them. @throws UserProblem */
export async function see(email: string): Promise<Viewer> {
  const user = await find(email);
  const viewer = user && (await viewers.find(user.id));
  if (!viewer) throw new UserProblem(`${email} may not log in here: "pulse user list" shows who may`);
  return viewer;
}

export async function list(): Promise<User[]> {
  return warehouse()<User>('app.users')
    .select(...columns)
    .orderBy('email');
}

/** Closes the door at once: open sessions end with it. */
export async function disable(email: string, by: Viewer | null = null): Promise<void> {
  const user = await find(email);
  if (!user) throw new UserProblem(`${email} is not a user`);
  await warehouse().transaction(async (trx) => {
    await keepAnAdmin(trx, user.id);
    await trx('app.users').where({ id: user.id }).update({ is_disabled: true, updated_at: trx.fn.now() });
    await trx('app.sessions').where({ user_id: user.id }).delete();
  });
  await record({ action: 'user_disabled', subject: user.email, ...actorOf(by) });
}

/** Fails where nobody else could let anyone in; other changes of this kind wait until this one is through. */
export async function keepAnAdmin(trx: Knex, besides: string): Promise<void> {
  const admins = await trx<User>('app.users')
    .select('id')
    .where({ role: 'admin', is_disabled: false })
    .orderBy('id')
    .forUpdate();
  if (admins.length === 1 && admins[0]?.id === besides)
    throw new UserProblem('This is the last administrator: make another person one first');
}

/** Who did it, for the audit log; nobody is whoever types commands. */
export function actorOf(by: Viewer | null): { actor?: string; user_id?: string } {
  return by ? { actor: by.email, user_id: by.user_id } : {};
}

/** Mails come in the language last chosen on the page. */
export async function speak(userId: string, locale: Locale): Promise<void> {
  await warehouse()('app.users').where({ id: userId }).update({ locale });
}

/** On the first start there must be one person who can get in. The password is kept in a file of the home. */
export async function ensureAdmin(home: string): Promise<{ email: string; passwordFile: string }> {
  const passwordFile = join(home, 'admin-password');
  if ((await list()).length === 0) {
    mkdirSync(home, { recursive: true });
    if (!existsSync(passwordFile)) {
      writeFileSync(passwordFile, `${randomBytes(12).toString('base64url')}\n`, { mode: 0o600 });
    }
    chmodSync(passwordFile, 0o600);
    const password = readFileSync(passwordFile, 'utf8').trim();
    await add({ email: viewers.adminEmail, name: 'Admin', role: 'admin', password });
  }
  return { email: viewers.adminEmail, passwordFile };
}
