import type { Row } from './server.ts';

export type Plain = Record<string, string | number | null>;

/** A moment counts as the seconds to it, as if its clock were that of Greenwich. */
const figure = (value: string | number | boolean): number =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
    ? Math.floor(Date.parse(`${value}Z`) / 1000)
    : Number(value);

/** Figures to 12 digits, for the order of summing changes the last ones; by key, without rows that hold nothing. */
export function simplify(rows: (Row | Plain)[], view: string, names: string[]): Record<string, Plain> {
  const prefix = view ? `${view}.` : '';
  const plain = rows.map((row): [string, Plain] => {
    const measures = names.map((name) => {
      const value = row[prefix + name];
      return [name, value === null || value === undefined ? null : Number(figure(value).toPrecision(12))];
    });
    const keys = Object.keys(row).filter((name) => !names.includes(name.slice(prefix.length)));
    const key = view && keys.length === 0 ? 'all' : String(row[keys.sort().at(-1)!]);
    return [key, Object.fromEntries(measures) as Plain];
  });
  return Object.fromEntries(
    plain.filter(([, measures]) => Object.values(measures).some((value) => Number(value) !== 0)),
  );
}
