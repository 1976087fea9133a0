import { days, now, people, rights, rightsOfOwner, zero, type Fact, type Truth } from './fact.ts';

const at = `coalesce((select (value #>> '{}')::timestamptz from core.settings where key = 'derived.at'), now())`;

/** Customers as they are; spend and deals won of the same time, for what one costs. */
export const customers: Truth = {
  facts: [
    {
      rows: `select c.*, coalesce(f.segment, 'occasional') as segment, f.abc, coalesce(f.xyz, 'n/a') as xyz,
          coalesce(f.bcg, 'n/a') as bcg, coalesce(f.won_deals, 0) as won, f.revenue, f.gross_profit,
          f.first_purchase_at, f.last_purchase_at, f.last_contact_at, coalesce(f.is_churned, false) as is_churned,
          coalesce(f.is_contact_overdue, false) as is_late, e.name as owner_name, e.team_key, t.name as team_name,
          coalesce(f.revenue_year, 0) as revenue_year, coalesce(f.revenue_before, 0) as revenue_before,
          (select count(*) from core.fct_complaints k where k.customer_key = c.customer_key and not k.is_deleted) as complaints,
          coalesce(f.won_deals > 2 and not f.is_churned and ${at} - f.last_purchase_at > interval '30 days'
            and ${at} - f.last_purchase_at > 1.5 * (f.last_purchase_at - f.first_purchase_at) / (f.won_deals - 1), false) as is_risk,
          case when f.won_deals > 1 then ${days('f.first_purchase_at', 'f.last_purchase_at')} / (f.won_deals - 1) end as usual
        from core.customers c left join core.customer_facts f using (customer_key) ${people('c.owner_key')}
        where not c.is_deleted`,
      sums: {
        customers: 'count(*)',
        paying: 'count(*) filter (where won > 0)',
        new: 'count(*) filter (where won > 0 and first_purchase_at is not null)',
        repeat: 'count(*) filter (where won > 1)',
        profit: 'sum(gross_profit)',
        revenue: 'sum(revenue)',
        churned: 'count(*) filter (where won > 0 and is_churned)',
        contact_overdue: 'count(*) filter (where is_late)',
        contact_overdue_amount: 'sum(revenue_year) filter (where is_late)',
        revenue_year: 'sum(revenue_year)',
        revenue_before: 'sum(revenue_before)',
        purchases: 'sum(won)',
        churned_revenue: 'sum(revenue_before) filter (where is_churned)',
        at_risk: 'count(*) filter (where is_risk)',
        at_risk_amount: 'sum(revenue_year) filter (where is_risk)',
      },
      dimensions: {
        customer_id: 'source_id',
        customer_key: 'customer_key',
        name: 'name',
        segment: 'segment',
        abc: 'abc',
        xyz: 'xyz',
        bcg: 'bcg',
        region: 'region',
        industry: 'industry',
        owner: 'owner_name',
        team: 'team_name',
        is_contact_overdue: 'is_late',
        is_churned: 'is_churned',
        is_at_risk: 'is_risk',
        complaints_made: `case when complaints > 2 then '3+' else complaints::text end`,
        usual_days: 'usual',
      },
      times: {
        first_purchase_at: 'first_purchase_at',
        last_purchase_at: 'last_purchase_at',
        last_contact_at: 'last_contact_at',
      },
      ...rightsOfOwner,
    },
    {
      rows: 'select * from core.fct_marketing_spend where not is_deleted',
      sums: { spend: 'sum(cost)' },
      dimensions: {},
      times: { first_purchase_at: { day: 'day' } },
    },
    {
      rows: `select * from core.fct_deals where status = 'won' and not is_test and not is_deleted`,
      sums: { wins: 'count(*)' },
      dimensions: {},
      times: { first_purchase_at: 'closed_at' },
    },
  ],
  measures: {
    ...Object.fromEntries(
      ['customers', 'paying', 'new', 'repeat', 'churned', 'contact_overdue', 'at_risk'].map((name) => [
        name,
        zero(name),
      ]),
    ),
    ...Object.fromEntries(
      [
        ...['contact_overdue_amount', 'revenue_year', 'revenue_before', 'purchases'],
        ...['churned_revenue', 'at_risk_amount'],
      ].map((name) => [name, name]),
    ),
    repeat_rate: 'repeat / nullif(paying, 0)',
    ltv: 'profit / nullif(paying, 0)',
    ltv_revenue: 'revenue / nullif(paying, 0)',
    ltv_to_cac: '(profit / nullif(paying, 0)) / nullif(spend / nullif(wins, 0), 0)',
    churn_rate: 'churned / nullif(paying, 0)',
  },
};

