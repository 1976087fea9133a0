import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { company, sign, type Access, type Cube } from './server.ts';
import { elsewhere, truths } from './truth.ts';
import { expectTruth, type Cut } from './truth/compare.ts';

const zones = ['UTC', 'Europe/Moscow', 'America/New_York', 'Asia/Kolkata'];
const grains = ['day', 'week', 'month', 'quarter', 'year'];
/** It begins and ends within a week, a month and a quarter, on the day when the clocks of New York change. */
const range: [string, string] = ['2025-01-31', '2025-03-09'];
const teamNorth: Access = { access: 'team', team_keys: [1], employee_keys: [11] };
const onlyEve: Access = { access: 'own', team_keys: [2], employee_keys: [13] };
const nobody: Access = { access: 'own', team_keys: [], employee_keys: [] };

describe.skipIf(!process.env.PULSE_TEST_PG)('every measure against SQL written by hand', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany();
    ({ database, cube } = opened);
    return opened.close;
  });

  for (const [view, truth] of Object.entries(truths)) {
    const same = (cut: Cut) => expectTruth({ database, rows: cube.rows }, view, truth, cut);
    const [first] = truth.facts;
    describe(view, () => {
      it('in total', () => same({}));

      for (const dimension of Object.keys(first!.dimensions))
        it(`by ${dimension}`, () => same({ dimension }));

      for (const time of Object.keys(first!.times))
        for (const zone of zones)
          it(`by each grain of ${time} in ${zone}`, async () => {
            for (const grain of grains) await same({ time, grain, range, zone });
          });

      it('by rights', async () => {
        await same({ access: teamNorth, where: ({ team }) => (team ? `${team} = 1` : 'false') });
        await same({ access: onlyEve, where: ({ employee }) => (employee ? `${employee} = 13` : 'false') });
        await same({ access: nobody, where: () => 'false' });
      });
    });
  }

  it('knows the truth of every measure and dimension that there is', async () => {
    const headers = { authorization: sign({ sub: 'x', ...company }) };
    const response = await fetch(`${cube.base}/cubejs-api/v1/meta`, { headers });
    type Named = { name: string; type?: string };
    const { cubes } = (await response.json()) as {
      cubes: { name: string; measures: Named[]; dimensions: Named[] }[];
    };
    for (const { name: view, measures, dimensions } of cubes) {
      const other = elsewhere[view];
      if (other && !other.only) continue;
      const truth = truths[view];
      const known = [
        ...Object.keys(truth?.measures ?? {}),
        ...(truth?.facts ?? []).flatMap((fact) => Object.keys({ ...fact.dimensions, ...fact.times })),
        ...(other?.only ?? []),
      ];
      const names = [...measures, ...dimensions].map(({ name }) => name.split('.')[1]);
      expect([...new Set(known)].sort(), view).toEqual(names.sort());
    }
  });
});
