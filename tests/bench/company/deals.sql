-- Deals evenly over three years, with what hangs on each: the same number gives the same deal. u1 … u6 lie in [0, 1).
create unlogged table bench_deals as
select i, now() - interval '1095 days' * (1 - i / :deals::float8) as created_at,
  case when 1095 * (1 - i / :deals::float8) > 1 + u2 * 60 and u3 < 0.92 then case when u1 < 0.32 then 'won' else 'lost' end else 'open' end
    as status,
  interval '1 day' * (1 + u2 * 60) as took, u1, u2, u3, u4, u5, u6, round(exp(8 + 2 * u6)::numeric, 2) as amount,
  1 + floor(power(u4, 1.5) * 120)::bigint as owner_key, 1 + floor(power(u5, 1.3) * (:deals / 10))::bigint as customer_key,
  1 + floor(u3 * 60)::bigint as campaign_key, 1 + floor(u6 * 200)::bigint as product_key
from generate_series(1, :deals::bigint) i, lateral (
  select i * 2654435761 % 4294967296 / 4294967296.0::float8 as u1, i * 2246822519 % 4294967296 / 4294967296.0::float8 as u2,
    i * 3266489917 % 4294967296 / 4294967296.0::float8 as u3, i * 668265263 % 4294967296 / 4294967296.0::float8 as u4,
    i * 374761393 % 4294967296 / 4294967296.0::float8 as u5, i * 1540483477 % 4294967296 / 4294967296.0::float8 as u6
) u;
analyze bench_deals;
insert into core.fct_deals (source, source_id, stream, deal_key, created_at, closed_at, status, status_given, title, customer_id, customer_key,
  owner_id, owner_key, stage_id, stage_key, product_id, product_key, campaign_id, campaign_key, currency, amount, cost, amount_original,
  cost_original, probability, first_response_at, lost_reason)
select 'crm', lpad(i::text, 9, '0'), 'generated', i, created_at, case when status <> 'open' then created_at + took end, status, status,
  'Deal ' || i, 'c' || customer_key, customer_key, 'e' || owner_key, owner_key, 's' || stage_key, stage_key, 'p' || product_key, product_key,
  'a' || campaign_key, campaign_key, 'RUB', amount, cost, amount, cost, 0.1 + u1 / 2,
  case when u4 < 0.9 then created_at + interval '1 minute' * (5 + u5 * 2000) end,
  case when status = 'lost' then (array['price', 'silence', 'competitor', 'no budget', 'not a fit'])[1 + floor(u5 * 5)::int] end
from (
  select *, round(amount * (0.5 + u2 / 4)::numeric, 2) as cost,
    case status when 'won' then 5 when 'lost' then 6 else 1 + floor(u2 * 4)::int end as stage_key
  from bench_deals
) d order by i;
insert into core.fct_deal_stage_events (source, source_id, stream, deal_id, deal_key, stage_id, stage_key, entered_at)
select 'crm', lpad(i::text, 9, '0') || s, 'generated', lpad(i::text, 9, '0'), i, 's' || s, s, created_at + took * ((s - 1) / 5.0)
from bench_deals, generate_series(1, case status when 'won' then 4 else 1 + floor(u2 * 4)::int end) s order by i, s;
insert into core.fct_touchpoints (source, source_id, stream, at, deal_id, deal_key, customer_id, customer_key, campaign_id, campaign_key, kind)
select 'crm', lpad(i::text, 9, '0') || k, 'generated', created_at - interval '1 day' * (k * 7 * u2), lpad(i::text, 9, '0'), i,
  'c' || customer_key, customer_key, 'a' || 1 + (campaign_key * k) % 60, 1 + (campaign_key * k) % 60, 'visit'
from bench_deals, generate_series(1, 3) k where u4 < 0.25 order by i, k;
insert into core.fct_complaints (source, source_id, stream, opened_at, status, first_response_at, resolved_at, due_at, cause, severity, channel,
  stage, customer_id, customer_key, product_id, product_key, employee_id, employee_key, deal_id, deal_key)
select 'crm', lpad(i::text, 9, '0'), 'generated', at, state, at + interval '1 hour' * u3 * 20, case when state = 'resolved' then at + took / 4 end,
  at + interval '10 days', (array['delay', 'defect', 'documents', 'manners', 'price', 'other'])[1 + floor(u2 * 6)::int],
  (array['low', 'middle', 'high'])[1 + floor(u3 * 3)::int], (array['phone', 'mail', 'chat'])[1 + floor(u4 * 3)::int],
  (array['sale', 'delivery', 'use'])[1 + floor(u5 * 3)::int], 'c' || customer_key, customer_key, 'p' || product_key, product_key, 'e' || owner_key,
  owner_key, lpad(i::text, 9, '0'), i
from (
  select *, created_at + took as at,
    case when created_at + took + took / 4 < now() and u2 < 0.97 then 'resolved' else 'in_progress' end as state
  from bench_deals where i % 20 = 0 and created_at + took < now()
) d order by i;
insert into core.fct_survey_responses (source, source_id, stream, answered_at, score, survey, customer_id, customer_key, employee_id, employee_key)
select 'crm', lpad(i::text, 9, '0'), 'generated', created_at + took, 10 - floor(u2 * u3 * 11), 'after a deal', 'c' || customer_key, customer_key,
  'e' || owner_key, owner_key
from bench_deals where i % 20 = 1 and created_at + took < now() order by i;
insert into core.fct_invoices (source, source_id, stream, issued_at, due_at, currency, amount_original, amount, customer_id, customer_key, deal_id, deal_key)
select 'crm', lpad(i::text, 9, '0'), 'generated', created_at + took, created_at + took + interval '20 days', 'RUB', amount, amount,
  'c' || customer_key, customer_key, lpad(i::text, 9, '0'), i
from bench_deals where status = 'won' order by i;
insert into core.fct_payments (source, source_id, stream, paid_at, currency, amount_original, amount, invoice_id, customer_id, customer_key, deal_id, deal_key)
select 'crm', lpad(i::text, 9, '0'), 'generated', created_at + took + interval '1 day' * u3 * 30, 'RUB', amount, amount, lpad(i::text, 9, '0'),
  'c' || customer_key, customer_key, lpad(i::text, 9, '0'), i
from bench_deals where status = 'won' and u4 < 0.96 and created_at + took + interval '1 day' * u3 * 30 < now() order by i;
select setval(pg_get_serial_sequence('core.fct_deals', 'deal_key'), :deals);
drop table bench_deals;
