-- Working days as people say in the product, over what sources declare, over Monday to Friday.
update core.dim_calendar c
set is_workday = coalesce(d.is_workday, extract(isodow from c.day) < 6), is_given = d.day is not null
from core.dim_calendar base
left join (
  select day, coalesce(bool_and(is_workday) filter (where source = 'pulse_plans'), bool_and(is_workday)) as is_workday
  from core.calendar_days where not is_deleted group by day
) d on d.day = base.day
where base.day = c.day and (d.day is not null or c.is_given);
