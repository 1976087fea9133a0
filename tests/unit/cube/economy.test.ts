import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type Filter = { member?: string; operator?: string; values?: unknown[]; and?: Filter[]; or?: Filter[] };
type Query = { filters: Filter[] };
const { toForm, fill } = createRequire(import.meta.url)('../../../cube/economy.js') as {
  toForm(query: Query, isText: (path: string) => boolean): { form: Query; values: string[] };
  fill(sql: [string, unknown[]], values: string[]): [string, unknown[]] | null;
};
const isText = (path: string) => path.endsWith('.text');

const leaf = fc.record({
  member: fc.constantFrom('sales.text', 'sales.number'),
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
      const { form, values } = toForm(query, isText);
      expect(fill(['select $1', paramsOf(form)], values)?.[1]).toEqual(paramsOf(query));
    }),
  );
});

it('knows questions that differ in such values alone for one', () => {
  const ask = (name: string, number: string) => ({
    filters: [
      { member: 'sales.text', operator: 'equals', values: [name] },
      { member: 'sales.number', operator: 'equals', values: [number] },
    ],
  });
  const form = (query: Query) => JSON.stringify(toForm(query, isText).form);
  expect(form(ask('Ann', '1'))).toBe(form(ask('Bob', '1')));
  expect(form(ask('Ann', '1'))).not.toBe(form(ask('Ann', '2')));
});

it('gives up where a value has not become a parameter of its own', () => {
  const { form, values } = toForm(
    { filters: [{ member: 'sales.text', operator: 'equals', values: ['Ann'] }] },
    isText,
  );
  const [stand] = paramsOf(form);
  expect(fill(['select $1', [`%${String(stand)}%`]], values)).toBeNull();
  expect(fill([`select '${String(stand)}'`, []], values)).toBeNull();
  expect(fill(['select $1', []], values)).toBeNull();
  expect(fill(['select $1, $2', [stand, stand]], values)).toEqual(['select $1, $2', ['Ann', 'Ann']]);
});
