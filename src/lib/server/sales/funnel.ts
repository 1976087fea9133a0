import type { ChartPart, TableBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import type { ChartRow, Series } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle } from '../../words.ts';
import { ask, block, cell, chartBlock, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named, titled } from '../columns.ts';
import { isMaturing } from '../figures.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { waiting } from './stuck.ts';

const question = { view: 'funnel', by: ['stage', 'stage_position'], time: 'created_at' };
const measures = ['entered', 'passed', 'step_conversion', 'reference_conversion'];
const metrics = ['funnel.entered', 'funnel.step_conversion'];

type Way = { stages: Row[]; before: Map<string, Row>; isEarly: boolean };

/** The stages in their order with what came to each, in the period and in the one compared with. */
async function read(scope: Scope): Promise<Way> {
  const { comparison, range } = scope;
  const counts = { view: 'sales', measures: ['deals', 'deals_open'], time: 'created_at', range };
  const [stages, before, totals] = await Promise.all([
    ask(scope, { ...question, measures, range, order: [['stage_position', 'asc']] }),
    comparison
      ? ask(scope, { ...question, measures: ['entered', 'passed', 'step_conversion'], range: comparison })
      : [],
    ask(scope, counts),
  ]);
  const { deals = null, deals_open = null } = totals[0] ?? {};
  const isEarly = isMaturing({ 'sales.deals': deals, 'sales.deals_open': deals_open });
  return { stages, before: keyed(before, 'stage'), isEarly };
}

export function chart(scope: Scope, pipeline: string | null): Promise<ChartPart> {
  const { comparison, style } = scope;
  const empty = chartBlock(scope, {
    id: 'funnel',
    title: m.sales_funnel_chart({}, style),
    metric: 'funnel.entered',
    href: down(scope, 'funnel.entered', { by: 'stage' }),
  });
  return block<ChartPart>(scope, metrics, empty, async () => {
    const { stages, before, isEarly } = await read(scope);
    const reference = referenceOf(stages);
    const series: Series[] = [
      { key: 'value', title: m.series_current({}, style), unit: 'count', role: 'main' },
    ];
    if (comparison)
      series.push({ key: 'before', title: comparison.label, unit: 'count', role: 'comparison' });
    if (reference)
      series.push({ key: 'plan', title: m.sales_reference({}, style), unit: 'count', role: 'plan' });
    const rowOf = (label: string, x: string, name: string, row: Row | undefined, at: number, href: string) =>
      ({
        x,
        label,
        values: [
          numberOf(row, name) ?? 0,
          ...(comparison ? [numberOf(before.get(x), name)] : []),
          ...(reference ? [reference[at] ?? null] : []),
        ],
        href,
      }) satisfies ChartRow;
    const last = stages.at(-1);
    const rows = stages.map((row, at) => {
      const stage = nameOf(row, 'stage') ?? '';
      return rowOf(
        stage,
        stage,
        'entered',
        row,
        at,
        down(scope, 'funnel.entered', { by: 'stage', part: stage }),
      );
    });
    if (last) {
      const stage = nameOf(last, 'stage') ?? '';
      const way = { by: 'stage', part: stage };
      const passed = down(scope, 'funnel.passed', way);
      rows.push(rowOf(m.status_won({}, style), stage, 'passed', last, stages.length, passed));
    }
    return {
      spec: {
        kind: 'funnel',
        dimension: 'stage',
        dimension_title: dimensionTitle('stage', style.locale),
        series,
      },
      rows,
      sentence: isEarly ? m.sales_funnel_early({}, style) : bottleneck(scope, stages, pipeline),
    };
  });
}

/** How many would have come to each stage had each step converted as the reference says; the last is those won. */
export function referenceOf(stages: Row[]): number[] | null {
  if (!stages.some((row) => numberOf(row, 'reference_conversion') !== null)) return null;
  let left = numberOf(stages[0], 'entered') ?? 0;
  const counts = stages.map((row) => {
    const here = left;
    left *= numberOf(row, 'reference_conversion') ?? numberOf(row, 'step_conversion') ?? 1;
    return here;
  });
  return [...counts, left];
}

/** The step that loses most deals beyond what the reference funnel loses there. */
export function worstStep(stages: Row[]): { row: Row; lost: number } | null {
  const found = stages.flatMap((row) => {
    const [entered, step, reference] = ['entered', 'step_conversion', 'reference_conversion'].map((name) =>
      numberOf(row, name),
    );
    return entered && typeof step === 'number' && typeof reference === 'number'
      ? [{ row, lost: (reference - step) * entered }]
      : [];
  });
  const worst = found.toSorted((a, b) => b.lost - a.lost)[0];
  return worst && worst.lost >= 1 ? worst : null;
}

