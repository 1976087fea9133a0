import { formatCount } from '../../format.ts';
import { get } from '../../metrics.ts';
import type { Kpi } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { numberIn, total, trend } from '../figures.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { blank } from './kpi.ts';

/**
 * Open complaints are a state of now and have no past to compare with; how many came in the period has, and
 * is what the sparkline shows.
 */
export async function load(scope: Scope): Promise<Kpi> {
  const metric = get('service.open');
  const kpi = blank(scope, 'open_complaints', metric);
  if (kpi.state !== 'ok') return kpi;
  const outcome = await safely(kpi.id, scope.style.locale, async (): Promise<Kpi> => {
    const arrivals = get('service.complaints');
    const [now, came, course] = await Promise.all([
      total(scope, metric, null, ['service.overdue']),
      total(scope, arrivals, scope.range),
      trend(scope, arrivals, scope.range),
    ]);
    const { locale } = scope.style;
    const overdue = formatCount(numberIn(now, 'service.overdue') ?? 0, locale);
    const fresh = formatCount(numberIn(came, arrivals.name) ?? 0, locale);
    return {
      ...kpi,
      value: numberIn(now, metric.name),
      spark: course.points,
      spark_grain: course.grain,
      spark_title: m.spark_new_complaints({}, scope.style),
      sentence: m.sentence_open({ overdue, fresh }, scope.style),
    };
  });
  return 'value' in outcome ? outcome.value : { ...kpi, state: 'failed', error: outcome.error };
}
