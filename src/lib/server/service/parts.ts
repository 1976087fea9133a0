import type { ChartPart, Choice, TableBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { concentrate, isConcentrated } from '../../pareto.ts';
import { link } from '../../state.ts';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { ask, block, cell, chartBlock, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { isOpen } from './waiting.ts';

const cuts = ['cause', 'product', 'stage', 'severity', 'channel', 'team', 'employee'];
const cutOf = ({ state }: Scope) => cuts.find((one) => one === state.by) ?? 'cause';
/** Deals won are rows of the view too. */
export const complaint = [{ member: 'service.status', operator: 'set' as const }];
const ages = ['1', '3', '7', '30', 'older'];

export function choices(scope: Scope): Choice[] {
  return cuts.map((key) => ({
    key,
    title: dimensionTitle(key, scope.style.locale),
    href: `${link('/service', { ...scope.state, by: key, page: 1 })}#parts`,
    is_chosen: key === cutOf(scope),
  }));
}

/** Complaints of the period by one side of them, the most first, with how much of all the rows so far hold. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range, comparison } = scope;
  const by = cutOf(scope);
  const title = m.service_parts(
    { by: dimensionTitle(by, style.locale).toLocaleLowerCase(style.locale) },
    style,
  );
  const empty = tableBlock('parts', title, '-complaints');
  return block<TableBlock>(scope, ['service.complaints'], empty, async () => {
    const question = { view: 'service', by: [by], where: complaint };
    const [came, answered, earlier, solved, waiting] = await Promise.all([
      ask(scope, { ...question, measures: ['complaints'], time: 'opened_at', range }),
      ask(scope, { ...question, measures: ['first_response_hours_median'], time: 'opened_at', range }),
      comparison
        ? ask(scope, { ...question, measures: ['complaints'], time: 'opened_at', range: comparison })
        : [],
      ask(scope, { ...question, measures: ['resolution_hours_median'], time: 'resolved_at', range }),
      ask(scope, { ...question, measures: ['open', 'overdue'], where: isOpen }),
    ]);
    const [before, first] = [keyed(earlier, by), keyed(answered, by)];
    const [times, now] = [keyed(solved, by), keyed(waiting, by)];
    const rows = came.toSorted((a, b) => (numberOf(b, 'complaints') ?? 0) - (numberOf(a, 'complaints') ?? 0));
    const parts = rows.map((row) => ({ key: nameOf(row, by), value: numberOf(row, 'complaints') ?? 0 }));
    const all = parts.reduce((sum, { value }) => sum + value, 0);
    const most = concentrate(parts);
    let held = 0;
    return {
      columns: [
        named(scope, by),
        measured(scope, 'service.complaints'),
        ...(comparison ? [titled('before', m.service_before({}, style), 'count', comparison.label)] : []),
        titled('share', m.customers_share({}, style), 'percent'),
        titled('held', m.service_held({}, style), 'percent', m.service_held_about({}, style)),
        measured(scope, 'service.open'),
        measured(scope, 'service.overdue'),
        measured(scope, 'service.first_response_hours_median'),
        measured(scope, 'service.resolution_hours_median'),
      ],
      rows: rows.map((row) => {
        const key = nameOf(row, by);
        const value = numberOf(row, 'complaints') ?? 0;
        held += value;
        const to = (name: string) => down(scope, `service.${name}`, { by, part: key ?? '' });
        const then = numberOf(before.get(key ?? ''), 'complaints') ?? 0;
        const late = numberOf(now.get(key ?? ''), 'overdue') ?? 0;
        return {
          id: key ?? '',
          address: null,
          cells: [
            cell(labelled(scope, by, key), to('complaints')),
            figure(row, 'complaints', to('complaints'), {
              tone: value >= 10 && value > 2 * then && comparison ? 'bad' : null,
            }),
            ...(comparison ? [cell(then)] : []),
            cell(all ? value / all : null),
            cell(all ? held / all : null),
            cell(numberOf(now.get(key ?? ''), 'open') ?? 0, to('open')),
            cell(late, to('overdue'), { tone: late ? 'bad' : null }),
            figure(first.get(key ?? ''), 'first_response_hours_median', to('first_response_hours_median')),
            figure(times.get(key ?? ''), 'resolution_hours_median', to('resolution_hours_median')),
          ],
        };
      }),
      sentence: most
        ? (isConcentrated(most) ? m.service_pareto : m.service_spread)(
            {
              share: formatPercent(most.share, style.locale),
              count: formatCount(most.chosen.length, style.locale),
              all: formatCount(most.count, style.locale),
              names: most.chosen
                .slice(0, 5)
                .map(({ key }) => labelled(scope, by, key))
                .join(', '),
              more: most.chosen.length > 5 ? '…' : '',
            },
            style,
          )
        : '',
    };
  });
}

/** How long what is open has waited. */
export function age(scope: Scope): Promise<ChartPart> {
  const { style } = scope;
  const empty = chartBlock(scope, {
    id: 'age',
    title: m.service_age({}, style),
    metric: 'service.open',
    href: down(scope, 'service.open', { by: 'age' }),
  });
  return block<ChartPart>(scope, ['service.open'], empty, async () => {
    const rows = keyed(
      await ask(scope, { view: 'service', measures: ['open'], by: ['age'], where: isOpen }),
      'age',
    );
    const count = (key: string) => numberOf(rows.get(key), 'open') ?? 0;
    const old = count('30') + count('older');
    const all = ages.reduce((sum, key) => sum + count(key), 0);
    return {
      spec: {
        kind: 'bar',
        dimension: 'age',
        dimension_title: dimensionTitle('age', style.locale),
        series: [
          { key: 'value', title: metricTitle('service.open', style.locale), unit: 'count', role: 'main' },
        ],
      },
      rows: ages.map((key) => ({
        x: key,
        label: labelled(scope, 'age', key),
        values: [count(key)],
        href: down(scope, 'service.open', { by: 'age', part: key }),
      })),
      sentence: all
        ? m.service_age_sentence(
            { old: formatCount(old, style.locale), all: formatCount(all, style.locale) },
            style,
          )
        : '',
    };
  });
}
