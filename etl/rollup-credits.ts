import { day } from './rollup-deals.ts';
import type { Family } from './rollups.ts';

/** What each campaign has of a deal under each model; as the model `own` the deal itself, in the campaign that it names. */
const shares = (sign: string, from: string): string => `
  select ${sign} as sign, m.model, ${day('created_at')}, ${day('closed_at')}, d.status,
    case m.model when 'own' then d.campaign_key else a.campaign_key end as campaign_key,
    1 as n_sum, case m.model when 'own' then 1 else a.credit end as credit_sum,
    d.amount * case m.model when 'own' then 1 else a.credit end as amount_sum,
    (d.amount - coalesce(d.cost, 0)) * case m.model when 'own' then 1 else a.credit end as profit_sum,
    (d.amount is not null)::int as amount_n_sum
  from ${from} using (deal_key)
  cross join lateral (select a.model union all select 'own' where a.model = 'last_touch') m`;

/**
 * Deals with touches; the last touch takes all of a deal, so each has one row of that model. A product changes by the
 * changes of both its sides, less what changed in both.
 */
export const credits: Family = {
  cube: 'attributed',
  whole: shares('1', 'core.fct_attribution a join core.fct_deals d'),
  rows: [
    shares('d.sign', 'changed_deals d join core.fct_attribution a'),
    shares('a.sign', 'changed_credits a join core.fct_deals d'),
    shares('-d.sign * a.sign', 'changed_deals d join changed_credits a'),
  ].join(' union all '),
  sums: {
    n_sum: null,
    credit_sum: null,
    amount_sum: 'amount_n_sum',
    profit_sum: 'amount_n_sum',
    amount_n_sum: null,
  },
  cuts: {
    created_campaign: ['created_at', 'model', 'campaign_key', 'status'],
    closed_campaign: ['closed_at', 'model', 'campaign_key', 'status'],
  },
};

const models = `(values ('last_touch'), ('first_touch'), ('linear'), ('position_based'), ('time_decay')) m(model)`;

/** Deals by a day: those that touches share, then all others, which belong to the campaign that they name in each model. */
const deals = (kind: string, at: string, where: string): string => `
  select '${kind}', null, ${at}, campaign_key, null, null, null, amount_sum, profit_sum, status = 'won', model, credit_sum
  from rollup.attributed__${at.replace('_at', '')}_campaign where model <> 'own' and ${where}
  union all
  select '${kind}', null, d.${at}, d.campaign_key, null, null, null,
    case when d.amount_n_sum > coalesce(o.amount_n_sum, 0) then d.amount_sum - coalesce(o.amount_sum, 0) end,
    case when d.amount_n_sum > coalesce(o.amount_n_sum, 0) then d.profit_sum - coalesce(o.profit_sum, 0) end,
    d.status = 'won', m.model, d.n_sum - coalesce(o.n_sum, 0)
  from rollup.deal_facts__${at.replace('_at', '')}_campaign d
  left join rollup.attributed__${at.replace('_at', '')}_campaign o on o.model = 'own' and o.status = d.status
    and coalesce(o.campaign_key, 0) = coalesce(d.campaign_key, 0) and coalesce(o.${at}, '-infinity') = coalesce(d.${at}, '-infinity'),
    ${models}
  where d.n_sum > coalesce(o.n_sum, 0) and ${where.replace('status', 'd.status')}`;

export const attribution = `
  create view rollup.attribution_facts__campaign as
  select 'spend' as kind, f.day, null::timestamptz as at, f.campaign_key, f.cost as spend_sum, f.impressions as impressions_sum,
    f.clicks as clicks_sum, null::numeric as amount_sum, null::numeric as profit_sum, false as is_won, m.model,
    null::numeric as credit
  from core.fct_marketing_spend f, ${models}
  where not f.is_deleted
  union all ${deals('lead', 'created_at', 'true')}
  union all ${deals('won', 'closed_at', `status = 'won'`)}`;
