import type { Condition } from './metrics.ts';

export type RecordKind =
  | 'deals'
  | 'steps'
  | 'spend'
  | 'responses'
  | 'complaints'
  | 'calls'
  | 'days'
  | 'customers'
  | 'invoices'
  | 'plans'
  | 'assessments'
  | 'quality'
  | 'credits'
  | 'campaign_days'
  | 'cohort_days'
  | 'letters'
  | 'cohorts';

/** What a page adds to a metric of the catalogue: how to go down from it. */
export type Way = {
  /** `<view>.<measure>`, the name everywhere */
  name: string;
  /** dimensions of its view to break it down by, most telling first */
  dimensions: string[];
  /** which kind of record stands behind it, and which of them count */
  records: RecordKind;
  conditions: Condition[];
  /** the measure itself says which records count: those of which it is more than nothing */
  counts?: true;
  /** the figure of a fresh period grows as its open deals are decided */
  matures?: true;
  /** name in plan lines, for metrics that are planned */
  plan: string | null;
};

type Kind = Pick<Way, 'dimensions' | 'records'> & Partial<Way>;

/** Metrics of a view that go down the same way. */
function all(view: string, measures: string[], kind: Kind): Way[] {
  return measures.map((measure) => ({ name: `${view}.${measure}`, conditions: [], plan: null, ...kind }));
}

function where(member: string, ...values: string[]): Condition[] {
  return [values.length ? { member, operator: 'equals', values } : { member, operator: 'set' }];
}

const byDeal = ['team', 'owner', 'product', 'channel', 'pipeline', 'region', 'segment', 'industry'];
const deals: Kind = { dimensions: [...byDeal, 'source', 'campaign', 'stage', 'customer'], records: 'deals' };
const won = where('sales.status', 'won');
const lost = where('sales.status', 'lost');
const open = where('sales.status', 'open');
const closed = where('sales.status', 'won', 'lost');
const steps: Kind = {
  dimensions: ['stage', 'owner', 'team', ...byDeal.slice(2), 'lost_reason'],
  records: 'steps',
};
const complaints = ['cause', 'product', 'stage', 'severity', 'channel', 'team', 'employee'];
const calls: Kind = {
  dimensions: ['employee', 'team', 'direction', 'disposition', 'hour', 'customer'],
  records: 'calls',
};
const inbound = where('calls.direction', 'in');
const days: Kind = { dimensions: ['employee', 'team'], records: 'days', counts: true };
const customers: Kind = {
  dimensions: ['owner', 'team', 'segment', 'region', 'industry', 'abc', 'xyz', 'bcg', 'complaints_made'],
  records: 'customers',
  conditions: where('customers.customer_id'),
};
const payers = { member: 'customers.paying', operator: 'gt' as const, values: ['0'] };
const invoices: Kind = { dimensions: ['customer', 'owner', 'team', 'segment'], records: 'invoices' };
const responses: Kind = {
  dimensions: ['score', 'team', 'employee', 'survey', 'segment'],
  records: 'responses',
};
const waiting = where('service.status', 'new', 'in_progress');
const plans: Kind = { dimensions: ['scope', 'month', 'metric'], records: 'plans' };

