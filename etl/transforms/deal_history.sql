-- reads: deals
-- One row per deal and stretch of time in which stage, owner, status and amount stayed the same.
create temp table deal_changes on commit drop as
select d.source, d.source_id, d.deal_key, d.stage_id, d.stage_key, d.owner_key, d.status, d.amount, d.run_id, h.valid_from as since,
  h.stage_key as stage_before,
  greatest(coalesce(d.source_updated_at, now()), h.valid_from + interval '1 microsecond') as at
from core.fct_deals d
left join core.hist_deals h on h.source = d.source and h.source_id = d.source_id and h.valid_to = 'infinity'
where d.run_id >= :run_id
  and (h.source is null
    or (h.stage_key, h.owner_key, h.status, h.amount) is distinct from (d.stage_key, d.owner_key, d.status, d.amount));

update core.hist_deals h set valid_to = c.at from deal_changes c
where c.since is not null and h.source = c.source and h.source_id = c.source_id and h.valid_to = 'infinity';

insert into core.hist_deals (source, source_id, stage_key, owner_key, status, amount, valid_from, run_id)
select source, source_id, stage_key, owner_key, status, amount, at, run_id from deal_changes
on conflict do nothing;

-- A source that keeps no stage history: each observed change of stage is an event, marked as inferred.
insert into core.fct_deal_stage_events
  (source, source_id, deal_id, deal_key, stage_id, stage_key, entered_at, is_inferred, stream, run_id)
select c.source, c.source_id || '|' || c.stage_id || '|' || c.at, c.source_id, c.deal_key, c.stage_id, c.stage_key, c.at, true,
  'inferred', c.run_id
from deal_changes c
where c.since is not null and c.stage_key is not null and c.stage_key is distinct from c.stage_before
  and not exists (
    select from core.fct_deal_stage_events e
    where e.source = c.source and e.deal_id = c.source_id and not e.is_inferred
  )
on conflict do nothing;
drop table deal_changes;
