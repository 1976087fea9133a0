-- One row per deal with touches, model and campaign. The touches of a deal are its own and those of its customer that
-- name no deal, up to its win, or up to now while there is none. A touch without a campaign gives its credit to nobody: channel
-- «unknown». Deals without touches are added by the view core.deal_credits.
-- A credit is rounded to 15 digits, the last touch takes what remains: a deal's credits sum to exactly 1.
create temp table attribution_scope on commit drop as
select c.source, c.source_id
from changed_deals c join core.fct_touchpoints t on t.deal_key = c.deal_key
union
select c.source, c.source_id
from changed_deals c join core.fct_touchpoints t on t.customer_key = c.customer_key
where t.deal_id is null
union
select c.source, c.source_id
from changed_deals c join core.fct_attribution a on a.source = c.source and a.deal_id = c.source_id
union
select d.source, d.source_id
from changed_touchpoints t join core.fct_deals d on d.deal_key = t.deal_key
union
select d.source, d.source_id
from changed_touchpoints t join core.fct_deals d on d.customer_key = t.customer_key
where t.deal_id is null
union
-- A touch dated ahead counts from its moment on.
select d.source, d.source_id
from period p
join core.fct_touchpoints t on t.at > p.since and t.at <= p.now
join core.fct_deals d on d.deal_key = t.deal_key
union
select d.source, d.source_id
from period p
join core.fct_touchpoints t on t.at > p.since and t.at <= p.now and t.deal_id is null
join core.fct_deals d on d.customer_key = t.customer_key;
analyze attribution_scope;

create temp table attribution_deals on commit drop as
select d.source, d.source_id, d.deal_key, d.customer_key, d.campaign_key,
  case when d.status = 'won' then coalesce(d.closed_at, p.now) else p.now end as until
from core.fct_deals d
join attribution_scope using (source, source_id), period p
where not d.is_test and not d.is_deleted;
analyze attribution_deals;

create temp table attribution_touches on commit drop as
select t.deal_key, t.campaign_key,
  row_number() over (partition by t.deal_key order by t.at, t.source, t.source_id) as place,
  count(*) over (partition by t.deal_key) as touches,
  -- Half as much for each 7 days before the last touch: from the win it would be the same shares, of smaller numbers.
  power(0.5, (extract(epoch from max(t.at) over (partition by t.deal_key) - t.at) / 604800)::float8)::numeric as freshness
from (
  select d.deal_key, t.campaign_key, t.at, t.source, t.source_id
  from core.fct_touchpoints t join attribution_deals d on d.deal_key = t.deal_key
  where not t.is_deleted and t.at <= d.until
  union all
  select d.deal_key, t.campaign_key, t.at, t.source, t.source_id
  from core.fct_touchpoints t join attribution_deals d on d.customer_key = t.customer_key
  where t.deal_id is null and not t.is_deleted and t.at <= d.until
) t;
analyze attribution_touches;

create temp table attribution_credits on commit drop as
select d.source, d.source_id as deal_id, d.deal_key, s.model, s.campaign_key, sum(s.credit) as credit
from (
  select deal_key, campaign_key, model,
    case when place < touches then share
      else 1 - coalesce(sum(case when place < touches then share end) over (partition by deal_key, model), 0) end as credit
  from (
    select t.deal_key, t.campaign_key, t.place, t.touches, m.model,
      round(case m.model
        when 'last_touch' then 0
        when 'first_touch' then case when t.place = 1 then 1 else 0 end
        when 'linear' then 1.0 / t.touches
        when 'position_based' then case
          when t.touches <= 2 then 1.0 / t.touches
          when t.place = 1 then 0.4
          else 0.2 / (t.touches - 2) end
        when 'time_decay' then t.freshness / sum(t.freshness) over (partition by t.deal_key, m.model)
      end, 15) as share
    from attribution_touches t,
      (values ('last_touch'), ('first_touch'), ('linear'), ('position_based'), ('time_decay')) m(model)
  ) shares
) s
join attribution_deals d on d.deal_key = s.deal_key
where s.credit > 0
group by d.source, d.source_id, d.deal_key, s.model, s.campaign_key;
analyze attribution_credits;

-- Only what differs is written: readers go on, and a load that changes ten deals leaves the rest alone.
delete from core.fct_attribution a using attribution_scope s
where s.source = a.source and s.source_id = a.deal_id and not exists (
  select from attribution_credits c
  where c.deal_key = a.deal_key and c.model = a.model and c.credit = a.credit
    and coalesce(c.campaign_key, 0) = coalesce(a.campaign_key, 0)
);
-- The key tells what stands already: a look into a table that this very statement fills would grow with each row.
insert into core.fct_attribution (source, deal_id, deal_key, model, campaign_key, credit)
select source, deal_id, deal_key, model, campaign_key, credit from attribution_credits
on conflict (source, deal_id, model, campaign_key) do nothing;
drop table attribution_scope, attribution_deals, attribution_touches, attribution_credits;
