import type { Figure, FiguresBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle } from '../../words.ts';
import { ask, block, down, figuresBlock, numberOf } from '../board.ts';
import { changeOf } from '../figures.ts';
import type { Row } from '../result.ts';
import { figureOf } from '../sales/figures.ts';
import type { Scope } from '../scope.ts';

const answered = ['complaints', 'per_100_deals', 'first_response_hours_median'];

/** How much is complained about, how fast that is answered and solved, and what waits now. */
export function load(scope: Scope): Promise<FiguresBlock> {
  const { comparison, range, style } = scope;
  const empty = figuresBlock('summary', m.service_section_summary({}, style));
  return block<FiguresBlock>(scope, ['service.complaints'], empty, async () => {
    const both = async (question: Parameters<typeof ask>[1]) => {
      const [now, then] = await Promise.all([
        ask(scope, { ...question, range }),
        comparison ? ask(scope, { ...question, range: comparison }) : [],
      ]);
      return [now[0], then[0]] as const;
    };
    const [came, solved, [waiting]] = await Promise.all([
      both({ view: 'service', measures: answered, time: 'opened_at' }),
      both({ view: 'service', measures: ['resolved', 'resolution_hours_median'], time: 'resolved_at' }),
      ask(scope, { view: 'service', measures: ['open', 'unanswered', 'overdue'] }),
    ]);
    return {
      figures: [
        figureOf(scope, 'service.complaints', ...came),
        perDeals(scope, ...came),
        figureOf(scope, 'service.first_response_hours_median', ...came),
        figureOf(scope, 'service.resolution_hours_median', ...solved),
        figureOf(scope, 'service.resolved', ...solved),
        ...['open', 'unanswered', 'overdue'].map((name) => figureOf(scope, `service.${name}`, waiting)),
      ],
    };
  });
}

/** Deals of the period are no complaints: the way down from the quotient is that of its numerator. */
function perDeals(scope: Scope, now: Row | undefined, before: Row | undefined): Figure {
  const value = numberOf(now, 'per_100_deals');
  const comparison_value = before ? numberOf(before, 'per_100_deals') : null;
  return {
    id: 'per_100_deals',
    metric: 'service.per_100_deals',
    title: metricTitle('service.per_100_deals', scope.style.locale),
    value,
    unit: 'score',
    direction: 'down_is_good',
    comparison_value,
    ...changeOf({ unit: 'count' }, value, comparison_value),
    note: '',
    href: down(scope, 'service.complaints', { by: 'product' }),
  };
}
