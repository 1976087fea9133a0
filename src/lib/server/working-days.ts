import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { callEntered } from './entered.ts';
import { read as readSettings } from './settings.ts';
import { actorOf } from './users.ts';
import { warehouse } from './warehouse.ts';

/** `is_workday` is what holds, `is_usual` what the sources or else the weekday say. */
export type Day = { day: string; is_workday: boolean; is_usual: boolean };
export type WorkingDaysPage = { year: number; days: Day[]; workdays: number };

const sql = `
  select d.day::date::text as day, coalesce(given.is_workday, extract(isodow from d.day) < 6) as is_usual,
         coalesce(own.is_workday, given.is_workday, extract(isodow from d.day) < 6) as is_workday
    from generate_series(make_date(:year, 1, 1), make_date(:year, 12, 31), '1 day') d(day)
    left join app.calendar_days own on own.day = d.day
    left join (
      select day, bool_and(is_workday) as is_workday from core.calendar_days
       where not is_deleted and source <> 'pulse_plans' group by day
    ) given on given.day = d.day
   order by 1`;

/** Every day of a year, by what holds once the next load is through. */
export async function load(year: number): Promise<WorkingDaysPage> {
  const { rows } = await warehouse().raw<{ rows: Day[] }>(sql, { year });
  return { year, days: rows, workdays: rows.filter(({ is_workday }) => is_workday).length };
}

/** Keeps which days of a year are worked on; plans, paces and schedules go by it after the next load, due at once. */
export async function save(by: Viewer, year: number, workdays: Set<string>): Promise<{ changed: number }> {
  const { days } = await load(year);
  const changes = days.filter(({ day, is_workday }) => workdays.has(day) !== is_workday);
  if (!changes.length) return { changed: 0 };
  const { timezone } = await readSettings();
  await warehouse().transaction(async (trx) => {
    for (const { day, is_usual } of changes) {
      const is_workday = workdays.has(day);
      if (is_workday === is_usual) await trx('app.calendar_days').where({ day }).delete();
      else {
        await trx('app.calendar_days')
          .insert({ day, is_workday, changed_by: by.email, changed_at: trx.fn.now() })
          .onConflict('day')
          .merge();
      }
    }
    await callEntered(trx, timezone);
  });
  const details = { year, days: changes.map(({ day }) => day).slice(0, 50) };
  await record({ action: 'calendar_changed', details, ...actorOf(by) });
  return { changed: changes.length };
}
