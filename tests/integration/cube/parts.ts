import { expect } from 'vitest';
import type { Database } from '../../harness/database.ts';
import { simplify, type Plain } from './compare.ts';
import { company, type Cube } from './server.ts';

export const deals = 'core.fct_deals d where not is_test and not is_deleted';
export const zones = ['UTC', 'Europe/Moscow', 'America/New_York', 'Asia/Kolkata'];
export const from = '2025-01-31';
export const to = '2025-03-09';

const readNames = (part: string) => [...part.matchAll(/\('(\w+)', a\d+/g)].map(([, name]) => name!);
/** (key, name, value) of each aggregate over one kind of fact */
export const part = (key: string, aggregates: Record<string, string>, source: string) => {
  const columns = Object.entries(aggregates).map(([, sql], i) => `${sql} as a${i}`);
  const values = Object.keys(aggregates).map((name, i) => `('${name}', a${i}::numeric)`);
  return `select coalesce(s.key::text, 'null') as key, a.name, a.value
    from (select ${key} as key, ${columns.join(', ')} from ${source} group by 1) s,
    lateral (values ${values.join(', ')}) a(name, value)`;
};

export const within = (column: string, zone: string) =>
  `(${column} at time zone '${zone}')::date between '${from}' and '${to}'`;
export const cut = (grain: string, local: string) =>
  `to_char(date_trunc('${grain}', ${local}), 'YYYY-MM-DD"T00:00:00.000"')`;
export const range = (dimension: string, granularity?: string) => ({
  timeDimensions: [{ dimension, dateRange: [from, to], ...(granularity ? { granularity } : {}) }],
});

/** Asks Cube and puts the parts together by key; `measures` are formulas over the names of the parts. */
export async function expectSame(
  { cube, database }: { cube: Cube; database: Database },
  view: string,
  parts: string[],
  measures: Record<string, string>,
  question: object,
  access = company,
) {
  const names = Object.keys(measures);
  const asked = await cube.rows(
    { measures: names.map((name) => `${view}.${name}`), timezone: 'UTC', ...question },
    access,
  );
  const select = names.map((name) => `(${measures[name]})::text as ${name}`).join(', ');
  const told = await database.query<Plain>(
    `select key::text, ${select} from (
       select key, jsonb_object_agg(name, value) as v from (${parts.join(' union all ')}) p group by key
     ) r, lateral jsonb_to_record(v) as x(${[...new Set(parts.flatMap(readNames))].map((name) => `${name} numeric`).join(', ')})`,
  );
  expect(simplify(asked, view, names)).toEqual(simplify(told, '', names));
}
