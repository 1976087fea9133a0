-- Four calls and half an activity for each deal, of the employees and customers that deals have.
insert into core.fct_calls (source, source_id, stream, call_key, started_at, direction, disposition, duration_s, talk_s, wait_s, employee_id,
  employee_key, customer_id, customer_key, campaign_id, campaign_key, phone)
select 'crm', lpad(i::text, 9, '0'), 'generated', i, now() - interval '1095 days' * (1 - i / (:deals * 4.0)),
  case when u1 < 0.4 then 'in' else 'out' end, disposition, 10 + floor(u2 * 600), case when disposition = 'answered' then floor(u2 * 600) end,
  floor(u3 * 60), 'e' || employee_key, employee_key, 'c' || customer_key, customer_key, 'a' || campaign_key, campaign_key,
  '+7900' || lpad(customer_key::text, 7, '0')
from (
  select i, u1, u2, u3, u4, case when u3 < 0.75 then 'answered' when u3 < 0.95 then 'no_answer' else 'busy' end as disposition,
    1 + floor(power(u2, 1.5) * 120)::bigint as employee_key, 1 + floor(power(u4, 1.3) * (:deals / 10))::bigint as customer_key,
    1 + floor(u3 * 60)::bigint as campaign_key
  from generate_series(1, :deals::bigint * 4) i, lateral (
    select i * 2246822519 % 4294967296 / 4294967296.0::float8 as u1, i * 3266489917 % 4294967296 / 4294967296.0::float8 as u2,
      i * 668265263 % 4294967296 / 4294967296.0::float8 as u3, i * 374761393 % 4294967296 / 4294967296.0::float8 as u4
  ) u
) c order by i;
insert into core.fct_activities (source, source_id, stream, kind, created_at, employee_id, employee_key, customer_id, customer_key, due_at, done_at)
select 'crm', lpad(i::text, 9, '0'), 'generated', kind, at, 'e' || employee_key, employee_key, 'c' || customer_key, customer_key, at + interval '3 days',
  case when kind <> 'task' or i % 50 > 0 then least(at + interval '2 days', now()) end
from (
  select i, (array['email', 'meeting', 'task', 'message'])[1 + i % 4] as kind, now() - interval '1095 days' * (1 - i / (:deals / 2.0)) as at,
    1 + i * 7919 % 120 as employee_key, 1 + i * 2654435761 % (:deals / 10) as customer_key
  from generate_series(1, :deals::bigint / 2) i
) a order by i;
select setval(pg_get_serial_sequence('core.fct_calls', 'call_key'), :deals::bigint * 4);
