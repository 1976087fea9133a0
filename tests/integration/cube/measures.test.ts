import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { simplify, type Plain } from './compare.ts';
import { company, sign, startCube, type Access, type Cube } from './server.ts';
import { truths, type Truth } from './truth.ts';

const zones = ['UTC', 'Europe/Moscow', 'America/New_York', 'Asia/Kolkata'];
const grains = ['day', 'week', 'month', 'quarter', 'year'];
const teamNorth: Access = { access: 'team', team_keys: [1], employee_keys: [11] };
const onlyEve: Access = { access: 'own', team_keys: [2], employee_keys: [13] };
const nobody: Access = { access: 'own', team_keys: [], employee_keys: [] };

describe.skipIf(!process.env.PULSE_TEST_PG)('every measure against SQL written by hand', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(readFileSync(new URL('./company.sql', import.meta.url), 'utf8'));
    cube = await startCube(database.url);
  });
  afterAll(async () => {
    await cube?.stop();
    await database?.drop();
  });

  async function expectSame(
    view: string,
    truth: Truth,
    question: object,
    key: string,
    where = 'true',
    access = company,
  ) {
    const names = Object.keys(truth.measures);
    const asked = await cube.rows(
      {
        measures: names.map((name) => `${view}.${name}`),
        filters: truth.filters,
        timezone: 'UTC',
        ...question,
      },
      access,
    );
    const select = names.map((name) => `(${truth.measures[name]})::text as ${name}`).join(', ');
    const told = await database.query<Plain>(
      `select (${key})::text as key, ${select} from (${truth.rows}) r where ${where} group by 1`,
    );
    expect(simplify(asked, view, names)).toEqual(simplify(told, '', names));
  }

  for (const [view, truth] of Object.entries(truths)) {
    describe(view, () => {
      it('in total', () => expectSame(view, truth, {}, `'all'`));

      for (const [name, column] of Object.entries(truth.dimensions))
        it(`by ${name}`, () => expectSame(view, truth, { dimensions: [`${view}.${name}`] }, column));

      for (const [name, column] of Object.entries(truth.times))
        for (const timezone of view === 'plan_fact' ? ['UTC'] : zones)
          it(`by each grain of ${name} in ${timezone}`, async () => {
            const local = `${column} at time zone '${timezone}'`;
            for (const granularity of grains) {
              const timeDimensions = [
                { dimension: `${view}.${name}`, granularity, dateRange: ['2025-01-31', '2025-03-09'] },
              ];
              await expectSame(
                view,
                truth,
                { timeDimensions, timezone },
                `to_char(date_trunc('${granularity}', ${local}), 'YYYY-MM-DD"T"HH24:MI:SS".000"')`,
                `(${local})::date between '2025-01-31' and '2025-03-09'`,
              );
            }
          });

      if (truth.team && truth.employee)
        it('by rights', async () => {
          await expectSame(view, truth, {}, `'all'`, `${truth.team} = 1`, teamNorth);
          await expectSame(view, truth, {}, `'all'`, `${truth.employee} = 13`, onlyEve);
          const first = Object.keys(truth.measures)[0]!;
          const rows = await cube.rows({ measures: [`${view}.${first}`], filters: truth.filters }, nobody);
          expect(Number(rows[0]?.[`${view}.${first}`] ?? 0)).toBe(0);
        });
    });
  }

  it('knows the truth of every measure of these views', async () => {
    const response = await fetch(`${cube.base}/cubejs-api/v1/meta`, {
      headers: { authorization: sign({ sub: 'x', ...company }) },
    });
    const { cubes } = (await response.json()) as { cubes: { name: string; measures: { name: string }[] }[] };
    const apart: Record<string, string[]> = { service: ['per_100_deals'], customers: ['ltv_to_cac'] };
    for (const [view, truth] of Object.entries(truths)) {
      const names = cubes.find(({ name }) => name === view)?.measures.map(({ name }) => name.split('.')[1]);
      expect(names?.sort(), view).toEqual([...Object.keys(truth.measures), ...(apart[view] ?? [])].sort());
    }
  });
});
