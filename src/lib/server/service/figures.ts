import type { Figure, FiguresBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle } from '../../words.ts';
import { ask, block, down, figuresBlock, numberOf } from '../board.ts';
import { changeOf } from '../figures.ts';
import type { Row } from '../result.ts';
import { figureOf } from '../sales/figures.ts';
import type { Scope } from '../scope.ts';
import { complaint } from './parts.ts';
import { isOpen } from './waiting.ts';

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
    // medians by themselves, and of complaints alone: they are counted from these, all others from sums
    const median = (name: string, time: string) =>
      both({ view: 'service', measures: [name], time, where: complaint });
    const [came, answered, solved, took, [waiting]] = await Promise.all([
      both({ view: 'service', measures: ['complaints', 'per_100_deals'], time: 'opened_at' }),
      median('first_response_hours_median', 'opened_at'),
      both({ view: 'service', measures: ['resolved'], time: 'resolved_at' }),
      median('resolution_hours_median', 'resolved_at'),
      ask(scope, { view: 'service', measures: ['open', 'unanswered', 'overdue'], where: isOpen }),
    ]);
    return {
      figures: [
        figureOf(scope, 'service.complaints', ...came),
        perDeals(scope, ...came),
        figureOf(scope, 'service.first_response_hours_median', ...answered),
        figureOf(scope, 'service.resolution_hours_median', ...took),
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
