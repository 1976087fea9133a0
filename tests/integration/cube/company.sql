-- A small company made by arithmetic: every status, missing values, test and deleted records, and times that fall
-- on both sides of midnight in every zone that is asked for, across a change of clocks.
insert into ops.sources (source, kind, fresh_at) values ('crm', 'files', '2025-04-10 09:00Z'), ('ads', 'files', '2025-04-10 08:00Z');
update ops.data_version set version = 1;
insert into core.settings values ('reporting.timezone', '"Europe/Moscow"'), ('limits.first_response_hours', '6'),
  ('limits.callback_hours', '3'), ('limits.answer_seconds', '15');
insert into core.dim_teams (team_key, source, source_id, name) values (1, 'crm', 'n', 'North'), (2, 'crm', 's', 'South');
insert into core.dim_employees (employee_key, source, source_id, name, team_key)
values (11, 'crm', 'e1', 'Ann', 1), (12, 'crm', 'e2', 'Bob', 1), (13, 'crm', 'e3', 'Eve', 2);
insert into core.dim_customers (customer_key, source, source_id, name, region, industry, owner_key, is_deleted)
select k, 'crm', 'c' || k, 'Customer ' || k, (array['North', 'West', null])[1 + k % 3],
  (array['retail', 'steel'])[1 + k % 2], (array[11, 12, 13, null])[1 + k % 4], k = 24
from generate_series(1, 24) k;
insert into core.dim_products (product_key, source, source_id, name, category)
values (1, 'crm', 'p1', 'Pump', 'machines'), (2, 'crm', 'p2', 'Valve', 'parts'), (3, 'crm', 'p3', 'Seal', 'parts');
insert into core.dim_stages (stage_key, source, source_id, pipeline, name, position, kind, pipeline_kind, norm_days, reference_conversion)
values (1, 'crm', 's1', 'Main', 'New', 1, 'open', 'react', null, 0.8), (2, 'crm', 's2', 'Main', 'Offer', 2, 'open', 'react', 5, 0.5),
  (3, 'crm', 's3', 'Main', 'Payment', 3, 'open', 'react', null, null), (4, 'crm', 's4', 'Main', 'Won', 4, 'won', 'react', null, null),
  (5, 'crm', 's5', 'Main', 'Lost', 5, 'lost', 'react', null, null);
insert into core.dim_campaigns (campaign_key, source, source_id, channel, name, traffic_source, medium)
values (1, 'ads', 'a1', 'search', 'Spring', 'yandex', 'cpc'), (2, 'ads', 'a2', 'search', 'Brand', 'google', 'cpc'),
  (3, 'ads', 'a3', 'email', 'Letters', 'list', 'email');
insert into core.fct_deals (source, source_id, deal_key, title, created_at, closed_at, expected_close_at, status, owner_key, owner_id,
  customer_key, customer_id, product_key, stage_key, campaign_key, amount, cost, probability, first_response_at, lost_reason, is_test, is_deleted)
select 'crm', 'd' || k, k, 'Deal ' || k,
  case when k % 53 <> 0 then created end,
  case when status <> 'open' then created + make_interval(hours => 5 + k * 37 % 900) end,
  created + interval '30 days', status, (array[11, 12, 13, null])[1 + k % 4], 'e' || k % 4,
  case when k % 19 <> 0 then 1 + k * 7 % 23 end, 'c' || 1 + k * 7 % 23, (array[1, 2, 3, null])[1 + k % 4],
  case status when 'won' then 4 when 'lost' then 5 else 1 + k % 3 end, (array[1, 2, 3, null])[1 + k / 3 % 4],
  case when k % 29 <> 0 then 100 + k * 13.37 % 977 end, case when k % 5 <> 0 then 50 + k * 3.3 % 211 end,
  case when k % 2 = 0 then 0.1 + k % 7 / 10.0 end,
  case when k % 3 <> 0 then created + make_interval(mins => k * 11 % 700) end,
  case when status = 'lost' then (array['price', 'silence'])[1 + k % 2] end, k % 41 = 0, k % 43 = 0
from (
  select k, timestamptz '2024-12-20 00:00Z' + k * interval '6 hours 37 minutes 13.0007 seconds' as created,
    (array['won', 'lost', 'open', 'won', 'lost'])[1 + k % 5] as status
  from generate_series(1, 400) k
) d;
-- The very edges of a month in UTC, Moscow and New York.
insert into core.fct_deals (source, source_id, deal_key, created_at, closed_at, status, owner_key, amount)
select 'crm', 'edge' || row_number() over (), 1000 + row_number() over (), at, at + interval '1 second', 'won', 11, 1
from unnest(array['2025-01-31 20:59:59.9999Z', '2025-01-31 21:00Z', '2025-01-31 23:59:59.9995Z', '2025-02-01 00:00Z',
  '2025-02-01 04:59:59Z', '2025-02-01 05:00Z', '2025-03-09 06:59:59Z', '2025-03-09 07:00Z']::timestamptz[]) at;
