import type { TableBlock } from '../../board.ts';
import { formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, keyed, nameOf, tableBlock } from '../board.ts';
import { measured, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { warehouse } from '../warehouse.ts';
import { standing, sumOf } from './people.ts';

type Gone = { name: string; left_at: string };

/** Who has left and still stands as the owner of customers and deals; each row leads to their history. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, today } = scope;
  const empty = tableBlock('left', m.managers_left({}, style), '-customers');
  return block<TableBlock>(scope, ['customers.customers', 'sales.deals_open'], empty, async () => {
    const [gone, customers, deals] = await Promise.all([
      readGone(today),
      ask(scope, {
        view: 'customers',
        measures: ['customers', 'contact_overdue'],
        by: ['owner'],
        where: [{ member: 'customers.customer_id', operator: 'set' }],
      }),
      standing(scope),
    ]);
    const kept = keyed(customers, 'owner');
    const open = keyed(deals, 'owner');
    // names alone come from the warehouse; whom this viewer may see is Cube's to say
    const seen = gone.filter(({ name }) => kept.has(name) || open.has(name));
    const rows = seen.map(({ name, left_at }) => {
      const to = (metric: string) => down(scope, metric, { by: 'owner', part: name });
      return {
        id: name,
        address: null,
        cells: [
          cell(name, down(scope, 'sales.deals', { by: 'owner', part: name, period: { preset: 'all' } })),
          cell(left_at),
          figure(kept.get(name), 'customers', to('customers.customers')),
          figure(kept.get(name), 'contact_overdue', to('customers.contact_overdue')),
          figure(open.get(name), 'deals_open', to('sales.deals_open')),
          figure(open.get(name), 'open_amount', to('sales.open_amount')),
        ],
      };
    });
    const orphans = sumOf(
      customers.filter((row) => seen.some(({ name }) => name === nameOf(row, 'owner'))),
      'customers',
    );
    return {
      columns: [
        named(scope, 'owner'),
        titled('left_at', m.managers_left_at({}, style), 'day'),
        measured(scope, 'customers.customers'),
        measured(scope, 'customers.contact_overdue'),
        measured(scope, 'sales.deals_open'),
        measured(scope, 'sales.open_amount'),
      ],
      rows,
      sentence: rows.length
        ? m.managers_left_sentence({ customers: formatCount(orphans, style.locale) }, style)
        : m.managers_left_none({}, style),
    };
  });
}

async function readGone(today: string): Promise<Gone[]> {
  const { rows } = await warehouse().raw<{ rows: Gone[] }>(
    `select name, max(left_at)::text as left_at from core.employees
      where name is not null group by name having bool_and(coalesce(left_at < ?, false)) order by 2 desc limit 50`,
    [today],
  );
  return rows;
}
