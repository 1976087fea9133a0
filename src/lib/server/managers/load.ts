import type { ChartPart, TableBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { ask, block, cell, chartBlock, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named, titled } from '../columns.ts';
import * as settings from '../settings.ts';
import type { Scope } from '../scope.ts';
import { personCell, standing, sumOf } from './people.ts';

type Person = { name: string; active: number };

/** How many customers each has in work, the most loaded first. */
async function active(scope: Scope): Promise<Person[]> {
  const rows = await ask(scope, { view: 'activity', measures: ['active_customers'], by: ['employee'] });
  return rows
    .flatMap((row) => {
      const value = numberOf(row, 'active_customers');
      const name = nameOf(row, 'employee');
      return name !== null && value ? [{ name, active: value }] : [];
    })
    .toSorted((a, b) => b.active - a.active);
}

/** As many bars as a reader goes through. */
const mostBars = 40;

/** The first and the last of a list where the middle has no room. */
export function ends<One>(list: One[], count: number): One[] {
  if (list.length <= count) return list;
  const first = Math.ceil(count / 2);
  return [...list.slice(0, first), ...list.slice(first - count)];
}

export function chart(scope: Scope): Promise<ChartPart> {
  const { style } = scope;
  const metric = 'activity.active_customers';
  const title = m.managers_load_chart({}, style);
  const empty = chartBlock(scope, {
    id: 'load',
    title,
    metric,
    href: down(scope, metric, { by: 'employee' }),
  });
  return block<ChartPart>(scope, [metric], empty, async () => {
    const [people, { load }] = await Promise.all([active(scope), settings.read()]);
    const drawn = ends(people, mostBars);
    const left = people.length - drawn.length;
    return {
      spec: {
        kind: 'bar',
        dimension: 'employee',
        dimension_title: dimensionTitle('employee', style.locale),
        series: [{ key: 'value', title: metricTitle(metric, style.locale), unit: 'count', role: 'main' }],
        band: { ...load, title: m.managers_band(load, style) },
      },
      rows: drawn.map(({ name, active }) => ({
        x: name,
        label: name,
        values: [active],
        href: down(scope, metric, { by: 'employee', part: name }),
      })),
      sentence: [
        evenness(scope, people, load),
        left ? m.managers_middle({ count: formatCount(left, style.locale) }, style) : '',
      ]
        .filter(Boolean)
        .join(' '),
    };
  });
}

/** How many are outside of the band, and how far the most loaded stands from the middle one. */
function evenness({ style }: Scope, people: Person[], { from, to }: { from: number; to: number }): string {
  const most = people[0];
  const middle = people[Math.floor(people.length / 2)];
  if (!most || !middle) return '';
  const count = (test: (value: number) => boolean) =>
    formatCount(people.filter(({ active }) => test(active)).length, style.locale);
  const counts = m.managers_evenness(
    {
      over: count((value) => value > to),
      within: count((value) => value >= from && value <= to),
      under: count((value) => value < from),
    },
    style,
  );
  if (most.active <= middle.active) return counts;
  const [own, usual] = [most, middle].map(({ active }) => formatCount(active, style.locale));
  return `${counts} ${m.managers_most({ name: most.name, most: own ?? '', middle: usual ?? '' }, style)}`;
}

/** By count and by quality: how many customers and deals, and what part of them is worth most. */
export function table(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('load', m.managers_load({}, style), '-active');
  return block<TableBlock>(scope, ['activity.active_customers', 'customers.customers'], empty, async () => {
    const [people, segments, deals, { load }] = await Promise.all([
      active(scope),
      ask(scope, {
        view: 'customers',
        measures: ['customers'],
        by: ['owner', 'segment'],
        where: [{ member: 'customers.customers', operator: 'gt', values: ['0'] }],
      }),
      standing(scope),
      settings.read(),
    ]);
    const working = new Map(people.map(({ name, active }) => [name, active]));
    const open = keyed(deals, 'owner');
    const owners = [
      ...new Set([...working.keys(), ...segments.flatMap((row) => nameOf(row, 'owner') ?? [])]),
    ];
    const best = ['gold', 'silver'];
    const isBest = (segment: string | null) => best.includes(segment ?? '');
    const all = sumOf(segments, 'customers');
    const good = sumOf(
      segments.filter((row) => isBest(nameOf(row, 'segment'))),
      'customers',
    );
    return {
      columns: [
        named(scope, 'owner'),
        titled(
          'active',
          metricTitle('activity.active_customers', style.locale),
          'count',
          m.managers_band(load, style),
        ),
        measured(scope, 'customers.customers'),
        titled('best', m.managers_best({}, style), 'count', m.managers_best_about({}, style)),
        titled('best_share', m.managers_best_share({}, style), 'percent'),
        measured(scope, 'sales.deals_open'),
        measured(scope, 'sales.open_amount'),
      ],
      rows: owners.map((name) => {
        const own = segments.filter((row) => nameOf(row, 'owner') === name);
        const kept = sumOf(own, 'customers');
        const value = sumOf(
          own.filter((row) => isBest(nameOf(row, 'segment'))),
          'customers',
        );
        const busy = working.get(name) ?? null;
        const tone = busy === null ? null : busy > load.to ? 'bad' : busy < load.from ? 'warn' : 'good';
        const note =
          busy === null
            ? ''
            : busy > load.to
              ? m.managers_over({}, style)
              : busy < load.from
                ? m.managers_under({}, style)
                : '';
        const to = (metric: string) => down(scope, metric, { by: 'owner', part: name });
        const toBest = down(scope, 'customers.customers', {
          by: 'owner',
          part: name,
          filters: { segment: best },
        });
        return {
          id: name,
          address: null,
          cells: [
            personCell(scope, name),
            cell(busy, down(scope, 'activity.active_customers', { by: 'employee', part: name }), {
              tone,
              note,
            }),
            cell(kept, to('customers.customers')),
            cell(value, toBest),
            cell(kept ? value / kept : null, toBest),
            figure(open.get(name), 'deals_open', to('sales.deals_open')),
            figure(open.get(name), 'open_amount', to('sales.open_amount')),
          ],
        };
      }),
      sentence: all ? m.managers_quality({ share: formatPercent(good / all, style.locale) }, style) : '',
    };
  });
}
