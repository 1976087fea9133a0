import { clients, people, rightsOfOwner, segment, single, zero, type Truth } from './fact.ts';

const now = `coalesce((select o.fresh_at from ops.sources o where o.source = f.source), now())`;
/** Whose money it is: the owner of the deal, else of the customer. */
const owned = (table: string, columns: string): string => `
  select f.*, ${columns}, ${now} as now_at, o.owner_key, e.name as owner_name, e.team_key, t.name as team_name,
    c.name as customer_name, c.customer_key as client_key, ${segment} as segment
  from core.${table} f ${clients('f.customer_key')} left join core.fct_deals d on d.deal_key = f.deal_key,
  lateral (select coalesce(d.owner_key, c.owner_key) as owner_key) o
  ${people('o.owner_key')}
  where not f.is_deleted`;
const dimensions = {
  system: 'source',
  owner: 'owner_name',
  team: 'team_name',
  customer: 'customer_name',
  customer_key: 'client_key',
  segment: 'segment',
};
const late = (from: number, to: number | null): string =>
  `sum(rest) filter (where rest > 0 and due_at < now_at - interval '${from} days'
    ${to === null ? '' : `and due_at >= now_at - interval '${to} days'`})`;
const overdue = {
  overdue: late(0, null),
  overdue_30: late(0, 30),
  overdue_60: late(30, 60),
  overdue_90: late(60, 90),
  overdue_older: late(90, null),
};

export const receivables: Truth = {
  facts: [
    {
      rows: owned(
        'fct_invoices',
        `f.amount - coalesce((select sum(p.amount) from core.fct_payments p
          where p.source = f.source and p.invoice_id = f.source_id and not p.is_deleted), 0) as rest`,
      ),
      sums: {
        invoiced: 'sum(amount)',
        invoiced_90: `sum(amount) filter (where issued_at > now_at - interval '90 days')`,
        unpaid: 'sum(rest)',
        ...overdue,
      },
      dimensions: { ...dimensions, invoice_id: 'source_id' },
      times: { date: 'issued_at', due_at: 'due_at' },
      ...rightsOfOwner,
    },
    {
      rows: owned(
        'fct_payments',
        `not exists (select from core.fct_invoices i
          where i.source = f.source and i.source_id = f.invoice_id and not i.is_deleted) as is_loose`,
      ),
      sums: { paid: 'sum(amount)', loose: 'sum(amount) filter (where is_loose)' },
      dimensions,
      times: { date: 'paid_at' },
      ...rightsOfOwner,
    },
  ],
  measures: {
    invoiced: 'invoiced',
    paid: 'paid',
    outstanding: `${zero('unpaid')} - ${zero('loose')}`,
    ...Object.fromEntries(Object.keys(overdue).map((name) => [name, name])),
    dso_days: `(${zero('unpaid')} - ${zero('loose')}) / nullif(invoiced_90, 0) * 90`,
  },
};

export const plan_fact = single(
  {
    rows: `select p.*, case scope_kind when 'team' then scope_key when 'employee' then e.team_key end as team,
        case scope_kind when 'employee' then scope_key end as employee
      from core.fct_plan_fact p left join core.employees e on p.scope_kind = 'employee' and e.employee_key = p.scope_key
      where metric = 'won_amount' and scope_kind = 'employee'`,
    sums: {
      plan: 'sum(plan)',
      fact: 'sum(fact)',
      completion: 'sum(fact) / sum(plan)',
      expected: 'sum(plan * elapsed_workdays / workdays)',
      pace: 'sum(fact) / nullif(sum(plan * elapsed_workdays / workdays), 0)',
      forecast: 'sum(case when elapsed_workdays > 0 then fact / (elapsed_workdays::numeric / workdays) end)',
      gap: 'sum(fact) - sum(plan)',
    },
    dimensions: { scope: 'scope', metric: 'metric', scope_kind: 'scope_kind' },
    times: { month: { day: 'month' } },
    team: 'team',
    employee: 'employee',
  },
  {
    filters: [
      { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
      { member: 'plan_fact.scope_kind', operator: 'equals', values: ['employee'] },
    ],
  },
);
