import type { Callout, TableBlock } from '../../board.ts';
import { formatRange } from '../../dates.ts';
import { formatCount, formatPercent, formatValue } from '../../format.ts';
import { lensOf } from '../../lens.ts';
import { highOf, lowOf } from '../../marginal.ts';
import { m } from '../../paraglide/messages.js';
import { block, cell, tableBlock } from '../board.ts';
import { labelled, titled } from '../columns.ts';
import type { Outcome } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { sorted, type Judged, type Judgement } from './judged.ts';
import { behind, metricOf, type Place } from './lens.ts';

/** No further than where spend has been: a slope says nothing about ten times as much. */
const moreOf = ({ running }: Judged) => running / 10;

type Kind = 'stop' | 'scale' | 'rest';
const shown = 12;

/** The first thing to do, above all that it is judged by. */
export function callout(scope: Scope, outcome: Outcome<Judgement>): Callout | null {
  const isLosing = 'value' in outcome && !!outcome.value && sorted(outcome.value.campaigns).stop.length > 0;
  // a figure that cannot be reached is said where it would stand
  if ('error' in outcome) return null;
  return {
    tone: isLosing ? 'bad' : outcome.value?.campaigns.length ? 'good' : 'warn',
    text: headline(scope, outcome.value),
    href: '#advice',
    link: m.marketing_advice_link({}, scope.style),
  };
}

function headline(scope: Scope, judged: Judgement): string {
  const { style } = scope;
  if (!judged) return m.marketing_advice_early({}, style);
  if (judged.campaigns.length === 0) return m.marketing_advice_nothing({}, style);
  const { stop, scale } = sorted(judged.campaigns);
  const money = (value: number) => formatValue(value, 'money', style);
  const [first, second] = stop;
  const [best] = scale;
  return [
    first
      ? m.marketing_advice_stop(
          {
            campaign: labelled(scope, 'campaign', first.name),
            channel: labelled(scope, 'channel', first.channel),
            spend: money(first.running),
            back: money(first.running - first.saved),
            saved: money(first.saved),
          },
          style,
        )
      : m.marketing_advice_no_stop({}, style),
    second ? m.marketing_advice_stop_next({ campaign: labelled(scope, 'campaign', second.name) }, style) : '',
    best?.marginal
      ? m.marketing_advice_scale(
          {
            campaign: labelled(scope, 'campaign', best.name),
            back: money(moreOf(best) * (1 + best.marginal.value)),
            extra: money(moreOf(best)),
          },
          style,
        )
      : m.marketing_advice_no_scale({}, style),
  ]
    .filter(Boolean)
    .join(' ');
}

/** How it was judged, for whoever doubts it. */
export function method(scope: Scope, outcome: Outcome<Judgement>): string {
  if ('error' in outcome || !outcome.value) return '';
  const span = formatRange(outcome.value.span, scope.style.locale);
  return m.marketing_advice_method({ span }, scope.style);
}

