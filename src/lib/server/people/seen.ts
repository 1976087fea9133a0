import { accessOf } from '../../viewer.ts';
import { of, type Account } from '../viewers.ts';
import { warehouse } from '../warehouse.ts';

/** What of the company a person sees: names where there are few, and how many there are. */
export type Seen =
  | { kind: 'company' }
  | { kind: 'teams'; teams: string[]; team_count: number; employees: number }
  | { kind: 'own'; employees: string[] }
  | { kind: 'nothing'; why: 'no_team' | 'no_employee' };

const most = 5;

/** Asks the very rules that the figures go by, so that the words cannot say something else. */
export async function seenBy(person: Account): Promise<Seen> {
  const access = accessOf(person.role);
  if (access === 'company') return { kind: 'company' };
  const { team_keys, employee_keys } = await of(person);
  if (access === 'team') {
    if (!team_keys.length) return { kind: 'nothing', why: 'no_team' };
    const [names, employees] = await Promise.all([namesOf('teams', team_keys), countIn(team_keys)]);
    return { kind: 'teams', teams: names.slice(0, most), team_count: team_keys.length, employees };
  }
  if (!employee_keys.length) return { kind: 'nothing', why: 'no_employee' };
  return { kind: 'own', employees: (await namesOf('employees', employee_keys)).slice(0, most) };
}

const tables = {
  teams: 'select name from core.dim_teams where team_key = any (?) order by lower(name)',
  employees: 'select name from core.employees where employee_key = any (?) order by lower(name)',
};

async function namesOf(what: keyof typeof tables, keys: number[]): Promise<string[]> {
  const { rows } = await warehouse().raw<{ rows: { name: string }[] }>(tables[what], [keys]);
  return rows.map(({ name }) => name);
}

async function countIn(teams: number[]): Promise<number> {
  const { rows } = await warehouse().raw<{ rows: { count: number }[] }>(
    'select count(*)::integer as count from core.employees where team_key = any (?)',
    [teams],
  );
  return rows[0]?.count ?? 0;
}
