import { attribution } from './rollup-credits.ts';
import { customerViews } from './rollup-customers.ts';
import { lateViews } from './rollup-deals.ts';
import { qualityFacts } from './rollup-quality.ts';

const marketing = (by: string): string => `
  create view rollup.marketing_facts__${by} as
  select 'spend' as kind, day, null::timestamptz as at, ${by === 'owner' ? 'null::bigint as owner_key' : 'campaign_key'}, false as is_won,
    1::numeric as n_sum, cost as spend_sum, impressions as impressions_sum, clicks as clicks_sum,
    null::numeric as amount_sum, null::numeric as profit_sum
  from core.fct_marketing_spend where not is_deleted
  union all
  select 'lead', null, created_at, ${by}_key, status = 'won', n_sum, null, null, null, amount_sum, profit_sum
  from rollup.deal_facts__created_${by}
  union all
  select 'won', null, closed_at, ${by}_key, true, n_sum, null, null, null, amount_sum, profit_sum
  from rollup.deal_facts__closed_${by} where status = 'won'`;

/** What the present alone says is read as it is, by indexes that hold no more: tasks and deals that are open or fresh. */
const now = 'coalesce(s.fresh_at, now())';
const fresh = `(select least(min(fresh_at), now()) - interval '90 days' from ops.sources)`;
const overdue = `
  from core.fct_activities a left join ops.sources s on s.source = a.source
  where a.kind = 'task' and a.done_at is null and a.due_at < ${now} and not a.is_deleted`;
const cared = `
  from core.fct_deals d left join ops.sources s on s.source = d.source
  where d.customer_key is not null and not d.is_deleted and not d.is_test`;

/** One probe for each employee: all that is open need not be read to know who keeps any of it. */
const kept = `from core.fct_deals d where d.source = s.source and d.customer_key is not null and d.status = 'open'
  and not d.is_deleted and not d.is_test`;

/** Whoever keeps deals that are open or fresh is there, though with nothing done. */
const activity = `
  create view rollup.activity_facts__employee as
  with zone as (
    select value #>> '{}' as name from core.settings where key = 'derived.zone'
  ), present as materialized (
    select 'task_overdue' as kind, date_trunc('day', a.due_at, (select name from zone)) as at, a.employee_key,
      count(*)::numeric as n_sum ${overdue} group by 2, 3
    union all
    select 'customer', s.at, e.employee_key, 0::numeric from (
      select source, coalesce(fresh_at, now()) as at from ops.sources k
      where exists (select from core.fct_deals d where d.source = k.source)
    ) s, (select employee_key from core.employees union all select null) e
    where exists (select ${kept} and d.owner_key = e.employee_key)
      or e.employee_key is null and exists (select ${kept} and d.owner_key is null)
    union all
    select distinct 'customer', ${now}, d.owner_key, 0::numeric ${cared} and d.status = 'won'
      and d.closed_at > ${fresh} and d.closed_at > ${now} - interval '90 days'
  ), spans as (
    select e.employee_key, coalesce(e.hired_at, (f.first_at at time zone zone.name)::date) as first_day,
      least(e.left_at, ((select max(fresh_at) from ops.sources) at time zone zone.name)::date) as last_day
    from core.employees e
    left join (
      select employee_key, min(at) as first_at from (
        select employee_key, at from rollup.activity_days__employee
        union all
        select employee_key, at from present
      ) done where employee_key in (select employee_key from core.employees where hired_at is null) group by employee_key
    ) f using (employee_key), zone
  )
  select kind, at, null::date as day, false as is_day, employee_key, n_sum, 0 as workday_n_sum from rollup.activity_days__employee
  union all
  select kind, at, null, false, employee_key, n_sum, 0 from present
  union all
  select 'workday', null, c.day, true, s.employee_key, 1, 1
  from spans s join core.dim_calendar c on c.is_workday and c.day between s.first_day and s.last_day`;