const answered = `disposition = 'answered' and not is_deleted`;
const met = `kind <> 'task' and not is_deleted`;
const done = `kind = 'task' and done_at is not null and not is_deleted`;
const late = `kind = 'task' and done_at is null and not is_deleted and due_at < ${now('x')}`;
const counted = 'not is_test and not is_deleted';
const cared = `${counted} and customer_key is not null
  and (status = 'open' or (status = 'won' and closed_at > ${now('x')} - interval '90 days'))`;

const done_by = (rows: string, sums: Record<string, string>, date: Fact['times'][string]): Fact => ({
  rows: `select x.*, e.name as employee_name, e.team_key, t.name as team_name from (${rows}) x ${people('x.employee_key')}`,
  sums,
  dimensions: { employee: 'employee_name', team: 'team_name' },
  times: { date },
  ...rights,
});
const facts = (table: string, where: string, key = 'employee_key', more = 'null::int as more'): string =>
  `select x.*, ${key === 'employee_key' ? '' : `x.${key} as employee_key,`} ${more} from core.${table} x where ${where}`;

/** Nobody works before the first sign of them in the reporting zone, unless it is known when they came. */
const workdays = `
  select c.day, e.employee_key
  from core.employees e
  left join (
    select employee_key, min(at) as at from (
      select employee_key, started_at as at from core.fct_calls where ${answered}
      union all select employee_key, created_at from core.fct_activities where ${met}
      union all select employee_key, done_at from core.fct_activities where ${done}
      union all select employee_key, due_at from core.fct_activities x where ${late}
      union all select owner_key, created_at from core.fct_deals where ${counted}
      union all select owner_key, ${now('x')} from core.fct_deals x where ${cared}
    ) s group by employee_key
  ) f using (employee_key),
  (select value #>> '{}' as name from core.settings where key = 'reporting.timezone') zone,
  core.dim_calendar c
  where c.is_workday and c.day >= coalesce(e.hired_at, (f.at at time zone zone.name)::date)
    and c.day <= least(e.left_at, ((select max(fresh_at) from ops.sources) at time zone zone.name)::date)`;

export const activity: Truth = {
  facts: [
    done_by(facts('fct_calls', answered), { answered: 'count(*)' }, 'started_at'),
    done_by(
      facts('fct_activities', met),
      {
        touches: 'count(*)',
        emails: `count(*) filter (where kind = 'email')`,
        meetings: `count(*) filter (where kind = 'meeting')`,
      },
      'created_at',
    ),
    done_by(facts('fct_activities', done), { tasks_done: 'count(*)' }, 'done_at'),
    done_by(facts('fct_activities', late), { tasks_overdue: 'count(*)' }, 'due_at'),
    done_by(facts('fct_deals', counted, 'owner_key'), { new_deals: 'count(*)' }, 'created_at'),
    done_by(
      facts('fct_deals', cared, 'owner_key', `${now('x')} as now_at`),
      { active_customers: 'count(distinct customer_key)' },
      'now_at',
    ),
    done_by(workdays, { workdays: 'count(*)' }, { day: 'day' }),
  ],
  measures: {
    contacts: `${zero('answered')} + ${zero('touches')}`,
    emails: zero('emails'),
    meetings: zero('meetings'),
    tasks_done: zero('tasks_done'),
    tasks_overdue: zero('tasks_overdue'),
    new_deals: zero('new_deals'),
    active_customers: 'active_customers',
    contacts_per_workday: `(${zero('answered')} + ${zero('touches')}) / nullif(workdays, 0)`,
  },
};
