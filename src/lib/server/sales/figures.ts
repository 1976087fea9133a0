import type { Figure, FiguresBlock } from '../../board.ts';
import { get } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle } from '../../words.ts';
import { ask, block, down, figuresBlock, numberOf } from '../board.ts';
import { changeOf } from '../figures.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { waiting } from './stuck.ts';

const closed = ['won_amount', 'deals_won', 'win_rate', 'average_deal', 'cycle_days', 'lost_amount'];
const open = ['open_amount', 'weighted_amount', 'deals_open'];

/** How much was sold and lost in the period, and what is on its way now. */
export function load(scope: Scope): Promise<FiguresBlock> {
  const { comparison, range, style } = scope;
  const empty = figuresBlock('summary', m.sales_section_summary({}, style));
  return block<FiguresBlock>(scope, ['sales.won_amount'], empty, async () => {
    const closing = { view: 'sales', measures: closed, time: 'closed_at' };
    const [now, before, standing, stuck] = await Promise.all([
      ask(scope, { ...closing, range }),
      comparison ? ask(scope, { ...closing, range: comparison }) : [],
      ask(scope, { view: 'sales', measures: open }),
      ask(scope, { view: 'funnel', measures: ['stuck'], where: waiting }),
    ]);
    return {
      figures: [
        ...closed.map((name) => figureOf(scope, `sales.${name}`, now[0], before[0])),
        ...open.map((name) => figureOf(scope, `sales.${name}`, standing[0])),
        figureOf(scope, 'funnel.stuck', stuck[0]),
      ],
    };
  });
}

/** One figure of a row, with its change where there is a row to compare with. */
export function figureOf(scope: Scope, name: string, now: Row | undefined, before?: Row): Figure {
  const metric = get(name);
  const short = name.split('.')[1] ?? '';
  const value = numberOf(now, short);
  const comparison_value = before ? numberOf(before, short) : null;
  return {
    id: short,
    metric: name,
    title: metricTitle(name, scope.style.locale),
    value,
    unit: metric.unit,
    direction: metric.direction,
    comparison_value,
    ...changeOf(metric, value, comparison_value),
    note: metric.time ? '' : m.board_now({}, scope.style),
    href: down(scope, name),
  };
}
