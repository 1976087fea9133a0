import type { TableBlock } from '../../board.ts';
import { formatCount } from '../../format.ts';
import type { Condition } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import * as cards from '../cards.ts';
import { measured, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const shown = 15;
/** Only the stage in which an open deal is now: it is so for all that is stuck, and spares PostgreSQL all others. */
export const waiting: Condition[] = [{ member: 'funnel.is_current', operator: 'equals', values: ['true'] }];
const isStuck: Condition = { member: 'funnel.stuck', operator: 'gt', values: ['0'] };

/** The longest waiting: the days on which the first of them began to wait are known to a rollup, the deals are not. */
async function longest(scope: Scope): Promise<Row[]> {
  const days = await ask(scope, {
    view: 'funnel',
    measures: ['stuck'],
    time: 'waiting_since',
    grain: 'day',
    where: [...waiting, isStuck],
    order: [['waiting_since', 'asc']],
    limit: shown,
  });
  const [from, to] = [days[0], days.at(-1)].map(
    (row) => row && nameOf(row, 'waiting_since.day')?.slice(0, 10),
  );
  if (!from || !to) return [];
  return ask(scope, {
    view: 'funnel',
    measures: ['stuck', 'days_in_stage'],
    by: ['deal_id', 'title', 'customer', 'customer_key', 'owner', 'stage', 'url'],
    time: 'waiting_since',
    range: { from, to },
    where: [...waiting, isStuck],
    order: [['days_in_stage', 'desc']],
    limit: shown,
  });
}

/** The deals that stand longest beyond the norm of their stage. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('stuck', m.sales_stuck({}, style), '-days_in_stage');
  return block<TableBlock>(scope, ['funnel.stuck'], empty, async () => {
    const [deals, all] = await Promise.all([
      longest(scope),
      ask(scope, { view: 'funnel', measures: ['stuck'], where: waiting }),
    ]);
    const toCard = await cards.read(scope.viewer, deals);
    const ids = deals.flatMap((row) => nameOf(row, 'deal_id') ?? []);
    const amounts = ids.length
      ? await ask(scope, {
          view: 'sales',
          measures: ['open_amount'],
          by: ['deal_id'],
          where: [{ member: 'sales.deal_id', operator: 'equals', values: ids }],
        })
      : [];
    const money = keyed(amounts, 'deal_id');
    const count = numberOf(all[0], 'stuck') ?? 0;
    return {
      hidden: Math.max(0, count - deals.length),
      columns: [
        titled('title', m.column_title({}, style), 'text'),
        named(scope, 'customer'),
        named(scope, 'owner'),
        named(scope, 'stage'),
        measured(scope, 'funnel.days_in_stage'),
        titled('amount', m.column_amount({}, style), 'money'),
      ],
      rows: deals.map((row) => {
        const id = nameOf(row, 'deal_id') ?? '';
        const owner = nameOf(row, 'owner');
        const stage = nameOf(row, 'stage') ?? '';
        const customer = nameOf(row, 'customer');
        const url = nameOf(row, 'url');
        const to = down(scope, 'funnel.stuck', {
          by: 'owner',
          part: owner ?? '',
          within: [['stage', stage]],
        });
        return {
          id,
          address: url && /^https?:\/\//i.test(url) ? url : null,
          cells: [
            cell(nameOf(row, 'title') ?? id),
            cell(customer, toCard(row['customer_key'], customer)),
            cell(owner, owner && to),
            cell(stage, down(scope, 'funnel.stuck', { by: 'stage', part: stage })),
            figure(row, 'days_in_stage', null),
            figure(money.get(id), 'open_amount', null),
          ],
        };
      }),
      sentence: count
        ? m.sales_stuck_all(
            { deals: m.deals_count({ count, shown: formatCount(count, style.locale) }, style) },
            style,
          )
        : m.sales_stuck_none({}, style),
    };
  });
}