insert into core.fct_funnel (source, deal_id, deal_key, stage_key, entered_at, left_at, is_passed, is_current, is_lost_here, days)
select d.source, d.source_id, d.deal_key, s, e.at, case when d.stage_key <> s then e.at + interval '1 day' * days end,
  d.status = 'won' or s < last, d.stage_key = s, d.status = 'lost' and s = last, case when d.stage_key <> s then days end
from core.fct_deals d, lateral (select case d.status when 'won' then 3 when 'lost' then 1 + d.deal_key % 3 else d.stage_key end as last) l,
  generate_series(1, last) s, lateral (select (d.deal_key * s * 7 % 90) / 7.0 as days) n,
  lateral (select case when d.deal_key % 6 <> 0 then d.created_at + interval '1 day' * s end as at) e
where d.deal_key < 1000 and not d.is_test and not d.is_deleted;
update core.fct_funnel f
set created_at = d.created_at, closed_at = d.closed_at, owner_key = d.owner_key, customer_key = d.customer_key,
  product_key = d.product_key, campaign_key = d.campaign_key, status = d.status, amount = d.amount, lost_reason = d.lost_reason
from core.fct_deals d where d.deal_key = f.deal_key;
insert into core.fct_marketing_spend (source, source_id, day, campaign_key, cost, impressions, clicks, is_deleted)
select 'ads', 'm' || k, date '2024-12-25' + k / 4, (array[1, 2, 3, null])[1 + k % 4], 10 + k * 1.17 % 31,
  case when k % 9 <> 0 then 1000 + k end, k % 37, k % 47 = 0
from generate_series(0, 400) k;
insert into core.fct_mailings (source, source_id, day, campaign_id, campaign_key, sent, delivered, opened, clicked, unsubscribed, is_deleted)
select 'ads', 'l' || k, date '2025-01-01' + k * 3, 'a3', 3, 1000 + k, 900 + k, 300 - k, 40 + k % 7, k % 4, k % 17 = 0
from generate_series(1, 30) k;
insert into core.fct_calls (source, source_id, call_key, started_at, direction, disposition, duration_s, talk_s, wait_s, employee_key,
  customer_key, campaign_key, phone, is_deleted)
select 'crm', 'call' || k, k, timestamptz '2025-01-28 00:00Z' + k * interval '2 hours 41 minutes', (array['in', 'in', 'out', 'internal'])[1 + k * 3 % 4],
  (array['answered', 'no_answer', 'answered', 'busy', 'failed'])[1 + k % 5], k % 300, case when k % 5 in (0, 2) then k % 240 end,
  case when k % 8 <> 0 then k % 31 end, (array[11, 12, 13, null])[1 + k % 4], 1 + k % 23, (array[1, 2, 3, null])[1 + k % 4],
  case when k % 13 <> 0 then '+7' || k * 5 % 3 end, k % 59 = 0
from generate_series(1, 300) k;
insert into core.fct_complaints (source, source_id, opened_at, status, first_response_at, resolved_at, due_at, cause, severity, channel,
  customer_key, product_key, employee_key, is_deleted)
select 'crm', 'q' || k, opened, status, case when k % 4 <> 0 then opened + make_interval(mins => k * 37 % 900) end,
  case when status = 'resolved' then opened + make_interval(hours => k * 17 % 300) end,
  case when k % 3 <> 0 then opened + interval '20 days' end, (array['delay', 'defect'])[1 + k % 2], (array['low', 'high'])[1 + k % 2],
  (array['mail', 'phone'])[1 + k % 2], 1 + k % 23, (array[1, 2, 3, null])[1 + k % 4], (array[11, 12, 13, null])[1 + k % 4], k % 31 = 0
from (
  select k, timestamptz '2025-01-02 01:00Z' + k * interval '19 hours' as opened,
    (array['new', 'in_progress', 'resolved', 'rejected', 'resolved'])[1 + k % 5] as status
  from generate_series(1, 110) k
) c;
insert into core.fct_survey_responses (source, source_id, answered_at, score, survey, customer_key, employee_key, is_deleted)
select 'crm', 'r' || k, timestamptz '2025-01-02 01:00Z' + k * interval '11 hours', k * 7 % 11, (array['post', 'year'])[1 + k % 2],
  1 + k % 23, (array[11, 12, 13, null])[1 + k % 4], k % 31 = 0
from generate_series(1, 200) k;
insert into core.customer_facts
select customer_key, won, open, revenue, profit, revenue, first_at, last_at, last_at,
  (array['gold', 'silver', 'bronze'])[1 + customer_key % 3], (array['A', 'B', 'C'])[1 + customer_key % 3],
  customer_key % 5 = 0, customer_key % 4 = 0, (array['X', 'Y', 'Z', 'n/a'])[1 + customer_key % 4],
  (array['star', 'cash_cow', 'question_mark', 'dog', 'n/a'])[1 + customer_key % 5]
