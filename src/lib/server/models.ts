import { models } from '../lens.ts';
import { viewOf, type Metric } from '../metrics.ts';
import type { Scope } from './scope.ts';

/** Credits of one deal are in every model: a way down without a known model is that of the last touch. */
export function inModel(metric: Metric, { state }: Pick<Scope, 'state'>): Metric {
  if (viewOf(metric) !== 'attribution') return metric;
  const isChosen = state.within.some(
    ([dimension, value]) => dimension === 'model' && models.some((one) => one === value),
  );
  if (isChosen) return metric;
  return {
    ...metric,
    dimensions: metric.dimensions.filter((dimension) => dimension !== 'model'),
    conditions: [
      ...metric.conditions,
      { member: 'attribution.model', operator: 'equals', values: ['last_touch'] },
    ],
  };
}
