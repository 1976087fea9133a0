import { expect } from 'vitest';
import { lacks, type Catalogue } from '../../../../src/lib/catalogue.ts';
import type { Database } from '../../../harness/database.ts';
import { simplify, type Plain } from '../compare.ts';
import { company, type Access, type Query, type Row } from '../server.ts';
import type { Fact, Time, Truth } from './fact.ts';

export type Sides = {
  database: Pick<Database, 'query'>;
  rows(query: Query, access: Access): Promise<Row[]>;
};
export type Cut = {
  dimension?: string;
  time?: string;
  grain?: string;
  range?: [string, string];
  zone?: string;
  access?: Access;
  /** the condition that the access is, over the columns by which rights are cut */
  where?: (fact: Fact) => string;
};

const one = [
  ...[
    'deal_id',
    'amount',
    'title',
    'url',
    'customer',
    'customer_id',
    'customer_key',
    'name',
    'usual_days',
    'call_id',
    'phone',
  ],
  ...['complaint_id', 'subject', 'response_id', 'comment', 'invoice_id'],
];

/**
 * Expects the truth of all that a loaded company has sources for: in total, by each dimension that puts several records
 * together, and by month. In the reporting zone rollups answer where they can.
 */
export async function expectTruths(
  sides: Sides,
  { metrics }: Catalogue,
  truths: Record<string, Truth>,
): Promise<void> {
  const [known] = await sides.database.query<{ zone: string; connected: string[] }>(
    `select core.connected() as connected,
       (select value #>> '{}' from core.settings where key = 'reporting.timezone') as zone`,
  );
  const { zone, connected } = known!;
  for (const [view, truth] of Object.entries(truths)) {
    const measures = Object.entries(truth.measures).filter(([name]) => {
      const metric = metrics.get(`${view}.${name}`)!;
      return (
        lacks(
          metric,
          metric.sources.filter((entity) => !connected.includes(entity)),
        ).length === 0
      );
    });
    if (measures.length === 0) continue;
    const some = { ...truth, measures: Object.fromEntries(measures) };
    const [first] = truth.facts;
    await expectTruth(sides, view, some, { zone });
    for (const dimension of Object.keys(first!.dimensions).filter((name) => !one.includes(name)))
      await expectTruth(sides, view, some, { dimension, zone });
    const range: [string, string] = ['2000-01-01', '2099-12-31'];
    for (const time of Object.keys(first!.times))
      await expectTruth(sides, view, some, { time, grain: 'month', range, zone });
  }
}

/** Expects Cube to answer all measures of a view as the truth does, cut in one way. */
export async function expectTruth(sides: Sides, view: string, truth: Truth, cut: Cut): Promise<void> {
  const { dimension, time, grain, range, zone = 'UTC', access = company } = cut;
  const names = Object.keys(truth.measures);
  const asked = await sides.rows(
    {
      measures: names.map((name) => `${view}.${name}`),
      dimensions: dimension ? [`${view}.${dimension}`] : [],
      timeDimensions: time
        ? [{ dimension: `${view}.${time}`, dateRange: range, ...(grain ? { granularity: grain } : {}) }]
        : [],
      filters: truth.filters ?? [],
      timezone: zone,
      limit: 50_000,
    },
    access,
  );
  const formulas = names.map((name) => `(${truth.measures[name]})::text as "${name}"`).join(', ');
  const sums = truth.facts.flatMap((fact) => Object.keys(fact.sums).map((name) => `"${name}" numeric`));
  const told = await sides.database.query<Plain>(`
    select key, ${formulas} from (
      select key, jsonb_object_agg(name, value) as v
      from (${truth.facts.map((fact) => part(fact, cut)).join(' union all ')}) p group by key
    ) r, lateral jsonb_to_record(v) as x(${sums.join(', ')})`);
  expect(simplify(asked, view, names)).toEqual(simplify(told, '', names));
}

/** (key, name, value) of each sum over one kind of fact. */
function part(fact: Fact, { dimension, time, grain, range, zone = 'UTC', where }: Cut): string {
  const names = Object.keys(fact.sums);
  const when = time ? fact.times[time] : undefined;
  const key = dimension ? (fact.dimensions[dimension] ?? 'null') : grain ? cutOf(grain, when, zone) : `'all'`;
  const conditions = [
    ...(time && !when ? ['false'] : []),
    ...(when && range ? [`(${local(when, zone)})::date between '${range[0]}' and '${range[1]}'`] : []),
    ...(where ? [where(fact)] : []),
  ];
  const columns = names.map((name, i) => `${fact.sums[name]} as a${i}`).join(', ');
  // by way of its text, a float keeps all its digits
  const values = names.map((name, i) => `('${name}', a${i}::text::numeric)`).join(', ');
  return `select coalesce(s.key::text, 'null') as key, a.name, a.value
    from (select ${key} as key, ${columns} from (${fact.rows}) r where ${conditions.join(' and ') || 'true'} group by 1) s,
    lateral (values ${values}) a(name, value)`.replaceAll(':zone', zone);
}

const local = (when: Time, zone: string): string =>
  typeof when === 'string' ? `${when} at time zone '${zone}'` : `${when.day}::timestamp`;
const cutOf = (grain: string, when: Time | undefined, zone: string): string =>
  when ? `to_char(date_trunc('${grain}', ${local(when, zone)}), 'YYYY-MM-DD"T"HH24:MI:SS".000"')` : 'null';
