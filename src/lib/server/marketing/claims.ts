import { formatPercent, formatValue } from '../../format.ts';
import { lensOf, type Lens } from '../../lens.ts';
import { m } from '../../paraglide/messages.js';
import type { Range } from '../../period.ts';
import { numberOf } from '../board.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { look } from './lens.ts';

type Totals = Record<'spend' | 'won' | 'revenue' | 'gross_profit' | 'romi', number | null>;
type Pair = { all: Totals; known: Totals };
export type Claims = Pair & { before: Pair | null };

const names = ['spend', 'won', 'revenue', 'gross_profit', 'romi'] as const;

/** All that was sold, and that part of it which some campaign can claim. */
export async function readClaims(scope: Scope, lens: Lens): Promise<Claims> {
  const [now, before] = await Promise.all([
    readPair(scope, lens, scope.range),
    scope.comparison ? readPair(scope, lens, scope.comparison) : null,
  ]);
  return { ...now, before };
}

async function readPair(scope: Scope, lens: Lens, range: Range | null): Promise<Pair> {
  const known = [{ dimension: 'channel', operator: 'notEquals' as const, values: ['unknown'] }];
  const [all, claimed] = await Promise.all([
    look(scope, lens, { names: [...names], range }),
    look(scope, lens, { names: [...names], range, where: known }),
  ]);
  const read = (row: (typeof all)[number] | undefined) =>
    Object.fromEntries(names.map((name) => [name, numberOf(row, name)])) as Totals;
  return { all: read(all[0]), known: read(claimed[0]) };
}

/** What nobody claims of all; null when there is nothing to claim. */
export function shareOf(all: number | null, known: number | null): number | null {
  return all !== null && all > 0 ? Math.max(0, (all - (known ?? 0)) / all) : null;
}

/** Beside ROMI, in words, always: how much of what was sold came from nowhere that we know. */
export async function sentence(scope: Scope): Promise<string> {
  const { style } = scope;
  const outcome = await safely('claims', style.locale, () => readClaims(scope, lensOf(scope.state)));
  if ('error' in outcome) return outcome.error;
  const { all, known } = outcome.value;
  const share = shareOf(all.revenue, known.revenue);
  const percent = (value: number | null) => formatPercent(value, style.locale);
  if (share === null) return m.marketing_nothing_sold({}, style);
  if (!all.spend) return m.marketing_unclaimed_only({ share: percent(share) }, style);
  if (share === 0) return m.marketing_all_claimed({ romi: percent(all.romi) }, style);
  return m.marketing_unclaimed_sentence(
    {
      share: percent(share),
      revenue: formatValue((all.revenue ?? 0) - (known.revenue ?? 0), 'money', style),
      deals: percent(shareOf(all.won, known.won)),
      romi: percent(all.romi),
      known: percent(known.romi),
    },
    style,
  );
}
