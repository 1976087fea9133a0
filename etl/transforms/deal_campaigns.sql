-- reads: deals, campaigns, marketing_spend
-- Spend that names no campaign but UTM values makes a campaign of them, unless one has these values already.
insert into core.dim_campaigns (source, source_id, channel, name, traffic_source, medium, utm_source, utm_medium, utm_campaign, is_inferred)
select f.source, 'utm:' || utm.id, coalesce(min(f.utm_medium), min(f.utm_source), 'unknown'),
  coalesce(min(f.utm_campaign), min(f.utm_source), min(f.utm_medium)), min(f.utm_source), min(f.utm_medium),
  min(f.utm_source), min(f.utm_medium), min(f.utm_campaign), true
from core.fct_marketing_spend f
cross join lateral (
  select concat_ws('|', coalesce(lower(btrim(f.utm_source)), ''), coalesce(lower(btrim(f.utm_medium)), ''),
    coalesce(lower(btrim(f.utm_campaign)), '')) as id
) utm
where f.campaign_id is null and f.campaign_key is null and utm.id <> '||'
  and not exists (
    select from core.dim_campaigns c
    where utm.id = concat_ws('|', coalesce(lower(btrim(c.utm_source)), ''), coalesce(lower(btrim(c.utm_medium)), ''),
      coalesce(lower(btrim(c.utm_campaign)), ''))
  )
group by f.source, utm.id
on conflict (source, source_id) do nothing;

-- A deal, a spend row or a touch that names no campaign belongs to the one with equal UTM values.
create temp table campaign_of_utm on commit drop as
select id, min(campaign_key) as campaign_key
from (
  select concat_ws('|', coalesce(lower(btrim(utm_source)), ''), coalesce(lower(btrim(utm_medium)), ''),
    coalesce(lower(btrim(utm_campaign)), '')) as id, campaign_key
  from core.dim_campaigns where not is_deleted
) c
where id <> '||'
group by id;
analyze campaign_of_utm;

update core.fct_marketing_spend f set campaign_key = u.campaign_key from campaign_of_utm u
where f.campaign_id is null and f.campaign_key is distinct from u.campaign_key
  and u.id = concat_ws('|', coalesce(lower(btrim(f.utm_source)), ''), coalesce(lower(btrim(f.utm_medium)), ''),
    coalesce(lower(btrim(f.utm_campaign)), ''));
update core.fct_deals f set campaign_key = u.campaign_key from campaign_of_utm u
where f.campaign_id is null and f.campaign_key is distinct from u.campaign_key
  and u.id = concat_ws('|', coalesce(lower(btrim(f.utm_source)), ''), coalesce(lower(btrim(f.utm_medium)), ''),
    coalesce(lower(btrim(f.utm_campaign)), ''));
update core.fct_touchpoints f set campaign_key = u.campaign_key from campaign_of_utm u
where f.campaign_id is null and f.campaign_key is distinct from u.campaign_key
  and u.id = concat_ws('|', coalesce(lower(btrim(f.utm_source)), ''), coalesce(lower(btrim(f.utm_medium)), ''),
    coalesce(lower(btrim(f.utm_campaign)), ''));
drop table campaign_of_utm;
