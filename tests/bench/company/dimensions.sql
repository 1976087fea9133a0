-- A company of :deals deals in the three years before now: who and what there is. All sizes have the same staff, products and
-- campaigns, and a customer for ten deals, so that what grows is the company's history and not its organisation.
insert into core.dim_teams (team_key, source, source_id, name)
select k, 'crm', 't' || k, 'Team ' || k from generate_series(1, 8) k;
insert into core.dim_employees (employee_key, source, source_id, name, email, team_id, team_key, role, hired_at)
select k, 'crm', 'e' || k, 'Employee ' || k, 'e' || k || '@bench.example', 't' || 1 + k % 8, 1 + k % 8, 'manager', now() - interval '4 years'
from generate_series(1, 120) k;
insert into core.dim_products (product_key, source, source_id, name, category)
select k, 'crm', 'p' || k, 'Product ' || k, 'Category ' || 1 + k % 12 from generate_series(1, 200) k;
insert into core.dim_stages (stage_key, source, source_id, pipeline, name, position, kind, pipeline_kind, norm_days)
select k, 'crm', 's' || k, 'Sales', name, k, kind, 'react', 14
from unnest(array['New', 'Qualified', 'Offer', 'Payment', 'Won', 'Lost'], array['open', 'open', 'open', 'open', 'won', 'lost'])
  with ordinality as s(name, kind, k);
insert into core.dim_campaigns (campaign_key, source, source_id, channel, name, traffic_source, medium)
select k, 'crm', 'a' || k, (array['search', 'social', 'email', 'display', 'referral', 'direct'])[1 + k % 6], 'Campaign ' || k,
  'source ' || k % 10, 'cpc'
from generate_series(1, 60) k;
insert into core.dim_customers (customer_key, source, source_id, name, region, industry, owner_id, owner_key, created_at)
select k, 'crm', 'c' || k, 'Customer ' || k, 'Region ' || 1 + k % 12, 'Industry ' || 1 + k % 8, 'e' || 1 + k % 120, 1 + k % 120,
  now() - interval '3 years'
from generate_series(1, :deals / 10) k;
insert into core.fct_marketing_spend (source, source_id, day, campaign_id, campaign_key, cost, impressions, clicks)
select 'crm', 'm' || d || '-' || k, current_date - d, 'a' || k, k, :deals / 500.0 * (1 + (d * k) % 7) / 4, 1000 + d * k % 5000, 10 + d * k % 90
from generate_series(0, 1094) d, generate_series(1, 60) k;
insert into core.fct_plans (source, source_id, month, metric, scope_kind, scope, target)
select 'crm', concat_ws('-', m::date, kind, scope), m, 'won_amount', kind, scope, :deals * share
from generate_series(date_trunc('month', now()) - interval '35 months', date_trunc('month', now()), '1 month') m, (
  select 'company' as kind, '' as scope, 90.0 as share union all
  select 'team', 'Team ' || k, 11 from generate_series(1, 8) k union all
  select 'employee', 'Employee ' || k, 0.75 from generate_series(1, 120) k
) s;
