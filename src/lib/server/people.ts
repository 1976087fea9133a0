import type { Locale } from '../page.ts';
import type { Role } from '../viewer.ts';
import { seenBy, type Seen } from './people/seen.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

/** A record of an employee or a team: `source` and the id it has there. */
export type Link = { source: string; source_id: string; name: string };

export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  locale: Locale;
  is_disabled: boolean;
  /** signs in with a second step */
  has_second_step: boolean;
  /** has not set a password yet: the invitation waits */
  is_invited: boolean;
  signed_in_at: string | null;
  sessions: number;
  sees: Seen;
};

export type PeoplePage = { timezone: string; people: Person[] };

type Row = Omit<Person, 'sees' | 'signed_in_at'> & { signed_in_at: Date | null };

/** Everybody who may sign in, and what of the company each of them sees. */
export async function list(): Promise<PeoplePage> {
  const [{ timezone }, rows] = await Promise.all([readSettings(), read(null)]);
  return { timezone, people: await Promise.all(rows.map(describe)) };
}

export type PersonPage = {
  timezone: string;
  person: Person;
  /** linked by hand; without any, the address links them */
  employees: Link[];
  teams: (Link & { is_led: boolean })[];
  /** employees that may be linked, as the field offers them */
  offered: string[];
};

/** One person with what may be changed; null when there is none. */
export async function find(id: string): Promise<PersonPage | null> {
  const [{ timezone }, [row], employees, teams, offered] = await Promise.all([
    readSettings(),
    read(id),
    linkedEmployees(id),
    teamsFor(id),
    offeredEmployees(),
  ]);
  return row ? { timezone, person: await describe(row), employees, teams, offered } : null;
}

async function describe({ signed_in_at, ...row }: Row): Promise<Person> {
  return { ...row, signed_in_at: signed_in_at?.toISOString() ?? null, sees: await seenBy(row) };
}

async function read(id: string | null): Promise<Row[]> {
  const { rows } = await warehouse().raw<{ rows: Row[] }>(
    `select u.id, u.name, u.email, u.role, u.locale, u.is_disabled, u.two_factor_enabled as has_second_step,
            not exists (select from app.accounts a where a.user_id = u.id) as is_invited,
            (select max(a.at) from app.audit a where a.action = 'sign_in' and lower(a.actor) = lower(u.email)) as signed_in_at,
            (select count(*)::integer from app.sessions s where s.user_id = u.id and s.expires_at > now()) as sessions
       from app.users u
      where coalesce(u.id = ?::text, true)
      order by u.is_disabled, lower(u.name), u.email`,
    [id],
  );
  return rows;
}

async function linkedEmployees(id: string): Promise<Link[]> {
  const { rows } = await warehouse().raw<{ rows: Link[] }>(
    `select l.source, l.source_id, coalesce(e.name, l.source_id) as name
       from app.user_employees l left join core.dim_employees e using (source, source_id)
      where l.user_id = ? order by 3, 1, 2`,
    [id],
  );
  return rows;
}

async function teamsFor(id: string): Promise<(Link & { is_led: boolean })[]> {
  const { rows } = await warehouse().raw<{ rows: (Link & { is_led: boolean })[] }>(
    `select coalesce(t.source, l.source) as source, coalesce(t.source_id, l.source_id) as source_id,
            coalesce(t.name, l.source_id) as name, l.user_id is not null as is_led
       from (select * from core.dim_teams where not is_deleted) t
       full join (select * from app.user_teams where user_id = ?) l using (source, source_id)
      order by lower(coalesce(t.name, l.source_id)), 1, 2 limit 500`,
    [id],
  );
  return rows;
}

/** How an employee is named in the field: the name, and which record of that name. */
export const labelOf = ({ name, source, source_id }: Link): string =>
  `${name.replace(/\s+/g, ' ').trim()} · ${source}/${source_id}`;

async function offeredEmployees(): Promise<string[]> {
  const rows = await warehouse()<Link & { is_deleted: boolean }>('core.dim_employees')
    .select('source', 'source_id', 'name')
    .where({ is_deleted: false })
    .orderBy('name')
    .limit(2000);
  return rows.map(labelOf);
}
