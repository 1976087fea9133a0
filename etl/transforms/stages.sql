-- A stage that is only named in deals takes its kind from them where all of them agree, else it is open. Where those
-- that changed agree with the kind it has, so do the others: only a new kind is asked of all deals.
update core.dim_stages s set kind = d.kind
from (
  select s.stage_key,
    case when c.first <> c.last then 'open'
      when not p.is_whole and exists (
        select from core.fct_deals o where o.stage_key = s.stage_key and o.status_given <> c.first
      ) then 'open'
      else c.first end as kind
  from (
    select stage_key, min(status_given) as first, max(status_given) as last
    from changed_deals where sign > 0 and status_given is not null group by stage_key
  ) c
  join core.dim_stages s on s.stage_key = c.stage_key and s.is_inferred and (s.kind <> c.first or c.first <> c.last), period p
) d
where d.stage_key = s.stage_key and s.kind <> d.kind;

-- A deal whose source gives no status has that of its stage, whenever the stage becomes known.
update core.fct_deals d
set status = case s.kind when 'won' then 'won' when 'lost' then 'lost' else 'open' end
from core.dim_stages s
where s.stage_key in (select stage_key from changed_stages)
  and s.stage_key = d.stage_key and d.status_given is null
  and d.status <> case s.kind when 'won' then 'won' when 'lost' then 'lost' else 'open' end;
