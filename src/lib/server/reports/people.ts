import { m } from '../../paraglide/messages.js';
import { roles, type Role, type Viewer } from '../../viewer.ts';
import * as viewers from '../viewers.ts';
import { warehouse } from '../warehouse.ts';

export type Person = { id: string; name: string; email: string };
export type Group = { key: string; title: string };

export function listPeople(): Promise<Person[]> {
  return warehouse()<Person & { is_disabled: boolean }>('app.users')
    .select('id', 'name', 'email')
    .where({ is_disabled: false })
    .orderBy('name')
    .limit(2000);
}

const titles: Record<Role, typeof m.role_executive> = {
  executive: m.role_executive,
  marketing: m.role_marketing,
  head: m.role_head,
  manager: m.role_manager,
  admin: m.role_admin,
};

/** Everybody of a role or of a team, whoever that is when a report goes out. */
export async function listGroups(viewer: Viewer): Promise<Group[]> {
  const { rows } = await warehouse().raw<{ rows: { source: string; source_id: string; name: string }[] }>(
    `select source, source_id, name from core.dim_teams where not is_deleted order by name, source, source_id limit 500`,
  );
  return [
    ...roles.map((role) => ({
      key: `role:${role}`,
      title: m.schedules_group_role({ title: titles[role]({}, viewer) }, viewer),
    })),
    ...rows.map(({ source, source_id, name }) => ({
      key: `team:${source}:${source_id}`,
      title: m.schedules_group_team({ title: name }, viewer),
    })),
  ];
}

/**
 * Whether all that the other sees is also this viewer's to see, so that a preview shows nothing new. Roles see other
 * incidents, so marketing previews only those of less rights by rows.
 */
export async function covers(viewer: Viewer, other: Viewer): Promise<boolean> {
  if (viewer.user_id === other.user_id) return true;
  if (viewer.role === 'admin' || viewer.role === 'executive') return true;
  if (viewer.access !== 'team' || other.access === 'company') return false;
  if (other.access === 'team') return other.team_keys.every((key) => viewer.team_keys.includes(key));
  const { rows } = await warehouse().raw<{ rows: { count: string }[] }>(
    'select count(*) from core.employees where employee_key = any (?) and (team_key = any (?)) is not true',
    [other.employee_keys, viewer.team_keys],
  );
  return Number(rows[0]?.count ?? 1) === 0 && other.employee_keys.length > 0;
}

/** Those whom the viewer may look at a report as. */
export async function listCovered(viewer: Viewer): Promise<Person[]> {
  const people = await listPeople();
  if (viewer.role === 'admin' || viewer.role === 'executive') return people;
  const found = await Promise.all(
    people.slice(0, 200).map(async (person) => {
      const other = await viewers.find(person.id);
      return other && (await covers(viewer, other)) ? [person] : [];
    }),
  );
  return found.flat();
}
