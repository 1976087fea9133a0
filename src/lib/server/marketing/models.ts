import type { Choice, TableBlock } from '../../board.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { chosenOf, lensOf, models, type Lens } from '../../lens.ts';
import { get } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle, valueTitle } from '../../words.ts';
import { block, cell, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { behind, choiceOf, look, metricOf } from './lens.ts';

const shown = ['revenue', 'romi', 'gross_profit', 'won'] as const;
const shownOf = ({ state }: Scope) => shown.find((one) => one === chosenOf(state, 'shown')) ?? 'revenue';

export function choices(scope: Scope): Choice[] {
  const lens = lensOf(scope.state);
  return shown.map((key) => ({
    key,
    title: metricTitle(metricOf(lens, key), scope.style.locale),
    href: choiceOf(scope, 'shown', key === 'revenue' ? null : key, 'models'),
    is_chosen: key === shownOf(scope),
  }));
}

/** Each channel under each model side by side, and how far the models disagree about it. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const { isCohort, model: chosen } = lensOf(scope.state);
  const name = shownOf(scope);
  const lenses: Lens[] = [null, ...models].map((model) => ({ model, isCohort }));
  const metric = get(metricOf({ model: null, isCohort }, name));
  const empty = tableBlock('models', m.marketing_models({}, style), '-own');
  return block<TableBlock>(scope, [metricOf({ model: models[0], isCohort }, name)], empty, async () => {
    const question = { names: [name], range };
    const [totals, parts] = await Promise.all([
      Promise.all(lenses.map((lens) => look(scope, lens, question))),
      Promise.all(lenses.map((lens) => look(scope, lens, { ...question, by: ['channel'] }))),
    ]);
    const found = parts.map((rows) => keyed(rows, 'channel'));
    const channels = [...new Set(parts.flat().map((row) => nameOf(row, 'channel') ?? ''))].filter((channel) =>
      found.some((rows) => numberOf(rows.get(channel), name)),
    );
    const lines = channels.map((channel) => ({ channel, rows: found.map((rows) => rows.get(channel)) }));
    const kind = metric.unit === 'count' ? ('score' as const) : metric.unit;
    return {
      columns: [
        named(scope, 'channel'),
        ...lenses.map(({ model }) =>
          titled(
            model ?? 'own',
            (model ? valueTitle('model', model, style.locale) : m.marketing_model_own({}, style)) +
              (model === chosen ? ' •' : ''),
            kind,
            model === chosen ? m.marketing_models_chosen({}, style) : '',
          ),
        ),
        titled(
          'apart',
          m.marketing_models_apart({}, style),
          kind === 'percent' ? 'points' : kind,
          m.marketing_models_apart_about({}, style),
        ),
      ],
      rows: lines.map(({ channel, rows }) => ({
        id: channel,
        address: null,
        cells: lineOf(scope, lenses, name, rows, channel),
      })),
      total: lineOf(
        scope,
        lenses,
        name,
        totals.map(([row]) => row),
        null,
      ),
      sentence: widest(scope, name, lines),
      ignored_filters: scope.filters.filter(({ key }) => key !== 'channel').map(({ title }) => title),
    };
  });
}

type Line = { channel: string; rows: (Row | undefined)[] };

function lineOf(
  scope: Scope,
  lenses: Lens[],
  name: string,
  rows: (Row | undefined)[],
  channel: string | null,
) {
  const place =
    channel === null
      ? undefined
      : { dimension: 'channel', path: [['channel', channel]] as [string, string][] };
  const apart = apartOf(name, rows);
  return [
    cell(channel === null ? m.drill_total({}, scope.style) : labelled(scope, 'channel', channel || null)),
    ...lenses.map((lens, at) => {
      const value = numberOf(rows[at], name);
      const tone = name === 'romi' && value !== null && value < 0 ? ('bad' as const) : null;
      return cell(value, value === null ? null : behind(scope, lens, name, place), { tone });
    }),
    cell(channel === null ? null : apart),
  ];
}

/** How far the five models lie apart; deals' own campaigns are no model and stay out of it. */
function apartOf(name: string, rows: (Row | undefined)[]): number | null {
  const values = rows.slice(1).flatMap((row) => numberOf(row, name) ?? []);
  return values.length > 1 ? Math.max(...values) - Math.min(...values) : null;
}

function widest(scope: Scope, name: string, lines: Line[]): string {
  const { style } = scope;
  const [first] = lines
    .filter(({ channel }) => channel !== 'unknown')
    .toSorted((a, b) => (apartOf(name, b.rows) ?? 0) - (apartOf(name, a.rows) ?? 0));
  const values = (first?.rows ?? []).slice(1).map((row) => numberOf(row, name));
  const known = values.filter((value) => value !== null);
  if (!first || known.length < 2) return '';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const title = (value: number) => valueTitle('model', models[values.indexOf(value)] ?? '', style.locale);
  const show = (value: number) =>
    name === 'romi'
      ? formatPercent(value, style.locale)
      : formatValue(value, name === 'won' ? 'score' : 'money', style);
  if (high - low < 1e-9) return m.marketing_models_agree({}, style);
  return m.marketing_models_widest(
    {
      channel: labelled(scope, 'channel', first.channel || null),
      low: show(low),
      low_model: title(low),
      high: show(high),
      high_model: title(high),
    },
    style,
  );
}