function bottleneck({ style }: Scope, stages: Row[], pipeline: string | null): string {
  const worst = worstStep(stages);
  if (!worst) return stages.length ? m.sales_funnel_fine({}, style) : '';
  return m.sales_funnel_bottleneck(
    {
      stage: nameOf(worst.row, 'stage') ?? pipeline ?? '',
      conversion: formatPercent(numberOf(worst.row, 'step_conversion'), style.locale),
      reference: formatPercent(numberOf(worst.row, 'reference_conversion'), style.locale),
      lost: formatCount(worst.lost, style.locale),
    },
    style,
  );
}

/** The same stages with all their figures. */
export function table(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('stages', m.sales_stages({}, style));
  return block<TableBlock>(scope, [...metrics, 'funnel.stuck'], empty, async () => {
    const [{ stages, before, isEarly }, times, stuck, lost] = await Promise.all([
      read(scope),
      // by itself, since a median is counted from the steps and not from sums of them
      ask(scope, { ...question, by: ['stage'], measures: ['days_in_stage_median'], range }),
      ask(scope, { view: 'funnel', measures: ['stuck'], by: ['stage'], where: waiting }),
      ask(scope, {
        view: 'funnel',
        measures: ['lost_here', 'lost_amount_here'],
        by: ['stage'],
        time: 'closed_at',
        range,
      }),
    ]);
    const timed = keyed(times, 'stage');
    const standing = keyed(stuck, 'stage');
    const gone = keyed(lost, 'stage');
    const rows = stages.map((row) => {
      const stage = nameOf(row, 'stage') ?? '';
      const to = (name: string) => down(scope, `funnel.${name}`, { by: 'stage', part: stage });
      const toPeople = (name: string) =>
        down(scope, `funnel.${name}`, { by: 'owner', within: [['stage', stage]] });
      const step = numberOf(row, 'step_conversion');
      const reference = numberOf(row, 'reference_conversion');
      const then = numberOf(before.get(stage), 'step_conversion');
      const gap = step === null || reference === null ? null : step - reference;
      const change = step === null || then === null ? null : step - then;
      const judge = (value: number | null) =>
        isEarly || value === null || Math.abs(value) < 0.02
          ? null
          : value < 0
            ? ('bad' as const)
            : ('good' as const);
      const isStuck = (numberOf(standing.get(stage), 'stuck') ?? 0) > 0;
      const usual = formatPercent(reference, style.locale);
      return {
        id: stage,
        address: null,
        cells: [
          cell(stage, to('entered')),
          figure(row, 'entered', to('entered')),
          figure(row, 'step_conversion', to('step_conversion')),
          cell(gap, gap === null ? null : to('step_conversion'), {
            tone: judge(gap),
            note: gap === null ? '' : m.sales_reference_is({ value: usual }, style),
          }),
          ...(scope.comparison
            ? [cell(change, change === null ? null : to('step_conversion'), { tone: judge(change) })]
            : []),
          figure(timed.get(stage), 'days_in_stage_median', to('days_in_stage_median')),
          cell(numberOf(standing.get(stage), 'stuck') ?? 0, toPeople('stuck'), {
            tone: isStuck ? 'warn' : null,
          }),
          figure(gone.get(stage), 'lost_here', toPeople('lost_here')),
          figure(gone.get(stage), 'lost_amount_here', toPeople('lost_amount_here')),
        ],
      };
    });
    const worst = stuck.toSorted((a, b) => (numberOf(b, 'stuck') ?? 0) - (numberOf(a, 'stuck') ?? 0))[0];
    const count = numberOf(worst, 'stuck') ?? 0;
    return {
      rows,
      columns: [
        named(scope, 'stage'),
        measured(scope, 'funnel.entered'),
        measured(scope, 'funnel.step_conversion'),
        titled('gap', m.sales_to_reference({}, style), 'points', m.sales_to_reference_about({}, style)),
        ...(scope.comparison
          ? [titled('change', m.sales_to_before({}, style), 'points', scope.comparison.label)]
          : []),
        measured(scope, 'funnel.days_in_stage_median'),
        measured(scope, 'funnel.stuck'),
        measured(scope, 'funnel.lost_here'),
        measured(scope, 'funnel.lost_amount_here'),
      ],
      sentence:
        count > 0
          ? m.sales_stuck_most(
              {
                stage: nameOf(worst ?? {}, 'stage') ?? '',
                deals: m.deals_count({ count, shown: formatCount(count, style.locale) }, style),
              },
              style,
            )
          : '',
    };
  });
}
