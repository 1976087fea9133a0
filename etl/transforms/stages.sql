-- reads: stages, deals
-- A stage that is only named in deals takes its kind from them where all of them agree.
update core.dim_stages s set kind = d.kind, run_id = greatest(s.run_id, :run_id)
from (
  select d.stage_key, min(d.status_given) as kind
  from core.fct_deals d
  join core.dim_stages s on s.stage_key = d.stage_key and s.is_inferred
  where d.status_given is not null
  group by d.stage_key
  having min(d.status_given) = max(d.status_given)
) d
where d.stage_key = s.stage_key and s.kind <> d.kind;

-- A deal whose source gives no status has that of its stage, whenever the stage becomes known.
update core.fct_deals d
set status = case s.kind when 'won' then 'won' when 'lost' then 'lost' else 'open' end, run_id = greatest(d.run_id, :run_id)
from core.dim_stages s
where s.stage_key = d.stage_key and d.status_given is null
  and d.status <> case s.kind when 'won' then 'won' when 'lost' then 'lost' else 'open' end;
