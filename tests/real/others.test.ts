import { parse } from 'csv-parse/sync';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { findRealData, noRealData } from '../harness/real.ts';
import { loadReal, type Loaded } from './load.ts';

const data = findRealData() ?? '';
/** Records of a file as a parser of others counts them: no header, no line that holds nothing at all. */
function countRecords(file: string, hasHeader: boolean): number {
  const records = parse(readFileSync(file), { bom: true, relax_column_count: true, relax_quotes: true });
  return records.length - (hasHeader ? 1 : 0);
}

describe.skipIf(noRealData)('every further data set', () => {
  let others: Loaded;
  const streams = () =>
    others.runs.flatMap(({ source, streams }) => streams.map((stream) => ({ source, ...stream })));
  const find = (source: string, name: string) =>
    streams().find((one) => one.source === source && one.stream === name);
  beforeAll(async () => {
    others = await loadReal('others');
  });
  afterAll(() => others?.close());

  test('is read row for row as another parser counts it, and adds up', () => {
    expect(others.runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    const { sources } = readConfig(join(import.meta.dirname, 'others/pulse.yaml'));
    const wrong: unknown[] = [];
    for (const [name, source] of Object.entries(sources)) {
      if (source.kind !== 'files') throw new Error('expected files');
      const base = join(import.meta.dirname, 'others', source.path);
      for (const stream of source.streams) {
        const file = stream.from ? join(base, stream.from) : base;
        const got = find(name, stream.name ?? stream.entity);
        const sum =
          (got?.inserted ?? 0) +
          (got?.updated ?? 0) +
          (got?.unchanged ?? 0) +
          (got?.duplicate ?? 0) +
          (got?.quarantined ?? 0);
        const count = countRecords(file, source.columns === undefined);
        if (got?.read !== count || sum !== count) wrong.push([file, count, got]);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a second load changes nothing', async () => {
    for (const { streams } of await others.again())
      for (const stream of streams) expect(stream).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  });

  test('an event log: each case once, each step', async () => {
    const rows = parse(readFileSync(join(data, 'stage_event_logs/helpdesk.csv')), {
      columns: true,
    }) as Record<string, string>[];
    const cases = new Set(rows.map((row) => row.CaseID)).size;
    expect(find('events', 'deals')).toMatchObject({ inserted: cases, duplicate: rows.length - cases });
    const [kept] = await others.database.query(
      `select count(*)::int as n, count(distinct stage_id)::int as stages
       from core.fct_deal_stage_events where source = 'events' and not is_inferred`,
    );
    const steps = new Set(rows.map((row) => `${row.CaseID} ${row.ActivityID} ${row.CompleteTimestamp}`));
    expect(kept).toEqual({ n: steps.size, stages: 9 });
  });

  test('plans by month and category; orders and their lines', async () => {
    const [plans] = await others.database.query(
      `select count(*)::int as n, sum(target)::int as target, min(month)::text as first, max(month)::text as last
       from core.fct_plans`,
    );
    const targets = parse(readFileSync(join(data, 'plans_ecommerce_india/Sales_target.csv')), {
      bom: true,
      columns: true,
    }) as { Target: string }[];
    expect(plans).toEqual({
      n: 36,
      target: targets.reduce((sum, { Target }) => sum + Number(Target), 0),
      first: '2018-04-01',
      last: '2019-03-01',
    });
    // The list of orders ends with sixty lines of commas.
    expect(find('shop', 'deals')).toMatchObject({ read: 560, inserted: 500, quarantined: 60 });
    const lines = parse(readFileSync(join(data, 'plans_ecommerce_india/Order_Details.csv')), {
      columns: true,
    }) as Record<string, string>[];
    const known = new Map(lines.map((line) => [JSON.stringify(line), Number(line.Amount)]));
    const [paid] = await others.database.query(
      `select count(*)::int as n, sum(amount)::float8 as amount from core.fct_payments`,
    );
    expect(paid).toEqual({ n: known.size, amount: [...known.values()].reduce((a, b) => a + b, 0) });
  });

  test('calls of a file without a header', async () => {
    expect(find('calls', 'calls')).toMatchObject({ read: 856, quarantined: 0 });
    const found = await others.database.query(
      `select disposition, count(*)::int as n from core.fct_calls where source = 'calls' group by 1 order by 2 desc`,
    );
    expect(found.length).toBeGreaterThan(1);
  });

  test('no file of the data is left out of some test', () => {
    const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|yaml)$/.test(name))
      .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
      .join('\n');
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.csv$/.test(name),
    );
    const isNamed = (file: string): boolean => tests.includes(file.split('/').at(-1) as string);
    // A dictionary of columns, and what says nothing that an entity has.
    const aside = /data_dictionary|fivetran_qualtrics\/(question|survey)\.csv/;
    expect(files.filter((file) => !isNamed(file) && !aside.test(file))).toEqual([]);
  });
});
