-- A parent that is only named becomes a team; each team gets the key of its parent.
insert into core.dim_teams (source, source_id, name, is_inferred)
select distinct t.source, t.parent_id, t.parent_id, true
from core.dim_teams t
where t.parent_id is not null
on conflict (source, source_id) do nothing;

update core.dim_teams t set parent_key = p.team_key
from core.dim_teams c
left join core.dim_teams p on p.source = c.source and p.source_id = c.parent_id
where c.team_key = t.team_key and t.parent_key is distinct from p.team_key;
