import type { Family } from './rollups.ts';

const sums = {
  n_sum: null,
  paying_sum: null,
  new_sum: null,
  repeat_sum: null,
  churned_sum: null,
  overdue_sum: null,
  risk_sum: null,
  purchases_sum: null,
  revenue_sum: null,
  profit_sum: null,
  revenue_year_sum: null,
  revenue_before_sum: null,
  churned_before_sum: 'churned_sum',
  overdue_year_sum: 'overdue_sum',
  risk_year_sum: 'risk_sum',
};
const cuts = {
  class: ['owner_key', 'segment', 'abc', 'xyz', 'bcg', 'is_churned', 'is_contact_overdue', 'is_at_risk'],
  complaints: ['owner_key', 'segment', 'complaints'],
  industry: ['owner_key', 'segment', 'industry'],
  region: ['owner_key', 'segment', 'region'],
};

/** Customers by what they are now; who bought first in a period is found among them all by an index. */
export const customers: Family = {
  cube: 'customer_sums',
  rows: 'select * from changed_profiles where not is_deleted',
  after: ['customers'],
  sums,
  cuts,
};

export const spend: Family = {
  cube: 'spend_days',
  rows: 'select sign, day, 1 as n_sum, cost as spend_sum from changed_spend where not is_deleted',
  sums: { n_sum: null, spend_sum: null },
  cuts: { all: ['day'] },
};

const won = `from rollup.deal_facts__closed_reason where status = 'won'`;

/** Beside customers stand spend and deals won, for the cost of acquisition: all of them as one row, which has no key. */
const view = (by: string, own: string, none: string, from: string): string => `
  create view rollup.customer_facts__${by} as
  select ${own}, null::numeric as spend_sum, null::numeric as wins_sum from ${from} k
  union all
  select ${none}, (select sum(spend_sum) from rollup.spend_days__all), (select sum(n_sum) ${won})
  where exists (select from rollup.spend_days__all) or exists (select ${won})`;

/** The same by when customers came: spend and deals won by their days. */
const first = `
  create view rollup.customer_facts__first as
  select k.*, false as is_day, null::date as day, first_purchase_at as came_at, null::numeric as spend_sum,
    null::numeric as wins_sum
  from core.kept_profiles k where not is_deleted
  union all
  select (null::core.kept_profiles).*, true, day, null, spend_sum, null from rollup.spend_days__all
  union all
  select (null::core.kept_profiles).*, false, null, closed_at, null, n_sum ${won}`;

export const customerViews = [
  first,
  view(
    'each',
    'k.*',
    '(null::core.kept_profiles).*',
    '(select * from core.kept_profiles where not is_deleted)',
  ),
  ...Object.entries(cuts).map(([by, keys]) => {
    const columns = [...keys, ...Object.keys(sums)];
    return view(by, columns.join(', '), columns.map(() => 'null').join(', '), `rollup.customer_sums__${by}`);
  }),
];
