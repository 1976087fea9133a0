import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { expectSame, part } from './parts.ts';
import { type Access, type Cube } from './server.ts';

// Ann is assessed twice in one competency, Bob sells without being assessed, Kim is assessed and has no deal.
const assessments = `
  insert into core.dim_employees (employee_key, source, source_id, name, team_key) values (14, 'crm', 'e4', 'Kim', 2);
  insert into core.fct_assessments (source, source_id, employee_id, employee_key, assessed_at, competency, score, is_deleted)
  select 'hr', 'a' || n, 'e', key, '2025-02-01Z'::timestamptz + n * interval '1 day', competency, score, is_deleted
  from (values (1, 11, 'calls', 4, false), (2, 11, 'calls', 9, false), (3, 11, 'offers', 8, false), (4, 13, 'calls', 3, false),
    (5, 13, 'offers', 7.5, false), (6, 14, 'offers', 2, false), (7, 13, 'closing', 5, false), (8, 13, 'calls', 10, true),
    (9, null, 'calls', 10, false)) a(n, key, competency, score, is_deleted)`;
const scores = `(
  select e.name, t.name as team, e.team_key, e.employee_key, s.competency, s.score, m.mean
  from (select employee_key, competency, avg(score) as score from core.fct_assessments where not is_deleted group by 1, 2) s
  join core.dim_employees e using (employee_key) join core.dim_teams t using (team_key),
  lateral (
    select avg(each) as mean from (
      select avg(score) as each from core.fct_assessments o
      where o.competency = s.competency and not is_deleted and o.employee_key is not null group by o.employee_key
    ) everyone
  ) m
) s`;
const measures = {
  average_score: 'score',
  score_deviation: 'deviation',
  won_amount: 'coalesce(amount, 0)',
  average_deal: 'amount / nullif(won, 0)',
  conversion: 'won / nullif(deals, 0)',
};

describe.skipIf(!process.env.PULSE_TEST_PG)('what people can do beside what they sell', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany(async (database) => {
      await database.query(assessments);
    });
    ({ database, cube } = opened);
    return opened.close;
  });

  const same = (key: string, question: object, where = 'true', access?: Access) =>
    expectSame(
      { cube, database },
      'competence',
      [
        part(key, { score: 'avg(score)', deviation: 'avg(score - mean)' }, `${scores} where ${where}`),
        part(
          'key',
          {
            deals: 'count(*)',
            won: `count(*) filter (where status = 'won')`,
            amount: `sum(amount) filter (where status = 'won')`,
          },
          `(select distinct ${key} as key, employee_key from ${scores} where ${where}) k
           join core.fct_deals d on d.owner_key = k.employee_key where not d.is_test and not d.is_deleted`,
        ),
      ],
      measures,
      question,
      access,
    );

  it('in total, each sale once', () => same(`'all'`, {}));
  for (const [name, column] of Object.entries({ employee: 'name', team: 'team', competency: 'competency' }))
    it(`by ${name}`, () => same(column, { dimensions: [`competence.${name}`] }));

  it('by employee within a competency', () =>
    same(
      'name',
      {
        dimensions: ['competence.employee'],
        filters: [{ member: 'competence.competency', operator: 'equals', values: ['calls'] }],
      },
      `competency = 'calls'`,
    ));

  it('by rights, against the mean of everybody', async () => {
    const team: Access = { access: 'team', team_keys: [2], employee_keys: [] };
    const own: Access = { access: 'own', team_keys: [], employee_keys: [13] };
    await same('competency', { dimensions: ['competence.competency'] }, 'team_key = 2', team);
    await same('competency', { dimensions: ['competence.competency'] }, 'employee_key = 13', own);
  });

  it('says who lies how far from the mean, counted by hand', async () => {
    const rows = await cube.rows({
      measures: ['competence.average_score', 'competence.score_deviation'],
      dimensions: ['competence.employee', 'competence.competency'],
      filters: [{ member: 'competence.competency', operator: 'equals', values: ['calls'] }],
    });
    expect(
      rows
        .map((row) => [
          row['competence.employee'],
          Number(row['competence.average_score']),
          Number(row['competence.score_deviation']),
        ])
        .sort(),
    ).toEqual([
      ['Ann', 6.5, 1.75],
      ['Eve', 3, -1.75],
    ]);
  });
});