from (
  select customer_key, count(*) filter (where status = 'won') as won, count(*) filter (where status = 'open') as open,
    coalesce(sum(amount) filter (where status = 'won'), 0) as revenue, coalesce(sum(amount - coalesce(cost, 0)) filter (where status = 'won'), 0) as profit,
    min(closed_at) filter (where status = 'won') as first_at, max(closed_at) filter (where status = 'won') as last_at
  from core.fct_deals where not is_test and not is_deleted and customer_key is not null group by customer_key
) f where customer_key <> 3;
insert into core.fct_invoices (source, source_id, issued_at, due_at, amount, customer_key, deal_key, is_deleted)
select 'crm', 'i' || k, issued, case when k % 7 <> 0 then issued + interval '20 days' end, 100 + k * 7.7 % 400, 1 + k % 23,
  case when k % 3 <> 0 then k end, k % 37 = 0
from (select k, timestamptz '2024-11-20 01:00Z' + k * interval '27 hours' as issued from generate_series(1, 120) k) i;
insert into core.fct_payments (source, source_id, paid_at, amount, invoice_id, customer_key, deal_key, is_deleted)
select 'crm', 'pay' || k, timestamptz '2024-12-01 02:00Z' + k * interval '29 hours', case when k % 23 = 0 then -20 else 30 + k * 5.1 % 300 end,
  case when k % 11 <> 0 then 'i' || 1 + k * 3 % 130 end, 1 + k % 23, case when k % 3 <> 0 then k end, k % 41 = 0
from generate_series(1, 100) k;
insert into core.fct_plan_fact
select m::date, metric, kind, scope, key, 100 + length(scope) * 7.5, case when scope <> 'Eve' then 40 + length(scope) * 3 end, 20,
  case when m < '2025-04-01' then 20 else 7 end
from generate_series('2025-03-01'::timestamp, '2025-05-01', '1 month') m, unnest(array['won_amount', 'deals']) metric,
  (values ('company', '', null::bigint), ('team', 'North', 1), ('team', 'South', 2), ('employee', 'Ann', 11), ('employee', 'Eve', 13)) s(kind, scope, key);
update core.fct_plan_fact set elapsed_workdays = 0 where month = '2025-05-01';
insert into core.fct_activities (source, source_id, kind, created_at, employee_key, due_at, done_at, is_deleted)
select 'crm', 'act' || k, (array['email', 'meeting', 'task', 'message'])[1 + k % 4], at, (array[11, 12, 13, null])[1 + k / 4 % 4],
  at + interval '3 days', case when k % 3 <> 0 then at + interval '2 days' end, k % 37 = 0
from (select k, timestamptz '2025-01-10 20:40Z' + k * interval '7 hours' as at from generate_series(1, 320) k) a;
update core.dim_employees set hired_at = '2025-02-03', left_at = '2025-03-05' where employee_key = 13;
update ops.sources set entities = '{deals,customers}' where source = 'crm';
insert into ops.runs (source, status) values ('crm', 'succeeded'), ('crm', 'succeeded'), ('crm', 'failed');
insert into ops.run_streams (run_id, stream, entity, is_full, read, duplicate)
values (1, 'deals', 'deals', true, 9, 5), (2, 'deals', 'deals', true, 9, 3), (3, 'deals', 'deals', true, 9, 8), (1, 'old', 'deals', true, 2, 1);
insert into ops.quarantine (source, stream, entity, row_hash, position, row, field, reason, first_run_id, last_run_id, resolved_at)
select 'crm', 'deals', 'deals', k::text, k::text, '{}', 'amount', 'not a number', 1, 2, case when k > 4 then now() end from generate_series(1, 6) k;

-- What loading derives of calls: a call to the number within the limit of two hours, unless the settings say otherwise.
update core.fct_calls m set is_returned = true
where m.direction = 'in' and m.disposition <> 'answered' and exists (
  select from core.fct_calls b where b.direction = 'out' and not b.is_deleted and b.phone = m.phone and b.started_at > m.started_at
    and b.started_at - m.started_at <= make_interval(secs => 3600 * coalesce(
      (select value::text::float8 from core.settings where key = 'limits.callback_hours'), 2)));

-- What loading derives of stages.
insert into core.stage_norms
select f.stage_key, avg(case d.status when 'won' then 1.0 when 'lost' then 0 end),
  percentile_cont(0.9) within group (order by f.days) filter (where f.is_passed)
from core.fct_funnel f join core.fct_deals d on d.deal_key = f.deal_key and not d.is_deleted and not d.is_test group by f.stage_key;
-- And of customers.
insert into core.kept_profiles select * from core.customer_profiles;
