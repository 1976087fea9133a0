import type { Figure, FiguresBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle } from '../../words.ts';
import { ask, block, down, figuresBlock, numberOf } from '../board.ts';
import { figureOf } from '../sales/figures.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const standing = [
  'paying',
  'repeat_rate',
  'ltv',
  'churn_rate',
  'at_risk',
  'at_risk_amount',
  'contact_overdue',
  'contact_overdue_amount',
];

/** Who came in the period, and how those who are there buy, leave and are looked after now. */
export function load(scope: Scope): Promise<FiguresBlock> {
  const { comparison, range, style } = scope;
  const empty = figuresBlock('summary', m.customers_section_summary({}, style));
  return block<FiguresBlock>(scope, ['customers.paying'], empty, async () => {
    const coming = { view: 'customers', measures: ['new', 'ltv_to_cac'], time: 'first_purchase_at' };
    const [now, before, all] = await Promise.all([
      ask(scope, { ...coming, range }),
      comparison ? ask(scope, { ...coming, range: comparison }) : [],
      ask(scope, { view: 'customers', measures: standing }),
    ]);
    const [paying, ...others] = standing;
    return {
      figures: [
        figureOf(scope, 'customers.new', now[0], before[0]),
        figureOf(scope, `customers.${paying}`, all[0]),
        figureOf(scope, 'customers.repeat_rate', all[0]),
        figureOf(scope, 'customers.ltv', all[0]),
        payback(scope, now[0], before[0]),
        ...others
          .filter((name) => name !== 'repeat_rate' && name !== 'ltv')
          .map((name) => figureOf(scope, `customers.${name}`, all[0])),
      ],
    };
  });
}

/** What is spent belongs to no customer, so the way down from the quotient is that of its numerator. */
function payback(scope: Scope, now: Row | undefined, before: Row | undefined): Figure {
  const value = numberOf(now, 'ltv_to_cac');
  const comparison_value = before ? numberOf(before, 'ltv_to_cac') : null;
  return {
    id: 'ltv_to_cac',
    metric: 'customers.ltv_to_cac',
    title: metricTitle('customers.ltv_to_cac', scope.style.locale),
    value,
    unit: 'score',
    direction: 'up_is_good',
    comparison_value,
    change: value === null || comparison_value === null ? null : value - comparison_value,
    change_kind: 'difference',
    note: '',
    href: down(scope, 'customers.new', { by: 'owner' }),
  };
}
