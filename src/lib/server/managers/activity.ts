import type { TableBlock } from '../../board.ts';
import { formatDay } from '../../dates.ts';
import { formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { monthOf, resolve, type Range } from '../../period.ts';
import { ask, block, cell, down, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named, titled } from '../columns.ts';
import { paced, workdays } from '../calendar.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { personCell, sumOf } from './people.ts';

const monthly = ['meetings', 'emails', 'tasks_done', 'new_deals'];

/**
 * What each did on the last working day, this week and this month, and where the month ends at this pace.
 * The period of the page does not matter here: the question is about now.
 */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, today } = scope;
  const empty = tableBlock('activity', m.managers_activity({}, style), '-month');
  return block<TableBlock>(scope, ['activity.contacts', 'customers.new'], empty, async () => {
    const [month, week] = (['this_month', 'this_week'] as const).map((preset) =>
      resolve({ preset }, today),
    ) as [Range, Range];
    const range = { from: month.from < week.from ? month.from : week.from, to: today };
    const [rows, fresh, overdue, days] = await Promise.all([
      ask(scope, {
        view: 'activity',
        measures: ['contacts', ...monthly],
        by: ['employee'],
        time: 'date',
        grain: 'day',
        range,
      }),
      ask(scope, {
        view: 'customers',
        measures: ['new'],
        by: ['owner'],
        time: 'first_purchase_at',
        range: month,
      }),
      ask(scope, { view: 'activity', measures: ['tasks_overdue'], by: ['employee'] }),
      workdays(monthOf(today), today),
    ]);
    const dayOf = (row: Row) => String(row['date.day'] ?? '').slice(0, 10);
    const last = days.last && days.last >= range.from ? days.last : today;
    const won = keyed(fresh, 'owner');
    const late = keyed(overdue, 'employee');
    const names = [
      ...new Set(rows.filter((row) => nameOf(row, 'employee')).map((row) => nameOf(row, 'employee') ?? '')),
    ];
    const day = last === today ? m.managers_today({}, style) : formatDay(last, style.locale);
    const sums = (of: Row[], from: string, to: string, name: string) =>
      sumOf(
        of.filter((row) => dayOf(row) >= from && dayOf(row) <= to),
        name,
      );
    return {
      columns: [
        named(scope, 'employee'),
        titled(
          'day',
          m.managers_contacts_of({ period: day }, style),
          'count',
          m.managers_contacts_about({}, style),
        ),
        titled('week', m.managers_contacts_week({}, style), 'count'),
        titled('month', m.managers_contacts_month({}, style), 'count'),
        titled('pace', m.managers_by_month_end({}, style), 'count', m.managers_pace_about({}, style)),
        ...monthly.map((name) => measured(scope, `activity.${name}`)),
        measured(scope, 'customers.new'),
        titled('new_pace', m.managers_by_month_end({}, style), 'count', m.managers_pace_about({}, style)),
        measured(scope, 'activity.tasks_overdue'),
      ],
      rows: names.map((name) => {
        const own = rows.filter((row) => nameOf(row, 'employee') === name);
        const to = (metric: string, period: Range) =>
          down(scope, metric, { period, by: 'employee', part: name });
        const count = (period: Range) => {
          const value = sums(own, period.from, period.to, 'contacts');
          return cell(value, to('activity.contacts', period));
        };
        const before = own.filter((row) => dayOf(row) < today);
        const contacts = paced(sums(before, month.from, today, 'contacts'), days);
        const customers = numberOf(won.get(name), 'new') ?? 0;
        const toNew = down(scope, 'customers.new', { period: month, by: 'owner', part: name });
        const overdueCount = numberOf(late.get(name), 'tasks_overdue') ?? 0;
        return {
          id: name,
          address: null,
          cells: [
            personCell(scope, name),
            count({ from: last, to: last }),
            count(week),
            count(month),
            cell(contacts === null ? null : Math.round(contacts), to('activity.contacts', month)),
            ...monthly.map((metric) =>
              cell(sums(own, month.from, today, metric), to(`activity.${metric}`, month)),
            ),
            cell(customers, toNew),
            cell(round(paced(customers, days)), toNew),
            cell(
              overdueCount,
              down(scope, 'activity.tasks_overdue', {
                period: { preset: 'all' },
                by: 'employee',
                part: name,
              }),
              {
                tone: overdueCount > 0 ? 'warn' : null,
              },
            ),
          ],
        };
      }),
      sentence: m.managers_workdays(
        { elapsed: formatCount(days.elapsed, style.locale), all: formatCount(days.all, style.locale) },
        style,
      ),
    };
  });
}

const round = (value: number | null) => (value === null ? null : Math.round(value));
