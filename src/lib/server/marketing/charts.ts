import type { ChartPart } from '../../board.ts';
import { formatBucket } from '../../dates.ts';
import { formatCount, formatPercent, formatValue } from '../../format.ts';
import { lensOf, type Lens } from '../../lens.ts';
import type { Grain, Series } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { bucketsOf, grainFor } from '../../period.ts';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { block, chartBlock, nameOf, numberOf } from '../board.ts';
import { labelled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { behind, look, metricOf } from './lens.ts';

const ignoredOf = ({ filters }: Scope) =>
  filters.filter(({ key }) => key !== 'channel').map(({ title }) => title);

/** What was spent and what it earned, bucket by bucket; the profit of campaigns apart from all of it. */
export function course(scope: Scope): Promise<ChartPart> {
  const { style, range } = scope;
  const lens = lensOf(scope.state);
  const profit = metricOf(lens, 'gross_profit');
  const title = m.marketing_course({}, style);
  const empty = chartBlock(scope, {
    id: 'course',
    title,
    metric: profit,
    href: behind(scope, lens, 'gross_profit'),
  });
  return block<ChartPart>(scope, [metricOf(lens, 'romi')], empty, async () => {
    const grain: Grain = range ? grainFor(range) : 'month';
    const question = { names: ['spend', 'gross_profit'], range, grain };
    const known = [{ dimension: 'channel', operator: 'notEquals' as const, values: ['unknown'] }];
    const [all, claimed] = await Promise.all([
      look(scope, lens, question),
      look(scope, lens, { ...question, where: known }),
    ]);
    const [whole, part] = [byBucket(all, grain), byBucket(claimed, grain)];
    const days = [...whole.keys()].toSorted();
    const span = range ?? { from: days[0] ?? '', to: days.at(-1) ?? '' };
    const series: Series[] = [
      { key: 'claimed', title: m.marketing_course_claimed({}, style), unit: 'money', role: 'main' },
      { key: 'spend', title: metricTitle('marketing.spend', style.locale), unit: 'money', role: 'plan' },
      { key: 'all', title: m.marketing_course_all({}, style), unit: 'money', role: 'comparison' },
    ];
    const today = scope.today;
    return {
      spec: { kind: 'line', grain, series },
      rows: span.from
        ? bucketsOf(span, grain).map((at) => {
            const value = (rows: Map<string, Row>, name: string) =>
              numberOf(rows.get(at), name) ?? (at <= today ? 0 : null);
            return {
              x: at,
              label: formatBucket(at, grain, style.locale),
              values: [value(part, 'gross_profit'), value(whole, 'spend'), value(whole, 'gross_profit')],
              href: null,
            };
          })
        : [],
      sentence: m.marketing_course_sentence({}, style),
      ignored_filters: ignoredOf(scope),
    };
  });
}

function byBucket(rows: Row[], grain: Grain): Map<string, Row> {
  return new Map(
    rows.flatMap((row) => {
      const at = row[`date.${grain}`];
      return typeof at === 'string' ? [[at.slice(0, 10), row] as const] : [];
    }),
  );
}

const shown = 24;

/** Every campaign that cost something, best return first: what lies below zero lies left of the line. */
export function returns(scope: Scope): Promise<ChartPart> {
  const { style, range } = scope;
  const lens = lensOf(scope.state);
  const romi = metricOf(lens, 'romi');
  const title = m.marketing_returns({}, style);
  const empty = chartBlock(scope, {
    id: 'returns',
    title,
    metric: romi,
    href: behind(scope, lens, 'romi', { dimension: 'campaign', path: [] }),
  });
  return block<ChartPart>(scope, [romi], empty, async () => {
    const found = await look(scope, lens, {
      names: ['spend', 'romi'],
      by: ['campaign'],
      range,
      order: [['spend', 'desc']],
      limit: 1000,
    });
    const paid = found.filter((row) => (numberOf(row, 'spend') ?? 0) > 0 && numberOf(row, 'romi') !== null);
    const drawn = paid
      .slice(0, shown)
      .toSorted((a, b) => (numberOf(b, 'romi') ?? 0) - (numberOf(a, 'romi') ?? 0));
    return {
      spec: {
        kind: 'bar',
        dimension: 'campaign',
        dimension_title: dimensionTitle('campaign', style.locale),
        series: [{ key: 'romi', title: metricTitle(romi, style.locale), unit: 'percent', role: 'main' }],
        is_signed: true,
      },
      rows: drawn.map((row) => {
        const key = nameOf(row, 'campaign');
        return {
          x: key ?? '',
          label: labelled(scope, 'campaign', key),
          values: [numberOf(row, 'romi')],
          href: behind(scope, lens, 'romi', { dimension: 'campaign', path: [['campaign', key]] }),
        };
      }),
      sentence: losing(scope, lens, paid),
      ignored_filters: ignoredOf(scope),
    };
  });
}

function losing({ style }: Scope, _lens: Lens, paid: Row[]): string {
  if (paid.length === 0) return '';
  const below = paid.filter((row) => (numberOf(row, 'romi') ?? 0) < 0);
  const lost = below.reduce(
    (all, row) => all - (numberOf(row, 'spend') ?? 0) * (numberOf(row, 'romi') ?? 0),
    0,
  );
  const spend = paid.reduce((all, row) => all + (numberOf(row, 'spend') ?? 0), 0);
  const belowSpend = below.reduce((all, row) => all + (numberOf(row, 'spend') ?? 0), 0);
  const hidden =
    paid.length > shown
      ? ` ${m.marketing_returns_hidden({ count: formatCount(shown, style.locale) }, style)}`
      : '';
  if (below.length === 0) return m.marketing_returns_none({}, style) + hidden;
  return (
    m.marketing_returns_sentence(
      {
        count: below.length,
        shown: formatCount(below.length, style.locale),
        share: formatPercent(belowSpend / spend, style.locale),
        lost: formatValue(lost, 'money', style),
      },
      style,
    ) + hidden
  );
}