export const ways: Way[] = [
  ...all('sales', ['won_amount'], { ...deals, conditions: won, plan: 'won_amount' }),
  ...all('sales', ['deals_won'], { ...deals, conditions: won, plan: 'deals_won' }),
  ...all('sales', ['gross_profit', 'margin', 'average_deal', 'cycle_days'], { ...deals, conditions: won }),
  ...all('sales', ['conversion'], { ...deals, matures: true }),
  ...all('sales', ['win_rate'], { ...deals, conditions: closed }),
  ...all('sales', ['lost_amount', 'deals_lost'], {
    ...deals,
    dimensions: ['lost_reason', ...deals.dimensions],
    conditions: lost,
  }),
  ...all('sales', ['deals'], { ...deals, plan: 'deals' }),
  ...all('sales', ['deals_open', 'open_amount', 'weighted_amount'], { ...deals, conditions: open }),
  ...all('sales', ['unprocessed', 'sla_breaches'], {
    ...deals,
    dimensions: ['owner', 'team', ...byDeal.slice(2)],
    counts: true,
  }),
  ...all('sales', ['first_response_minutes'], {
    ...deals,
    dimensions: ['owner', 'team', ...byDeal.slice(2)],
  }),
  ...all('funnel', ['entered', 'step_conversion', 'days_in_stage', 'days_in_stage_median'], steps),
  ...all('funnel', ['passed', 'stuck', 'stuck_amount', 'lost_here'], { ...steps, counts: true }),
  ...all('funnel', ['lost_amount_here'], {
    ...steps,
    dimensions: ['lost_reason', ...steps.dimensions.filter((one) => one !== 'lost_reason')],
    counts: true,
  }),
  ...all('plan_fact', ['plan', 'fact', 'completion', 'expected', 'pace', 'forecast', 'gap'], plans),
  ...all('calls', ['calls'], calls),
  ...all('calls', ['talk_minutes', 'missed', 'missed_unreturned', 'inbound', 'outbound', 'answered'], {
    ...calls,
    counts: true,
  }),
  ...all('calls', ['talk_seconds_average'], { ...calls, conditions: where('calls.disposition', 'answered') }),
  ...all('calls', ['missed_rate'], { ...calls, conditions: inbound }),
  ...all(
    'activity',
    ['contacts', 'emails', 'meetings', 'tasks_done', 'tasks_overdue', 'new_deals', 'active_customers'],
    days,
  ),
  ...all('customers', ['customers', 'new', 'paying', 'contact_overdue'], { ...customers, counts: true }),
  ...all('customers', ['repeat', 'churned', 'at_risk', 'purchases'], { ...customers, counts: true }),
  ...all('customers', ['revenue_year', 'revenue_before', 'at_risk_amount', 'churned_revenue'], {
    ...customers,
    counts: true,
  }),
  ...all('customers', ['contact_overdue_amount'], { ...customers, counts: true }),
  ...all('customers', ['ltv', 'ltv_revenue', 'repeat_rate', 'churn_rate'], {
    ...customers,
    conditions: [...where('customers.customer_id'), payers],
  }),
  ...all('receivables', ['outstanding', 'dso_days'], invoices),
  ...all('receivables', ['overdue', 'overdue_30', 'overdue_60', 'overdue_90', 'overdue_older'], {
    ...invoices,
    counts: true,
  }),
  ...all('competence', ['average_score', 'score_deviation'], {
    dimensions: ['employee', 'competency', 'team'],
    records: 'assessments',
  }),
  ...all('data_quality', ['completeness'], {
    dimensions: ['owner', 'team', 'entity', 'source'],
    records: 'quality',
  }),
  ...all('marketing', ['romi'], {
    dimensions: ['channel', 'campaign', 'source', 'medium'],
    records: 'spend',
  }),
  ...campaigns('marketing', ['channel', 'campaign', 'source', 'medium']),
  // one model at a time (server/models.ts), so it is a step of the way and no cut
  ...campaigns('attribution', ['channel', 'campaign', 'source', 'medium', 'model']),
  ...all(
    'mailings',
    ['sent', 'delivered', 'open_rate', 'click_rate', 'unsubscribe_rate', 'leads', 'revenue'],
    {
      dimensions: ['campaign', 'channel'],
      records: 'letters',
    },
  ),
  ...all('cohorts', ['customers', 'active', 'retention', 'revenue', 'cumulative_ltv'], {
    dimensions: ['months_since'],
    records: 'cohorts',
  }),
  ...all('nps', ['nps'], {
    dimensions: ['team', 'employee', 'survey', 'segment', 'score'],
    records: 'responses',
  }),
  ...all('nps', ['responses', 'average_score'], responses),
  ...all('nps', ['promoters', 'passives', 'detractors'], { ...responses, counts: true }),
  ...all('service', ['overdue', 'unanswered'], {
    dimensions: [...complaints, 'age'],
    records: 'complaints',
    conditions: waiting,
    counts: true,
  }),
  ...all(
    'service',
    [
      'resolved',
      'resolution_hours',
      'resolution_hours_median',
      'first_response_hours',
      'first_response_hours_median',
    ],
    { dimensions: complaints, records: 'complaints', conditions: where('service.status') },
  ),
  ...all('service', ['open'], {
    dimensions: [...complaints, 'age'],
    records: 'complaints',
    conditions: waiting,
  }),
  // won deals are rows of this view too, for complaints per 100 of them
  ...all('service', ['complaints'], {
    dimensions: complaints,
    records: 'complaints',
    conditions: where('service.status'),
  }),
];

function campaigns(view: string, dimensions: string[]): Way[] {
  const days: Kind = { dimensions, records: 'campaign_days' };
  const cohort: Kind = { dimensions, records: 'cohort_days' };
  const credits: Kind = { dimensions, records: 'credits' };
  return [
    ...all(view, ['spend'], { ...days, counts: true }),
    ...all(view, ['leads', 'won', 'revenue', 'gross_profit'], credits),
    ...all(view, ['cpl', 'cac', 'roas', 'drr'], days),
    ...(view === 'marketing' ? [] : all(view, ['romi'], days)),
    ...all(view, ['cohort_won', 'cohort_revenue', 'cohort_gross_profit'], credits),
    ...all(
      view,
      ['cac', 'romi', 'roas', 'drr'].map((name) => `cohort_${name}`),
      cohort,
    ),
  ];
}

/** What the home page is counted from. */
export const home = [
  'sales.won_amount',
  'sales.deals_won',
  'sales.conversion',
  'sales.lost_amount',
  'marketing.romi',
  'nps.nps',
  'service.open',
  'service.complaints',
];
