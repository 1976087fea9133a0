import type { TableBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, tableBlock } from '../board.ts';
import * as cards from '../cards.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { warehouse } from '../warehouse.ts';

type Gone = { name: string; left_at: string };

const shown = 20;

/** The customers of those who have left, the largest first; each leads to all its deals, whoever kept them. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, today } = scope;
  const empty = tableBlock('left', m.managers_left({}, style), '-won_amount');
  return block<TableBlock>(scope, ['sales.deals'], empty, async () => {
    const gone = new Map((await readGone(today)).map(({ name, left_at }) => [name, left_at]));
    if (gone.size === 0) return { sentence: m.managers_left_none({}, style) };
    // names alone come from the warehouse; whose deals this viewer may see is Cube's to say
    const rows = await ask(scope, {
      view: 'sales',
      measures: ['won_amount', 'deals', 'deals_open'],
      by: ['owner', 'customer', 'customer_key'],
      where: [
        { member: 'sales.owner', operator: 'equals', values: [...gone.keys()] },
        { member: 'sales.customer', operator: 'set' },
      ],
      order: [['won_amount', 'desc']],
    });
    const toCard = await cards.read(scope.viewer, rows.slice(0, shown));
    const owners = [...new Set(rows.flatMap((row) => nameOf(row, 'owner') ?? []))];
    return {
      hidden: Math.max(0, rows.length - shown),
      columns: [
        named(scope, 'customer'),
        named(scope, 'owner'),
        titled('left_at', m.managers_left_at({}, style), 'day'),
        ...['won_amount', 'deals', 'deals_open'].map((name) => measured(scope, `sales.${name}`)),
      ],
      rows: rows.slice(0, shown).map((row) => {
        const [owner, customer] = [nameOf(row, 'owner') ?? '', nameOf(row, 'customer') ?? ''];
        const always = { period: { preset: 'all' as const }, by: 'owner', part: owner };
        const to = (metric: string) => down(scope, metric, { ...always, within: [['customer', customer]] });
        return {
          id: `${owner}/${customer}`,
          address: null,
          cells: [
            cell(customer, toCard(row['customer_key'], customer)),
            cell(labelled(scope, 'owner', owner), down(scope, 'sales.deals', always)),
            cell(gone.get(owner)),
            ...['won_amount', 'deals', 'deals_open'].map((name) => figure(row, name, to(`sales.${name}`))),
          ],
        };
      }),
      sentence: rows.length
        ? m.managers_left_sentence({ names: owners.join(', ') }, style)
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
