-- Spend that names no campaign but UTM values makes a campaign of them, unless one has these values already.
insert into core.dim_campaigns (source, source_id, channel, name, traffic_source, medium, utm_source, utm_medium, utm_campaign, is_inferred)
select f.source, 'utm:' || utm.id, coalesce(min(f.utm_medium), min(f.utm_source), 'unknown'),
  coalesce(min(f.utm_campaign), min(f.utm_source), min(f.utm_medium)), min(f.utm_source), min(f.utm_medium),
  min(f.utm_source), min(f.utm_medium), min(f.utm_campaign), true
from changed_spend f
cross join lateral core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) as utm(id)
where f.sign > 0 and f.campaign_id is null and f.campaign_key is null and utm.id <> '||'
  and not exists (select from core.dim_campaigns c where utm.id = core.utm_id(c.utm_source, c.utm_medium, c.utm_campaign))
group by f.source, utm.id
on conflict (source, source_id) do nothing;

-- A deal, a spend row or a touch that names no campaign belongs to the one with equal UTM values.
create temp table campaign_of_utm on commit drop as
select utm.id, min(c.campaign_key) as campaign_key
from core.dim_campaigns c
cross join lateral core.utm_id(c.utm_source, c.utm_medium, c.utm_campaign) as utm(id)
where not c.is_deleted and utm.id <> '||'
group by utm.id;
analyze campaign_of_utm;

-- All facts are looked through only where a campaign came, went or changed its UTM values.
create temp table moved_utm on commit drop as
select distinct utm.id
from (
  select campaign_key, utm_source, utm_medium, utm_campaign from changed_campaigns
  group by campaign_key, utm_source, utm_medium, utm_campaign, is_deleted having sum(sign) <> 0
) c
cross join lateral core.utm_id(c.utm_source, c.utm_medium, c.utm_campaign) as utm(id)
where utm.id <> '||';
analyze moved_utm;

update core.fct_marketing_spend f set campaign_key = u.campaign_key
from (
  select source, source_id from changed_spend
  union
  select f.source, f.source_id from core.fct_marketing_spend f
  join moved_utm m on m.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign)
  where f.campaign_id is null and core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) <> '||'
) s, campaign_of_utm u
where f.source = s.source and f.source_id = s.source_id and f.campaign_id is null
  and u.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) and f.campaign_key is distinct from u.campaign_key;

update core.fct_deals f set campaign_key = u.campaign_key
from (
  select source, source_id from changed_deals
  union
  select f.source, f.source_id from core.fct_deals f
  join moved_utm m on m.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign)
  where f.campaign_id is null and core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) <> '||'
) s, campaign_of_utm u
where f.source = s.source and f.source_id = s.source_id and f.campaign_id is null
  and u.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) and f.campaign_key is distinct from u.campaign_key;

update core.fct_touchpoints f set campaign_key = u.campaign_key
from (
  select source, source_id from changed_touchpoints
  union
  select f.source, f.source_id from core.fct_touchpoints f
  join moved_utm m on m.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign)
  where f.campaign_id is null and core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) <> '||'
) s, campaign_of_utm u
where f.source = s.source and f.source_id = s.source_id and f.campaign_id is null
  and u.id = core.utm_id(f.utm_source, f.utm_medium, f.utm_campaign) and f.campaign_key is distinct from u.campaign_key;
drop table campaign_of_utm, moved_utm;
