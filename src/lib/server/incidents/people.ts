import type { Knex } from 'knex';
import type { Subject } from './rule.ts';

/** Who has to act, and whose rows it is made of: only who may see all of them may see the incident. */
export type Keeper = { owner: string | null; team_keys: number[]; employee_keys: number[] };

type Person = { employee_key: number; team_key: number | null; name: string | null; is_head: boolean };
type Team = { team_key: number; name: string | null };

const nobody: Keeper = { owner: null, team_keys: [], employee_keys: [] };

/**
 * Names become keys here. A name that several bear stands for all of them, as it does in the figures. The head of a team
 * is the user who was given it, else the employee whose role says so.
 */
export async function readKeepers(db: Knex | Knex.Transaction): Promise<(subject: Subject) => Keeper> {
  const people = await db.raw<{ rows: Person[] }>(
    `select employee_key, team_key, name,
              coalesce(role ~* '(^|\\W)(head|lead|chief|director)|руковод|начальник|директор', false) as is_head
         from core.employees where not is_deleted and (left_at is null or left_at >= current_date)
        order by hired_at nulls last, employee_key`,
  );
  const teams = await db.raw<{ rows: Team[] }>(
    'select team_key, name from core.dim_teams where not is_deleted',
  );
  const heads = await db.raw<{ rows: { name: string; team_key: number }[] }>(
    `select u.name, t.team_key from app.user_teams l
         join app.users u on u.id = l.user_id and u.role = 'head' and not u.is_disabled
         join core.dim_teams t on t.source = l.source and t.source_id = l.source_id
        order by u.created_at`,
  );
  const headOf = (keys: number[]) =>
    heads.rows.find(({ team_key }) => keys.includes(team_key))?.name ??
    people.rows.find(({ team_key, is_head }) => is_head && team_key !== null && keys.includes(team_key))
      ?.name ??
    null;
  return ({ kind, name }) => {
    if (kind === 'employee') {
      const own = people.rows.filter((one) => one.name === name);
      const team_keys = [...new Set(own.map(({ team_key }) => team_key))];
      return {
        owner: name,
        // one of them in no team is nobody's but the company's
        team_keys: team_keys.every((key) => key !== null) ? team_keys : [],
        employee_keys: own.map(({ employee_key }) => employee_key),
      };
    }
    if (kind === 'team') {
      const keys = teams.rows.filter((one) => one.name === name).map(({ team_key }) => team_key);
      return { ...nobody, owner: headOf(keys), team_keys: keys };
    }
    return nobody;
  };
}
