import type { TableBlock } from '../../board.ts';
import { cardPath } from '../../card.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, figure, nameOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { warehouse } from '../warehouse.ts';

const shown = 20;
/** What people type is no pattern: Cube takes care of % and _, but not of what would take its care away. */
const plain = (text: string) => text.replaceAll('\\', '\\\\');

/** Keys of customers with this telephone or e-mail, as any of their records tells it; rights are Cube's business. */
async function reachedBy(q: string): Promise<string[]> {
  const digits = q.replace(/\D/g, '');
  const isPhone = digits.length >= 5 && /^[\d\s()+.-]+$/.test(q);
  if (!isPhone && !q.includes('@')) return [];
  const { rows } = await warehouse().raw<{ rows: { key: string }[] }>(
    `select distinct coalesce(same_as, customer_key)::text as key from core.dim_customers where not is_deleted and
       ${isPhone ? `regexp_replace(phone, '\\D', '', 'g') like '%' || ?` : 'starts_with(lower(email), lower(?))'} limit ?`,
    // the country's code is written in two ways, or not at all
    [isPhone ? digits.slice(-10) : q, shown + 1],
  );
  return rows.map(({ key }) => key);
}

/** Customers whose name holds the text, or whose id, telephone or e-mail it is. */
export function load(scope: Scope, q: string): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('found', m.customers_found({ q }, style));
  return block<TableBlock>(scope, ['customers.customers'], empty, async () => {
    const keys = await reachedBy(q);
    const rows = await ask(
      // whoever is looked for by name is looked for among all
      { ...scope, state: { ...scope.state, filters: {} } },
      {
        view: 'customers',
        measures: ['revenue_year', 'ltv_revenue'],
        by: ['customer_key', 'name', 'owner', 'segment', 'region', 'last_contact_at'],
        where: [
          {
            or: [
              { member: 'customers.name', operator: 'contains', values: [plain(q)] },
              { member: 'customers.customer_id', operator: 'equals', values: [q] },
              ...(keys.length
                ? [{ member: 'customers.customer_key', operator: 'equals' as const, values: keys }]
                : []),
            ],
          },
        ],
        order: [['ltv_revenue', 'desc']],
        limit: shown + 1,
      },
    );
    return {
      ignored_filters: [],
      columns: [
        named(scope, 'customer'),
        named(scope, 'owner'),
        named(scope, 'segment'),
        named(scope, 'region'),
        titled('last_contact_at', m.column_last_contact_at({}, style), 'day'),
        measured(scope, 'customers.revenue_year'),
        measured(scope, 'customers.ltv_revenue'),
      ],
      rows: rows.slice(0, shown).map((row) => ({
        id: nameOf(row, 'name') ?? '',
        address: null,
        cells: [
          cell(nameOf(row, 'name'), cardPath(String(row['customer_key']))),
          ...['owner', 'segment', 'region'].map((name) => cell(labelled(scope, name, nameOf(row, name)))),
          cell(nameOf(row, 'last_contact_at')?.slice(0, 10)),
          figure(row, 'revenue_year', null),
          figure(row, 'ltv_revenue', null),
        ],
      })),
      sentence:
        rows.length === 0
          ? m.customers_found_none({}, style)
          : rows.length > shown
            ? m.customers_found_many({ count: shown }, style)
            : '',
    };
  });
}
