import { formatMonth } from '../dates.ts';
import { decompose, type Decomposition, type Totals } from '../decomposition.ts';
import { formatCount } from '../format.ts';
import { get, type Metric } from '../metrics.ts';
import type { ProfitBlock, ProfitView, Unit } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { monthOf } from '../period.ts';
import { filtersFor } from '../query.ts';
import { dimensionTitle, tellLack } from '../words.ts';
import { readPeriod, readPlan, whySpendIsUnknown, type Counted } from './drivers/totals.ts';
import { describeParts, tell } from './drivers/words.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';

/**
 * The profit formula over the chosen period against the one it is compared with, and over the month against its plan.
 * Profit is what the pages show: gross profit of deals won by their closing day, less spend by its day.
 */
export async function load(scope: Scope): Promise<ProfitBlock> {
  const { style, freshness } = scope;
  const metric: Metric = { ...get('sales.won_amount'), conditions: [] };
  const entities = [...metric.entities, 'marketing_spend'];
  const { needs, lack } = tellLack(freshness.lacking(metric), style.locale);
  const block: ProfitBlock = {
    state: needs.length ? 'not_connected' : 'ok',
    needs,
    title: m.profit_title({}, style),
    views: [],
    sentence: lack,
    ignored_filters: filtersFor(metric, scope.state).ignored.map((key) => dimensionTitle(key, style.locale)),
    as_of: freshness.asOf(entities),
  };
  if (block.state !== 'ok') return block;
  const outcome = await safely('profit', style.locale, async () => {
    const views = (await Promise.all([comparePeriods(scope), comparePlan(scope)])).filter(
      (one) => one !== null,
    );
    return { ...block, views, sentence: views.length ? '' : m.profit_nothing({}, style) };
  });
  return 'value' in outcome ? outcome.value : { ...block, state: 'failed', error: outcome.error };
}

async function comparePeriods(scope: Scope): Promise<ProfitView | null> {
  const { range, comparison, style } = scope;
  if (!range || !comparison) return null;
  const [now, before] = await Promise.all([
    readPeriod(scope, range),
    readPeriod(scope, { from: comparison.from, to: comparison.to }),
  ]);
  const found = decompose(before, now);
  if (!found || isNothing(before, now)) return null;
  return describe(scope, 'period', comparison.label, found, notesOf(scope, now, style));
}

async function comparePlan(scope: Scope): Promise<ProfitView | null> {
  const { style, freshness } = scope;
  if (freshness.missing(['plans']).length) return null;
  const month = monthOf(scope.range?.to ?? scope.today).from;
  const found = await readPlan(scope, month);
  const split = found && decompose(found.plan, found.fact);
  if (!split || isNothing(found.plan, found.fact)) return null;
  const title = m.profit_against_plan({ month: formatMonth(month, style.locale) }, style);
  const lacking = split.missing.filter((total) => total !== 'buyers' && found.plan[total] === null);
  const names = lacking.map((total) => m[`profit_total_${total as 'leads'}`]({}, style));
  const notes = names.length ? [m.profit_not_planned({ names: names.join(', ') }, style)] : [];
  return describe(scope, 'plan', title, split, notes);
}

/** Two empty periods have nothing to tell. */
const isNothing = (...sides: Totals[]) => sides.every((side) => Object.values(side).every((value) => !value));

function describe(
  { state, style }: Scope,
  key: ProfitView['key'],
  title: string,
  found: Decomposition,
  notes: string[],
): ProfitView {
  const { target, from, to, change, bottleneck } = found;
  const unit: Unit = target === 'leads' || target === 'buyers' || target === 'won' ? 'count' : 'money';
  return {
    key,
    title,
    target: m[`profit_target_${target}`]({}, style),
    unit,
    from,
    to,
    change,
    parts: describeParts(found, state, style),
    bottleneck,
    sentence: tell(found, key, style),
    notes: [...notes, ...(found.method === 'substitution' ? [m.profit_substituted({}, style)] : [])],
  };
}

/** What the figure leaves out: spend that is not connected or nobody's, and costs that are not known. */
function notesOf(scope: Scope, now: Counted, style: Scope['style']): string[] {
  const why = whySpendIsUnknown(scope);
  const notes = why ? [m[`profit_without_spend_${why}`]({}, style)] : [];
  if (now.buyers === null) notes.push(m.profit_without_customers({}, style));
  if (now.deals_without_cost)
    notes.push(
      m.profit_without_cost(
        { count: now.deals_without_cost, shown: formatCount(now.deals_without_cost, style.locale) },
        style,
      ),
    );
  return notes;
}
