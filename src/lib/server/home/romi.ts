import { formatPercent, formatValue } from '../../format.ts';
import { get } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { totalQuery } from '../../query.ts';
import * as cube from '../cube.ts';
import { numberIn } from '../figures.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

/** Beside ROMI stands always how much of the profit no campaign can claim, and what is left without it. */
export async function romiSentence(scope: Scope, row: Row): Promise<string> {
  const { style } = scope;
  const spent = numberIn(row, 'marketing.spend');
  const earned = numberIn(row, 'marketing.gross_profit') ?? 0;
  if (!spent && scope.viewer.access !== 'company') return m.sentence_romi_hidden({}, style);
  if (!spent) return m.sentence_romi_none({}, style);
  const spend = formatValue(spent, 'money', style);
  const profit = formatValue(earned, 'money', style);
  const known = await attributed(scope);
  const claimed = numberIn(known, 'marketing.gross_profit') ?? 0;
  if (earned <= 0 || claimed >= earned) return m.sentence_romi({ spend, profit }, style);
  const share = formatPercent((earned - claimed) / earned, style.locale);
  const romi = formatPercent(numberIn(known, 'marketing.romi'), style.locale);
  return m.sentence_romi_known({ spend, profit, share, romi }, style);
}

async function attributed(scope: Scope): Promise<Row> {
  const query = totalQuery(get('marketing.romi'), scope);
  const { rows } = await cube.load(scope.viewer, {
    ...query,
    measures: ['marketing.romi', 'marketing.gross_profit'],
    filters: [
      ...(query.filters ?? []),
      { member: 'marketing.channel', operator: 'notEquals', values: ['unknown'] },
    ],
  });
  return rows[0] ?? {};
}
