import { single } from './fact.ts';

/** Of a table, what happened with a customer: the values of an event in the order of `columns`, null where too few. */
const columns = [
  'kind',
  'step',
  'event_id',
  'at',
  'person_key',
  'title',
  'detail',
  'amount',
  'size',
  'due_at',
  'url',
  'system',
  'record_id',
];
/** Where a branch says nothing of its own. */
const own: Record<string, string> = { system: 'source', record_id: 'source_id' };
const types = [
  'text',
  'text',
  'text',
  'timestamptz',
  'int',
  'text',
  'text',
  'numeric',
  'numeric',
  'timestamptz',
  'text',
  'text',
  'text',
];
const told = (from: string, ...values: string[]): string =>
  `select customer_key, ${columns.map((name, at) => `(${values[at] ?? own[name] ?? 'null'})::${types[at]} as ${name}`).join(', ')}
    from ${from} where customer_key is not null`;
const id = (kind: string): string => `'${kind}/' || source || '/' || source_id`;
const live = (table: string): string => `(select * from core.${table} where not is_deleted) x`;

const deals = `select *, coalesce(title, source_id) as named from core.fct_deals where not is_test and not is_deleted`;
const name = 'named';
const created = `(select d.*, (select p.name from core.dim_products p where p.product_key = d.product_key) as product
  from (${deals}) d where created_at is not null) x`;
const closed = `(${deals} and closed_at is not null and status in ('won', 'lost')) x`;
// the first stage is entered with the deal itself, the last one is its closing
const stages = `(select d.customer_key, d.owner_key, d.named, d.url, d.source as deal_source, d.source_id as deal_id, e.source, e.source_id,
    e.entered_at, s.name as stage
  from core.fct_deal_stage_events e, core.dim_stages s, (${deals}) d
  where d.deal_key = e.deal_key and s.stage_key = e.stage_key and s.kind not in ('won', 'lost') and not e.is_deleted
    and (d.created_at is null or e.entered_at <> d.created_at)) x`;
const owners = `(select d.customer_key, d.named, d.url, v.*, (select name from core.employees where employee_key = before) as whose
  from (${deals}) d join (
    select source, source_id, owner_key as new_owner, lag(owner_key) over versions as before, lag(valid_to) over versions as since
    from core.deal_versions window versions as (partition by source, source_id order by valid_from)
  ) v using (source, source_id) where since is not null and new_owner is distinct from before) x`;
const complaints = `(select c.*, coalesce(subject, source_id) as named, nullif(array_to_string(array[cause, stage,
    (select name from core.dim_products p where p.product_key = c.product_key)], ' · '), '') as about
  from core.fct_complaints c where not is_deleted) x`;
const visits = `(select t.*, a.name, a.channel from ${live('fct_touchpoints').replace(/ x$/, ' t')}
  left join core.dim_campaigns a using (campaign_key)) x`;
const activity = `case kind when 'email' then 'mail' when 'message' then 'mail' else 'meeting' end`;
const done = `case when kind = 'task' and done_at is null then 'open' when kind = 'task' then 'done' end`;

const events = [
  told(
    created,
    `'deal'`,
    `'created'`,
    `'created/' || deal_key`,
    'created_at',
    'owner_key',
    name,
    'product',
    'amount',
    'null',
    'null',
    'url',
  ),
  told(
    closed,
    `'deal'`,
    'status',
    `'closed/' || deal_key`,
    'closed_at',
    'owner_key',
    name,
    'lost_reason',
    'amount',
    'null',
    'null',
    'url',
  ),
  told(
    stages,
    `'deal'`,
    `'stage'`,
    id('stage'),
    'entered_at',
    'owner_key',
    name,
    'stage',
    'null',
    'null',
    'null',
    'url',
    'deal_source',
    'deal_id',
  ),
  told(
    owners,
    `'deal'`,
    `'owner'`,
    `${id('owner')} || '/' || since`,
    'since',
    'new_owner',
    name,
    'whose',
    'null',
    'null',
    'null',
    'url',
  ),
  told(
    live('fct_calls'),
    `'call'`,
    'direction',
    `'call/' || call_key`,
    'started_at',
    'employee_key',
    'phone',
    'disposition',
    'null',
    'talk_s',
  ),
  told(
    live('fct_activities'),
    activity,
    'kind',
    id('activity'),
    'coalesce(done_at, created_at)',
    'employee_key',
    'null',
    done,
    'null',
    'null',
    'due_at',
  ),
  told(
    complaints,
    `'complaint'`,
    `'opened'`,
    id('opened'),
    'opened_at',
    'employee_key',
    name,
    'about',
    'null',
    'null',
    'due_at',
    'url',
  ),
  `${told(
    complaints,
    `'complaint'`,
    'status',
    id('resolved'),
    'resolved_at',
    'employee_key',
    name,
    'null',
    'null',
    'extract(epoch from resolved_at - opened_at) / 3600',
    'null',
    'url',
  )} and resolved_at is not null`,
  told(
    live('fct_survey_responses'),
    `'survey'`,
    `'answer'`,
    id('survey'),
    'answered_at',
    'employee_key',
    'comment',
    'survey',
    'null',
    'score',
  ),
  told(
    live('fct_invoices'),
    `'money'`,
    `'invoice'`,
    id('invoice'),
    'issued_at',
    'null',
    'source_id',
    'null',
    'amount',
    'null',
    'due_at',
  ),
  told(
    live('fct_payments'),
    `'money'`,
    `case sign(amount) when -1 then 'refund' else 'payment' end`,
    id('payment'),
    'paid_at',
    'null',
    'invoice_id',
    'null',
    'amount',
  ),
  told(visits, `'visit'`, 'kind', id('visit'), 'at', 'null', 'name', 'channel'),
];

/** What happened with customers, read by those who may see the customer, whoever did it. */
export const customer_history = single({
  rows: `select h.*, c.owner_key, o.name as owner_name, o.team_key, e.name as employee_name, e.left_at
    from (${events.join(' union all ')}) h
    left join core.customers c on c.customer_key = h.customer_key and not c.is_deleted
    left join core.employees o on o.employee_key = c.owner_key
    left join core.employees e on e.employee_key = h.person_key`,
  sums: {
    events: 'count(*)',
    first_at: `floor(extract(epoch from min(at) at time zone ':zone'))`,
    last_at: `floor(extract(epoch from max(at) at time zone ':zone'))`,
  },
  dimensions: {
    event_id: 'event_id',
    customer_key: 'customer_key',
    kind: 'kind',
    step: 'step',
    title: 'title',
    detail: 'detail',
    amount: 'amount',
    size: 'size',
    url: 'url',
    system: 'system',
    record_id: 'record_id',
    employee: 'employee_name',
    owner: 'owner_name',
  },
  times: { at: 'at', due_at: 'due_at', left_at: { day: 'left_at' } },
  team: 'team_key',
  employee: 'owner_key',
});
