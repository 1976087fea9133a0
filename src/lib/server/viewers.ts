import type { Locale } from '../page.ts';
import { accessOf, type Role, type Viewer } from '../viewer.ts';
import { warehouse } from './warehouse.ts';

export type Account = { id: string; name: string; email: string; role: string; locale: string };

/** The person as the figures know them: which employee they are and which teams they lead. */
export async function of(user: Account): Promise<Viewer> {
  const access = accessOf(user.role);
  const employees = access === 'company' ? [] : await employeesOf(user);
  const teams = access === 'team' ? await teamsOf(user.id, employees) : [];
  return {
    user_id: user.id,
    name: user.name,
    email: user.email,
    role: user.role as Role,
    locale: user.locale === 'ru' ? 'ru' : ('en' satisfies Locale),
    access,
    team_keys: teams,
    employee_keys: employees.map(({ employee_key }) => employee_key),
  };
}

/** The first person's address, made up: no mail ever arrives there. */
export const adminEmail = 'admin@pulse.local';

export async function find(userId: string): Promise<Viewer | null> {
  const user = await warehouse()<Account>('app.users')
    .first('id', 'name', 'email', 'role', 'locale')
    .where({ id: userId, is_disabled: false } as Partial<Account>);
  return user ? of(user) : null;
}

type Employee = { employee_key: number; team_key: number | null };

/** Linked by hand, else by the address that both records carry; in whichever system, it is one employee. */
async function employeesOf({ id, email }: Account): Promise<Employee[]> {
  const { rows } = await warehouse().raw<{ rows: Employee[] }>(
    `select distinct c.employee_key, c.team_key
       from core.dim_employees e
       join core.employees c on c.employee_key = coalesce(e.same_as, e.employee_key)
      where not e.is_deleted
        and (exists (select from app.user_employees u
                      where u.user_id = ? and u.source = e.source and u.source_id = e.source_id)
             or (lower(e.email) = lower(?)
                 and not exists (select from app.user_employees u where u.user_id = ?)))`,
    [id, email, id],
  );
  return rows;
}

/** A head sees the teams named for them, else the one they belong to, and all teams below. */
async function teamsOf(userId: string, employees: Employee[]): Promise<number[]> {
  const own = employees.flatMap(({ team_key }) => (team_key === null ? [] : [team_key]));
  const { rows } = await warehouse().raw<{ rows: { team_key: number }[] }>(
    `with recursive led as (
       select t.source, t.source_id, t.team_key
         from core.dim_teams t
         join app.user_teams u on u.source = t.source and u.source_id = t.source_id and u.user_id = ?
       union
       select t.source, t.source_id, t.team_key
         from core.dim_teams t
        where t.team_key = any (?) and not exists (select from app.user_teams where user_id = ?)
       union
       select t.source, t.source_id, t.team_key
         from core.dim_teams t
         join led on led.source = t.source and led.source_id = t.parent_id
     )
     select distinct team_key from led order by team_key`,
    [userId, own, userId],
  );
  return rows.map(({ team_key }) => team_key);
}
