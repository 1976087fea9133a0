import { funnel, sales } from './truth/deals.ts';
import type { Truth } from './truth/fact.ts';
import { customer_history } from './truth/history.ts';
import { mailings, marketing } from './truth/marketing.ts';
import { plan_fact, receivables } from './truth/money.ts';
import { activity, customers } from './truth/people.ts';
import { calls, nps, service } from './truth/service.ts';

/** What each view should answer. */
export const truths: Record<string, Truth> = {
  sales,
  funnel,
  marketing,
  mailings,
  customers,
  calls,
  activity,
  service,
  nps,
  receivables,
  plan_fact,
  customer_history,
};

/** Views, measures and dimensions that another file checks, and why they are not cut as all others are. */
export const elsewhere: Record<string, { file: string; only?: string[] }> = {
  attribution: { file: 'attribution.test.ts' },
  cohorts: { file: 'cohorts.test.ts' },
  competence: { file: 'competence.test.ts' },
  data_quality: { file: 'quality.test.ts' },
  // it moves with each moment
  customers: { file: 'classes.test.ts', only: ['silent_days'] },
};
