import type { Knex } from 'knex';
import type { Locale } from '../../page.ts';
import { roles } from '../../viewer.ts';
import type { Recipient } from '../../schedules.ts';
import { warehouse } from '../warehouse.ts';

/** One address that gets one mail; without a user it is an outside one and gets the owner's rows. */
export type Addressee = { recipient: string; locale: Locale; user_id: string | null };

type User = { id: string; email: string; locale: Locale };
type Db = Knex | Knex.Transaction;

/** Groups become people, people their present address; an address that is named twice gets one mail. */
export async function expand(db: Db, recipients: Recipient[], language: Locale = 'en'): Promise<Addressee[]> {
  const named = recipients.flatMap(({ user_id }) => user_id ?? []);
  const users: User[] = named.length
    ? await db<User>('app.users').select('id', 'email', 'locale').whereIn('id', named)
    : [];
  const current = new Map(users.map((user) => [user.id, user]));
  const found = new Map<string, Addressee>();
  const put = (email: string, locale: Locale, user_id: string | null) => {
    const recipient = email.trim().toLowerCase();
    if (!found.has(recipient)) found.set(recipient, { recipient, locale, user_id });
  };
  // Those with rights of their own first: an address that is also named alone must not get the owner's rows.
  for (const { email, locale, user_id } of recipients) {
    const user = user_id ? current.get(user_id) : null;
    if (user) put(user.email, locale ?? user.locale, user.id);
    else if (user_id) put(email, locale ?? language, null);
  }
  for (const { group, locale } of recipients) {
    if (!group) continue;
    for (const user of await members(db, group)) put(user.email, locale ?? user.locale, user.id);
  }
  for (const { email, locale, user_id, group } of recipients)
    if (!user_id && !group) put(email, locale ?? language, null);
  return [...found.values()];
}

/** Whether the address is still meant: it may have left the list, or its person the group. */
export async function isWanted(
  recipients: Recipient[],
  { recipient, user_id }: Pick<Addressee, 'recipient' | 'user_id'>,
): Promise<boolean> {
  const isNamed = recipients.some((one) =>
    user_id ? one.user_id === user_id : !one.user_id && one.email.trim().toLowerCase() === recipient,
  );
  if (isNamed || !user_id) return isNamed;
  for (const { group } of recipients) {
    if (!group) continue;
    const all = await members(warehouse(), group);
    if (all.some(({ id }) => id === user_id)) return true;
  }
  return false;
}

/** People of a role, or those who belong to a team or lead it. */
async function members(db: Db, group: string): Promise<User[]> {
  const [, kind, source, id] = /^(role|team):([^:]+)(?::(.*))?$/s.exec(group) ?? [];
  if (kind === 'role') {
    const role = roles.find((one) => one === source);
    if (!role) return [];
    return db<User & { role: string; is_disabled: boolean }>('app.users')
      .select('id', 'email', 'locale')
      .where({ role, is_disabled: false })
      .orderBy('email');
  }
  if (kind !== 'team') return [];
  const { rows } = await db.raw<{ rows: User[] }>(
    `select u.id, u.email, u.locale from app.users u
      where not u.is_disabled
        and (exists (select from app.user_teams l where l.user_id = u.id and l.source = :source and l.source_id = :id)
          or exists (select from core.dim_employees e
                       join core.employees c on c.employee_key = coalesce(e.same_as, e.employee_key)
                       join core.dim_teams t on t.team_key = c.team_key
                      where not e.is_deleted and t.source = :source and t.source_id = :id
                        and (exists (select from app.user_employees x
                                      where x.user_id = u.id and x.source = e.source and x.source_id = e.source_id)
                             or lower(e.email) = lower(u.email)
                                and not exists (select from app.user_employees x where x.user_id = u.id))))
      order by u.email`,
    { source: source ?? '', id: id ?? '' },
  );
  return rows;
}