export function load(scope: Scope, kind: Kind, outcome: Outcome<Judgement>): Promise<TableBlock> {
  const { style } = scope;
  const lens = { ...lensOf(scope.state), isCohort: true };
  const titles = { stop: m.marketing_to_stop, scale: m.marketing_to_scale, rest: m.marketing_to_watch };
  const empty = tableBlock(kind, titles[kind]({}, style));
  return block<TableBlock>(scope, [metricOf(lens, 'romi')], empty, async () => {
    if ('error' in outcome) throw new Error('The campaigns could not be judged');
    if (!outcome.value) return { sentence: m.marketing_advice_early({}, style) };
    const { span, recent, campaigns } = outcome.value;
    const rows = sorted(campaigns)[kind];
    const sentences = { stop: stopped, scale: scaled, rest: watched };
    return {
      columns: [
        titled('campaign', m.dimension_campaign({}, style), 'text'),
        ...(kind === 'scale' ? [] : [titled('verdict', m.marketing_verdict({}, style), 'text')]),
        titled('running', m.marketing_running({}, style), 'money', formatRange(recent, style.locale)),
        titled('romi', m.marketing_romi_year({}, style), 'percent', formatRange(span, style.locale)),
        titled('marginal', m.marketing_marginal({}, style), 'percent', m.marketing_marginal_about({}, style)),
        ...(kind === 'stop'
          ? [
              titled(
                'kindest',
                m.marketing_kindest({}, style),
                'percent',
                m.marketing_kindest_about({}, style),
              ),
              titled('saved', m.marketing_saved({}, style), 'money', m.marketing_saved_about({}, style)),
            ]
          : [titled('next', m.marketing_next({}, style), 'money', m.marketing_next_about({}, style))]),
      ],
      rows: rows.slice(0, shown).map((one) => {
        const path: Place['path'] = [
          ['channel', one.channel],
          ['source', one.source],
          ['campaign', one.name],
        ];
        const to = (name: string, period: Place['period']) =>
          behind(scope, lens, name, { dimension: 'campaign', path, ...(period ? { period } : {}) });
        const tones = { stop: 'bad', cut: 'warn', scale: 'good', unclear: null, young: null } as const;
        const last = one.weeks.length && one.marginal ? one.marginal.value : null;
        return {
          id: one.name ?? '',
          address: null,
          cells: [
            cell(labelled(scope, 'campaign', one.name), to('romi', span), {
              note: labelled(scope, 'channel', one.channel),
            }),
            ...(kind === 'scale' ? [] : [cell(verdictOf(scope, one), null, { tone: tones[one.verdict] })]),
            cell(one.running, to('spend', recent)),
            cell(one.romi, to('romi', span), { note: rangeOf(scope, one.average, -1) }),
            cell(one.verdict === 'young' ? null : last, null, {
              note:
                one.verdict === 'young' ? m.marketing_no_data({}, style) : rangeOf(scope, one.marginal, 0),
            }),
            ...(kind === 'stop'
              ? [cell(one.kindest === null ? null : one.kindest - 1), cell(one.saved)]
              : [
                  cell(
                    one.marginal && one.verdict !== 'young' ? moreOf(one) * (1 + one.marginal.value) : null,
                  ),
                ]),
          ],
        };
      }),
      hidden: Math.max(0, rows.length - shown),
      sentence: sentences[kind](scope, rows),
      ignored_filters: scope.filters.filter(({ key }) => key !== 'channel').map(({ title }) => title),
    };
  });
}

function verdictOf({ style }: Scope, { verdict }: Judged): string {
  const words = {
    stop: m.marketing_verdict_stop,
    cut: m.marketing_verdict_cut,
    scale: m.marketing_verdict_scale,
    unclear: m.marketing_verdict_unclear,
    young: m.marketing_verdict_young,
  };
  return words[verdict]({}, style);
}

/** Where it lies in nine cases of ten. */
function rangeOf({ style }: Scope, estimate: Judged['average'], shift: number): string {
  if (!estimate) return '';
  const show = (value: number) => formatPercent(Math.max(-1, value + shift), style.locale);
  return m.marketing_range({ low: show(lowOf(estimate)), high: show(highOf(estimate)) }, style);
}

function stopped({ style }: Scope, rows: Judged[]): string {
  if (rows.length === 0) return m.marketing_stop_none({}, style);
  const saved = rows.filter(({ verdict }) => verdict === 'stop').reduce((all, one) => all + one.saved, 0);
  return saved > 0
    ? m.marketing_stop_all(
        { saved: formatValue(saved, 'money', style), year: formatValue(saved * 12, 'money', style) },
        style,
      )
    : m.marketing_cut_all({}, style);
}

function scaled({ style }: Scope, rows: Judged[]): string {
  return rows.length
    ? m.marketing_scale_all({ count: rows.length, shown: formatCount(rows.length, style.locale) }, style)
    : m.marketing_scale_none({}, style);
}

function watched({ style }: Scope, rows: Judged[]): string {
  return rows.length ? m.marketing_watch_all({}, style) : m.marketing_watch_none({}, style);
}
