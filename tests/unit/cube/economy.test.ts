import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type Filter = { member?: string; operator?: string; values?: unknown[]; and?: Filter[]; or?: Filter[] };
type Query = { filters: Filter[]; contextSymbols?: { securityContext: object } };
const { toForm, fill } = createRequire(import.meta.url)('../../../cube/economy.js') as {
  toForm(query: Query, isCompared: (path: string) => boolean): { form: Query; values: string[] };
  fill(sql: [string, unknown[]], values: string[]): [string, unknown[]] | null;
};
const isCompared = (path: string) => !path.endsWith('.flag');

const leaf = fc.record({
  member: fc.constantFrom('sales.text', 'sales.flag'),
  operator: fc.constantFrom('equals', 'notEquals', 'contains', 'set'),
  values: fc.array(fc.option(fc.string()), { maxLength: 4 }),
});
const filters = fc.array(
  fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }).map((or) => ({ or })),
  ),
  { maxLength: 5 },
);
const leaves = (all: Filter[]): Filter[] => all.flatMap((one) => (one.or ? leaves(one.or) : [one]));
const paramsOf = (query: Query): unknown[] => leaves(query.filters).flatMap(({ values = [] }) => values);

it('puts back exactly the values that were taken out', () => {
  fc.assert(
    fc.property(filters, (given) => {
      const query = { filters: given };
      const { form, values } = toForm(query, isCompared);
      expect(fill(['select $1', paramsOf(form)], values)?.[1]).toEqual(paramsOf(query));
    }),
  );
});

it('knows questions that differ in such values and in who asks alone for one', () => {
  const ask = (name: string, flag: string, employee: string, rollups = 'a') => ({
    filters: [
      { member: 'sales.text', operator: 'equals', values: [name] },
      { member: 'sales.flag', operator: 'equals', values: [flag] },
      { and: [{ member: 'sales.employee_key', operator: 'equals', values: [employee] }] },
    ],
    contextSymbols: { securityContext: { sub: employee, employee_keys: [employee], rollups } },
  });
  const form = (query: Query) => JSON.stringify(toForm(query, isCompared).form);
  expect(form(ask('Ann', 'true', '1'))).toBe(form(ask('Bob', 'true', '2')));
  expect(form(ask('Ann', 'true', '1'))).not.toBe(form(ask('Ann', 'false', '1')));
  expect(form(ask('Ann', 'true', '1'))).not.toBe(form(ask('Ann', 'true', '1', 'b')));
});

it('gives up where a value has not become a parameter of its own', () => {
  const { form, values } = toForm(
    { filters: [{ member: 'sales.text', operator: 'equals', values: ['Ann'] }] },
    isCompared,
  );
  const [stand] = paramsOf(form);
  expect(fill(['select $1', [`%${String(stand)}%`]], values)).toBeNull();
  expect(fill([`select '${String(stand)}'`, []], values)).toBeNull();
  expect(fill(['select $1', []], values)).toBeNull();
  expect(fill(['select $1, $2', [stand, stand]], values)).toEqual(['select $1, $2', ['Ann', 'Ann']]);
});
