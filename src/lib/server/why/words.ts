import type { WhyRow } from '../../drill.ts';
import { formatValue, type Style } from '../../format.ts';
import type { Metric } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import type { Unit } from '../../page.ts';
import { effectOf } from '../../why.ts';
import type { Told } from '../why.ts';

/** Below this no part stands out: all of them moved alike. */
const alike = 0.15;
/** What has moved less than this of the whole movement is not worth a word. */
const least = 0.1;

/** What a person would say: which parts made most of the change, what worked against it, and by which factor. */
export function tell(metric: Metric, factors: WhyRow[], cuts: Told[], style: Style): string[] {
  const [first] = cuts;
  const sentences: string[] = [];
  if (first) {
    const { all, cut } = first;
    const change = all.reduce((sum, row) => sum + row.change, 0);
    const moved = all.reduce((sum, row) => sum + Math.abs(row.change), 0);
    const telling = all.filter((row) => Math.abs(row.change) > least * moved);
    const along = telling.filter((row) => row.change * change > 0).slice(0, 2);
    const against = telling.filter((row) => row.change * change < 0).slice(0, 2);
    const say = (rows: WhyRow[]) => rows.map((row) => clause(row, metric.unit, style)).join('; ');
    if (moved === 0) sentences.push(m.why_same({}, style));
    else if (first.unevenness < alike || !along.length) sentences.push(m.why_alike({}, style));
    else sentences.push(m.why_mostly({ cut: cut.title.toLowerCase(), parts: say(along) }, style));
    if (against.length) sentences.push(m.why_against({ parts: say(against) }, style));
  }
  const told = factors.filter(({ change }) => change !== 0);
  if (told.length) {
    const parts = told.map((row) => clause(row, metric.unit, style)).join('; ');
    sentences.push(m.why_factors({ parts }, style));
  }
  return sentences;
}

function clause({ label, unit, before, now, change }: WhyRow, of: Unit, style: Style): string {
  const [was, is] = [before, now].map((value) => formatValue(value, unit, style));
  const effect = effectOf(change, of, style);
  return m.why_clause({ name: label, effect, was: was ?? '', now: is ?? '' }, style);
}
