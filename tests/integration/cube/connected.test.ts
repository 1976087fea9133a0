import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { company, sign, startCube, type Cube } from './server.ts';

type Meta = { cubes: { name: string; measures: { name: string; type: string; aggType: string }[] }[] };

const alone: Record<string, object[]> = {
  attribution: [{ member: 'attribution.model', operator: 'equals', values: ['linear'] }],
  plan_fact: [
    { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
    { member: 'plan_fact.scope_kind', operator: 'equals', values: ['company'] },
  ],
};

describe.skipIf(!process.env.PULSE_TEST_PG)('what no source has ever brought', () => {
  let database: Database;
  let cube: Cube;
  let meta: Meta;

  beforeAll(async () => {
    database = await createDatabase();
    cube = await startCube(database.url);
    const response = await fetch(`${cube.base}/cubejs-api/v1/meta`, {
      headers: { authorization: sign({ sub: 'x', ...company }) },
    });
    meta = (await response.json()) as Meta;
  });
  afterAll(async () => {
    await cube?.stop();
    await database?.drop();
  });

  const connect = (source: string, entities: string[], at: string | null = '2025-04-10 09:00Z') =>
    database.query(
      `insert into ops.sources (source, kind, entities, fresh_at) values ($1, 'files', $2, $3)
       on conflict (source) do update set entities = excluded.entities, fresh_at = excluded.fresh_at`,
      [source, entities, at],
    );
  const ask = async (view: string) => {
    const measures = meta.cubes.find(({ name }) => name === view)!.measures.map(({ name }) => name);
    const [row] = await cube.rows({ measures, filters: alone[view] ?? [] });
    return row ?? {};
  };

  it('is null in every view but that of the loads themselves, and no error', async () => {
    for (const { name, measures } of meta.cubes.filter(({ name }) => name !== 'data_quality')) {
      const row = await ask(name);
      expect(row, name).toEqual(Object.fromEntries(measures.map((measure) => [measure.name, null])));
    }
  });

  it('stays null while its source has not been loaded once', async () => {
    await connect('crm', ['deals'], null);
    expect((await ask('sales'))['sales.deals']).toBeNull();
  });

  it('is 0 as soon as a source has been loaded, even if it had not a single row', async () => {
    await connect('crm', ['deals']);
    for (const name of ['deals', 'deals_open', 'deals_won', 'unprocessed'])
      expect((await ask('sales'))[`sales.${name}`], name).toBe('0');
    expect((await ask('service'))['service.complaints']).toBeNull();
    // Contacts are counted from calls or letters: one of the two is enough.
    expect((await ask('activity'))['activity.contacts']).toBeNull();
    await connect('pbx', ['calls']);
    expect((await ask('activity'))['activity.contacts']).toBe('0');
    expect((await ask('activity'))['activity.emails']).toBeNull();
  });

  it('does not turn half of a formula into a figure', async () => {
    await connect('crm', []);
    await connect('ads', ['marketing_spend']);
    await database.query(
      `insert into core.fct_marketing_spend (source, source_id, day, cost) values ('ads', 'm1', '2025-01-02', 100)`,
    );
    const row = await ask('marketing');
    expect(row['marketing.spend']).toBe('100');
    // Without deals the profit is unknown; (0 − 100) / 100 would say that all is lost.
    for (const name of ['romi', 'roas', 'cac', 'leads']) expect(row[`marketing.${name}`], name).toBeNull();
    await connect('crm', ['deals']);
    expect(Number((await ask('marketing'))['marketing.romi'])).toBe(-1);
  });
});
