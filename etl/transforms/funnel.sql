-- One row per deal and open stage reached. Reached: an event at this position or later among the open stages, or won;
-- a deal without events reached its current stage. Skipped stages count as reached and passed, without days.
-- Steps are tables of their own so that the planner knows their sizes. Only deals that changed, or whose events did,
-- are derived anew; all of a pipeline where a stage of it changed.
create temp table moved_stages on commit drop as
select stage_key from core.dim_stages
where (source, pipeline) in (
  select source, pipeline from changed_stages
  group by source, pipeline, source_id, kind, position, is_deleted having sum(sign) <> 0
);
analyze moved_stages;

create temp table funnel_scope on commit drop as
select source, deal_id
from (
  select d.source, d.source_id as deal_id from core.fct_deals d join moved_stages using (stage_key)
  union
  select e.source, e.deal_id from core.fct_deal_stage_events e join moved_stages using (stage_key)
  union
  select source, source_id from changed_deals
  union
  select source, deal_id from changed_stage_events
) c
where not :is_whole;
analyze funnel_scope;

create temp table funnel_events on commit drop as
select e.source, e.deal_id, e.stage_key, e.entered_at, s.kind, s.position, s.pipeline, s.source as stage_source,
  lead(e.entered_at) over (partition by e.source, e.deal_id order by e.entered_at, s.position) as next_at
from (
  select * from core.fct_deal_stage_events where :is_whole
  union all
  select e.* from core.fct_deal_stage_events e join funnel_scope using (source, deal_id) where not :is_whole
) e
join core.dim_stages s on s.stage_key = e.stage_key
where not e.is_deleted;

create temp table funnel_visits on commit drop as
select source, deal_id, stage_key, min(entered_at) as entered_at,
  case when bool_or(next_at is null) then null else max(next_at) end as left_at
from funnel_events where kind = 'open'
group by source, deal_id, stage_key;

create temp table funnel_deals on commit drop as
select d.source, d.source_id, d.deal_key, d.stage_key, d.status, d.created_at, d.closed_at, d.owner_key, d.customer_key, d.product_key,
  d.campaign_key, d.amount, d.lost_reason, coalesce(s.pipeline, l.pipeline) as pipeline, coalesce(s.source, l.stage_source) as stage_source,
  greatest(r.position, case when s.kind = 'open' then s.position end) as reached
from (
  select * from core.fct_deals where :is_whole
  union all
  select d.* from core.fct_deals d join funnel_scope c on c.source = d.source and c.deal_id = d.source_id
  where not :is_whole
) d
left join core.dim_stages s on s.stage_key = d.stage_key
left join (
  select distinct on (source, deal_id) source, deal_id, pipeline, stage_source
  from funnel_events order by source, deal_id, entered_at desc, position desc
) l on l.source = d.source and l.deal_id = d.source_id
left join (
  select source, deal_id, max(position) as position from funnel_events where kind = 'open' group by source, deal_id
) r on r.source = d.source and r.deal_id = d.source_id
where not d.is_deleted and not d.is_test;
analyze funnel_events;
analyze funnel_visits;
analyze funnel_deals;

create temp view funnel_stays as
select source, source_id as deal_id, stage_key, deal_key, entered_at, case when is_current then null else left_at end as left_at,
  coalesce(is_passed, false) as is_passed, is_current, coalesce(is_lost_here, false) as is_lost_here,
  case when not is_current then extract(epoch from left_at - entered_at) / 86400 end as days,
  created_at, closed_at, owner_key, product_key, campaign_key, status, amount, lost_reason, customer_key
from (
  select d.source, d.source_id, d.deal_key, s.stage_key, v.entered_at,
    coalesce(d.status = 'open' and s.stage_key = d.stage_key, false) as is_current,
    coalesce(v.left_at, d.closed_at) as left_at,
    d.status = 'won' or s.position < d.reached as is_passed,
    d.status = 'lost' and s.position = d.reached as is_lost_here,
    d.created_at, d.closed_at, d.owner_key, d.customer_key, d.product_key, d.campaign_key, d.status, d.amount, d.lost_reason
  from funnel_deals d
  join core.dim_stages s
    on s.source = d.stage_source and s.pipeline = d.pipeline and s.kind = 'open' and not s.is_deleted
  left join funnel_visits v on v.source = d.source and v.deal_id = d.source_id and v.stage_key = s.stage_key
  where d.status = 'won' or s.position <= d.reached or s.stage_key = d.stage_key
) stays;
create temp table funnel_now on commit drop as select * from funnel_stays where not :is_whole;
analyze funnel_now;

-- Only what differs is written: most stages of a deal that moves on stay as they were.
create temp table funnel_was on commit drop as
select f.ctid as place, f.* from core.fct_funnel f join funnel_scope using (source, deal_id) where not :is_whole;
analyze funnel_was;
delete from core.fct_funnel where :is_whole;
delete from core.fct_funnel f using funnel_was w
where f.ctid = w.place and not exists (
  select from funnel_now n where n.source = w.source and n.deal_id = w.deal_id and n.stage_key = w.stage_key
);
update core.fct_funnel f
set (deal_key, entered_at, left_at, is_passed, is_current, is_lost_here, days, created_at, closed_at, owner_key, product_key,
    campaign_key, status, amount, lost_reason, customer_key)
  = row(n.deal_key, n.entered_at, n.left_at, n.is_passed, n.is_current, n.is_lost_here, n.days, n.created_at, n.closed_at,
    n.owner_key, n.product_key, n.campaign_key, n.status, n.amount, n.lost_reason, n.customer_key)
from funnel_now n join funnel_was w using (source, deal_id, stage_key)
where f.ctid = w.place and row(f.*) is distinct from row(n.*);
insert into core.fct_funnel
select * from funnel_stays where :is_whole
union all
select * from funnel_now n where not exists (
  select from funnel_was w where w.source = n.source and w.deal_id = n.deal_id and w.stage_key = n.stage_key
);
drop view funnel_stays;
drop table moved_stages, funnel_scope, funnel_events, funnel_visits, funnel_deals, funnel_now, funnel_was;
