import * as cards from '../cards.ts';
import * as cube from '../cube.ts';
import type { Scope } from '../scope.ts';
import { conditionsOf, type Question } from './question.ts';
import type { Found } from './rows.ts';

/** Leads from the name of a customer to the card, where the name is that of one customer only. */
export async function cardsOf(
  { viewer, state }: Scope,
  { view, rows: by }: Question,
  shown: Found[],
): Promise<(name: string) => string | null> {
  const at = by.indexOf('customer');
  const member = `${view.name}.customer`;
  const key = `${view.name}.customer_key`;
  const names = [...new Set(shown.flatMap(({ key: values }) => values[at] ?? []))];
  if (at < 0 || names.length === 0 || !view.dimensions.some(({ name }) => name === key)) return () => null;
  const required = state.within.filter(([name]) => view.requires.includes(name));
  const named: [string, string][] = names.map((name) => ['customer', name]);
  const { rows } = await cube.load(viewer, {
    dimensions: [member, key],
    filters: conditionsOf(view.name, [...required, ...named]),
    limit: names.length * 2 + 1,
  });
  const toCard = await cards.read(viewer, rows, key);
  return (name) => {
    const own = rows.filter((row) => row[member] === name);
    return own.length === 1 ? toCard(own[0]?.[key], name) : null;
  };
}
