import * as viewers from '../../../src/lib/server/viewers.ts';
import type { Role, Viewer } from '../../../src/lib/viewer.ts';
import type { Database } from '../../harness/database.ts';

/** Whom the CRM of the test knows a person by: a head by the team, a manager by the record of an employee. */
export type Person = { role: Role; team?: string; employee?: string };

/** Gives people accounts, each by the name that it stands under, and tells what each of them may see. */
export async function addPeople(
  database: Database,
  people: Record<string, Person>,
): Promise<Record<string, Viewer>> {
  const added: Record<string, Viewer> = {};
  for (const [id, { role, team, employee }] of Object.entries(people)) {
    const user = { id, name: id, email: `${id}@example.com`, role, locale: 'en' };
    await database.query(
      'insert into app.users (id, name, email, role, locale) values ($1, $2, $3, $4, $5)',
      Object.values(user),
    );
    if (employee)
      await database.query(`insert into app.user_employees values ($1, 'crm', $2)`, [id, employee]);
    if (team) await database.query(`insert into app.user_teams values ($1, 'crm', $2)`, [id, team]);
    added[id] = await viewers.of(user);
  }
  return added;
}
