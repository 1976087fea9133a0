/** Measures of marketing as formulas over the sums of their parts. */
export const marketing = {
  spend: 'spend',
  impressions: 'impressions',
  clicks: 'clicks',
  ctr: 'clicks / nullif(impressions, 0)',
  cpc: 'spend / nullif(clicks, 0)',
  cpm: 'spend / nullif(impressions, 0) * 1000',
  leads: 'leads',
  cpl: 'spend / nullif(leads, 0)',
  won: 'won',
  cac: 'spend / nullif(won, 0)',
  revenue: 'revenue',
  gross_profit: 'gross_profit',
  romi: '(coalesce(gross_profit, 0) - spend) / nullif(spend, 0)',
  roas: 'coalesce(revenue, 0) / nullif(spend, 0)',
  drr: 'spend / nullif(revenue, 0)',
  conversion: 'coalesce(won, 0) / nullif(leads, 0)',
  cohort_won: 'cohort_won',
  cohort_revenue: 'cohort_revenue',
  cohort_gross_profit: 'cohort_gross_profit',
  cohort_romi: '(coalesce(cohort_gross_profit, 0) - spend) / nullif(spend, 0)',
  cohort_cac: 'spend / nullif(cohort_won, 0)',
  cohort_roas: 'coalesce(cohort_revenue, 0) / nullif(spend, 0)',
  cohort_drr: 'spend / nullif(cohort_revenue, 0)',
};
/** the same, where a count of nothing is 0 */
export const zeroed = {
  ...marketing,
  leads: 'coalesce(leads, 0)',
  won: 'coalesce(won, 0)',
  cohort_won: 'coalesce(cohort_won, 0)',
};
export const spent = { spend: 'sum(cost)', impressions: 'sum(impressions)', clicks: 'sum(clicks)' };
export const created = {
  leads: 'count(*)',
  cohort_won: `count(*) filter (where status = 'won')`,
  cohort_revenue: `sum(amount) filter (where status = 'won')`,
  cohort_gross_profit: `sum(amount - coalesce(cost, 0)) filter (where status = 'won')`,
};
export const closed = {
  won: 'count(*)',
  revenue: 'sum(amount)',
  gross_profit: 'sum(amount - coalesce(cost, 0))',
};
