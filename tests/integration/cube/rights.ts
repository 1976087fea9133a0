/** Whose each fact is, in SQL that knows nothing of the model: `who` is the employee, `value` what is added up. */
const deals = 'core.fct_deals where not is_deleted and not is_test';
const counted = [
  'dim_teams',
  'dim_employees',
  'dim_products',
  'dim_stages',
  'dim_campaigns',
  'fct_deal_stage_events',
  'fct_touchpoints',
  'fct_calls',
  'fct_activities',
  'fct_marketing_spend',
  'fct_mailings',
  'fct_complaints',
  'fct_survey_responses',
  'fct_invoices',
  'fct_payments',
  'fct_plans',
  'fct_assessments',
];

type Filter = { member: string; operator: string; values: string[] };
export type Right = { measure: string; facts: string; filters?: Filter[] };

const equals = (member: string, value: string): Filter => ({ member, operator: 'equals', values: [value] });

export const rights: Record<string, Right> = {
  activity: { measure: 'new_deals', facts: `select owner_key as who, 1 as value from ${deals}` },
  attribution: {
    measure: 'leads',
    facts: `select owner_key as who, 1 as value from ${deals}`,
    filters: [equals('attribution.model', 'linear')],
  },
  calls: {
    measure: 'calls',
    facts: 'select employee_key as who, 1 as value from core.fct_calls where not is_deleted',
  },
  cohorts: { measure: 'active', facts: 'select owner_key as who, active as value from core.fct_cohorts' },
  competence: {
    measure: 'won_amount',
    facts: `select owner_key as who, amount as value from ${deals} and status = 'won'
      and owner_key in (select employee_key from core.fct_assessments where not is_deleted)`,
  },
  customers: {
    measure: 'customers',
    facts: 'select owner_key as who, 1 as value from core.dim_customers where not is_deleted',
  },
  customer_history: {
    measure: 'events',
    facts: `select c.owner_key as who, 1 as value from core.dim_customers c
      join (
        select customer_key, created_at as at from ${deals}
        union all select customer_key, closed_at from ${deals} and status <> 'open'
        union all select customer_key, started_at from core.fct_calls where not is_deleted
        union all select customer_key, created_at from core.fct_activities where not is_deleted
        union all select customer_key, opened_at from core.fct_complaints where not is_deleted
        union all select customer_key, resolved_at from core.fct_complaints where not is_deleted
        union all select customer_key, answered_at from core.fct_survey_responses where not is_deleted
        union all select customer_key, issued_at from core.fct_invoices where not is_deleted
        union all select customer_key, paid_at from core.fct_payments where not is_deleted
        union all select customer_key, at from core.fct_touchpoints where not is_deleted
        union all select d.customer_key, e.entered_at from (select * from ${deals}) d
          join core.fct_deal_stage_events e using (deal_key) join core.dim_stages s on s.stage_key = e.stage_key
          where not e.is_deleted and s.kind in ('open', 'nurture') and e.entered_at <> d.created_at
      ) x using (customer_key) where x.at is not null and not c.is_deleted`,
  },
  data_quality: {
    measure: 'loaded',
    facts: `select owner_key as who, 1 as value from core.fct_deals
      union all select owner_key, 1 from core.dim_customers
      ${counted.map((table) => `union all select null, 1 from core.${table}`).join(' ')}`,
  },
  funnel: {
    measure: 'entered',
    facts: `select d.owner_key as who, 1 as value from core.fct_funnel join (select * from ${deals}) d using (deal_key)`,
  },
  mailings: {
    measure: 'leads',
    facts: `select owner_key as who, 1 as value from ${deals}
      and campaign_key in (select campaign_key from core.fct_mailings where not is_deleted)`,
  },
  marketing: { measure: 'leads', facts: `select owner_key as who, 1 as value from ${deals}` },
  nps: {
    measure: 'responses',
    facts: 'select employee_key as who, 1 as value from core.fct_survey_responses where not is_deleted',
  },
  plan_fact: {
    measure: 'plan',
    facts: `select scope_key as who, plan as value from core.fct_plan_fact
      where scope_kind = 'employee' and metric = 'won_amount'`,
    filters: [equals('plan_fact.metric', 'won_amount'), equals('plan_fact.scope_kind', 'employee')],
  },
  receivables: {
    measure: 'invoiced',
    facts: `select coalesce(d.owner_key, c.owner_key) as who, i.amount as value from core.fct_invoices i
      left join core.fct_deals d on d.deal_key = i.deal_key
      left join core.dim_customers c on c.customer_key = i.customer_key where not i.is_deleted`,
  },
  sales: { measure: 'deals', facts: `select owner_key as who, 1 as value from ${deals}` },
  service: {
    measure: 'complaints',
    facts: 'select employee_key as who, 1 as value from core.fct_complaints where not is_deleted',
  },
};

/** A head of North with the team below it, and what else the small company needs to have a row in every view. */
export const more = `
  insert into core.dim_teams (team_key, source, source_id, name, parent_id) values (3, 'crm', 'ne', 'North-East', 'n');
  update core.dim_employees set team_key = 3 where employee_key = 12;
  insert into core.fct_cohorts (cohort, months_since, owner_key, customers, active, revenue, gross_profit_to_date, is_complete)
  select '2025-01-01', m, k, k - 8, k - 9 + m, 10 * k, k, true from unnest(array[11, 12, 13, null]::bigint[]) k, generate_series(0, 1) m
  where k is not null;
  insert into core.fct_cohorts (cohort, months_since, owner_key, customers, active, revenue, gross_profit_to_date, is_complete)
  values ('2025-01-01', 0, null, 7, 7, 70, 7, true);
  insert into core.fct_assessments (source, source_id, employee_id, employee_key, assessed_at, competency, score)
  select 'crm', 'as' || k, 'e' || k, k, '2025-02-01', 'calls', k - 5 from generate_series(11, 13) k;
`;
