import { formatCount } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Problem as AccountProblem } from '#lib/server/account.ts';
import type { Problem as PeopleProblem } from '#lib/server/people/changes.ts';
import type { Person } from '#lib/server/people.ts';
import type { Role } from '#lib/viewer.ts';

const roles: Record<Role, () => string> = {
  executive: m.role_executive,
  marketing: m.role_marketing,
  head: m.role_head,
  manager: m.role_manager,
  admin: m.role_admin,
};

const people: Record<PeopleProblem, () => string> = {
  email: m.settings_problem_email,
  taken: m.settings_problem_taken,
  name: m.settings_problem_name,
  role: m.settings_problem_role,
  gone: m.settings_problem_gone,
  last_admin: m.settings_problem_last_admin,
  no_employee: m.settings_problem_no_employee,
};

const account: Record<AccountProblem, () => string> = {
  wrong_password: m.settings_problem_wrong_password,
  wrong_code: m.settings_problem_wrong_code,
  short: m.settings_problem_short,
  not_equal: m.settings_problem_not_equal,
  limited: m.sign_in_limited,
  unavailable: m.sign_in_unavailable,
  link: m.settings_problem_link,
};

export const roleName = (role: Role): string => roles[role]();
export const peopleProblem = (problem: PeopleProblem): string => people[problem]();
export const accountProblem = (problem: AccountProblem): string => account[problem]();

/** What of the company a person sees, in words. */
export function seenWords({ sees }: Pick<Person, 'sees'>): string {
  switch (sees.kind) {
    case 'company':
      return m.settings_sees_company();
    case 'teams': {
      const names = sees.teams.join(', ') + (sees.team_count > sees.teams.length ? ', …' : '');
      const counted = (count: number) => ({ count, shown: formatCount(count, getLocale()) });
      const teams = m.settings_teams_count(counted(sees.team_count));
      return m.settings_sees_teams({
        teams,
        names,
        employees: m.settings_employees_count(counted(sees.employees)),
      });
    }
    case 'own':
      return m.settings_sees_own({ names: sees.employees.join(', ') });
    case 'nothing':
      return sees.why === 'no_team' ? m.settings_sees_no_team() : m.settings_sees_no_employee();
  }
}