/** Who has working days; all others are there by what they did. */
const hired = `
  select 'employee', e.employee_key, null
  from core.employees e, (
    select (max(fresh_at) at time zone (select value #>> '{}' from core.settings where key = 'derived.zone'))::date as day
    from ops.sources
  ) last
  where exists (
    select from core.dim_calendar c where c.is_workday and c.day between e.hired_at and least(e.left_at, last.day)
  )`;

/** The same whatever the day, but for working days. */
const done = `
  create view rollup.activity_facts__kind as
  select kind, employee_key, n_sum from rollup.activity_days__kind
  union all
  select 'task_overdue', a.employee_key, count(*)::numeric ${overdue} group by 2
  union all ${hired}`;

/** Whom each employee cares for now, whatever the day; and who of them there is. */
const care = `
  create view rollup.activity_facts__customer as
  select 'customer' as kind, d.owner_key as employee_key, d.customer_key ${cared} and d.status = 'open'
  union all
  select 'customer', d.owner_key, d.customer_key ${cared} and d.status = 'won'
    and d.closed_at > ${fresh} and d.closed_at > ${now} - interval '90 days'
  union all
  select 'employee', employee_key, null from rollup.activity_days__kind
  union all
  select 'employee', a.employee_key, null ${overdue}
  union all ${hired}`;

const mailed = 'campaign_key in (select campaign_key from core.fct_mailings where not is_deleted)';

const mailings = `
  create view rollup.mailing_facts__campaign as
  select 'mailing' as kind, day, null::timestamptz as at, campaign_key, 1::numeric as n_sum, sent, delivered, opened, clicked,
    unsubscribed, null::numeric as amount_sum
  from core.fct_mailings where not is_deleted
  union all
  select 'lead', null, created_at, campaign_key, n_sum, null, null, null, null, null, null
  from rollup.deal_facts__created_campaign where ${mailed}
  union all
  select 'won', null, closed_at, campaign_key, n_sum, null, null, null, null, null, amount_sum
  from rollup.deal_facts__closed_campaign where status = 'won' and ${mailed}`;

/** Scores are few; what each employee has sold comes from the deals of all days. */
const competence = `
  create view rollup.competence_cells__employee as
  select a.employee_key, a.competency, a.score, a.score - avg(a.score) over (partition by a.competency) as deviation,
    coalesce(d.deals, 0) as deals, coalesce(d.won, 0) as won, coalesce(d.won_amount, 0) as won_amount
  from (
    select employee_key, competency, avg(score) as score
    from core.fct_assessments where not is_deleted and employee_key is not null
    group by employee_key, competency
  ) a
  left join (
    select owner_key, sum(n_sum) as deals, sum(n_sum) filter (where status = 'won') as won,
      sum(amount_sum) filter (where status = 'won') as won_amount
    from rollup.deal_facts__owner group by owner_key
  ) d on d.owner_key = a.employee_key`;

const ownedBy = (row: string): string => `
  left join core.fct_deals d on d.deal_key = ${row}.deal_key left join core.customers c on c.customer_key = ${row}.customer_key
  left join ops.sources s on s.source = ${row}.source`;

/** What is owed now; the owner is that of the deal, else of the customer. */
const owed = `
  select r.kind, r.due_at, r.customer_key, coalesce(d.owner_key, c.owner_key) as owner_key, r.rest, ${now} as now_at`;
const open = `from core.open_receivables r ${ownedBy('r')}`;
const receivables = `
  create view rollup.receivable_facts__open as ${owed} ${open}`;

/** Beside it what was invoiced of late. */
const recent = `
  create view rollup.receivable_facts__recent as ${owed}, null::numeric as recent_sum ${open}
  union all
  select 'invoice', i.due_at, i.customer_key, coalesce(d.owner_key, c.owner_key), null, ${now}, i.amount
  from core.fct_invoices i ${ownedBy('i')}
  where not i.is_deleted and i.issued_at > ${fresh} and i.issued_at > ${now} - interval '90 days'`;

/** What follows from other rollups, and from what is few rows as it is. */
export const views: string[] = [
  marketing('campaign'),
  marketing('owner'),
  attribution,
  mailings,
  activity,
  done,
  care,
  ...customerViews,
  ...lateViews,
  receivables,
  recent,
  competence,
  qualityFacts,
];
