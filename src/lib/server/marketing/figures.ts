import type { Figure, FiguresBlock } from '../../board.ts';
import { formatPercent } from '../../format.ts';
import { lensOf, type Lens } from '../../lens.ts';
import { get } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { metricTitle, tellLack } from '../../words.ts';
import { block, figuresBlock, numberOf } from '../board.ts';
import { changeOf } from '../figures.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { behind, look, metricOf } from './lens.ts';
import { readClaims, shareOf } from './claims.ts';

const names = ['spend', 'leads', 'cpl', 'won', 'cac', 'drr', 'revenue', 'gross_profit', 'romi', 'roas'];

/** What marketing cost and brought, and beside the return how much of it no campaign can claim. */
export function load(scope: Scope): Promise<FiguresBlock> {
  const { comparison, range, style } = scope;
  const lens = lensOf(scope.state);
  const empty = figuresBlock('summary', m.marketing_section_summary({}, style));
  return block<FiguresBlock>(scope, [metricOf(lens, 'leads')], empty, async () => {
    const [now, before, claims] = await Promise.all([
      look(scope, lens, { names, range }),
      comparison ? look(scope, lens, { names, range: comparison }) : [],
      readClaims(scope, lens),
    ]);
    const figures = names.map((name) => figureOf(scope, lens, name, now[0], before[0]));
    const romi = figures.find(({ metric }) => metric === metricOf(lens, 'romi'));
    const share = shareOf(claims.all.gross_profit, claims.known.gross_profit);
    if (romi?.value != null && share !== null)
      romi.note = m.marketing_romi_known({ romi: formatPercent(claims.known.romi, style.locale) }, style);
    // what nobody claims stands beside what it puts in doubt
    const at = figures.findIndex(({ id }) => id === 'romi') + 1;
    return { figures: figures.toSpliced(at, 0, ...unclaimed(scope, lens, claims)) };
  });
}

function figureOf(scope: Scope, lens: Lens, name: string, now: Row | undefined, before?: Row): Figure {
  const { style } = scope;
  const metric = get(metricOf(lens, name));
  const value = numberOf(now, name);
  const comparison_value = before ? numberOf(before, name) : null;
  const { lack } = tellLack(scope.freshness.lacking(metric), style.locale);
  const hidden = value === null && !lack && scope.viewer.access !== 'company' && name !== 'revenue';
  return {
    id: name,
    metric: metric.name,
    title: metricTitle(metric.name, style.locale),
    value,
    unit: metric.unit,
    direction: metric.direction,
    comparison_value,
    ...changeOf(metric, value, comparison_value),
    note: lack || (hidden ? m.marketing_spend_hidden({}, style) : ''),
    href: behind(scope, lens, name),
  };
}

/** Deals and revenue of the channel «unknown» as parts of all. */
function unclaimed(scope: Scope, lens: Lens, claims: Awaited<ReturnType<typeof readClaims>>): Figure[] {
  const { style } = scope;
  const titles = { won: m.marketing_unclaimed_won, revenue: m.marketing_unclaimed_revenue };
  return (['won', 'revenue'] as const).map((name) => {
    const value = shareOf(claims.all[name], claims.known[name]);
    const before = claims.before && shareOf(claims.before.all[name], claims.before.known[name]);
    const metric = metricOf(lens, name);
    return {
      id: `unclaimed_${name}`,
      metric,
      title: titles[name]({}, style),
      value,
      unit: 'percent',
      direction: 'down_is_good',
      comparison_value: before,
      ...changeOf({ unit: 'percent' }, value, before),
      note: '',
      href: behind(scope, lens, name, { dimension: 'channel', path: [['channel', 'unknown']] }),
    };
  });
}
