import type { Metric } from '../metrics.ts';
import { viewOf } from '../metrics.ts';
import { m } from '../paraglide/messages.js';
import type { Range } from '../period.ts';
import { partsQuery } from '../query.ts';
import { link } from '../state.ts';
import { formatCount } from '../format.ts';
import { valueTitle } from '../words.ts';
import * as cube from './cube.ts';
import { numberIn } from './figures.ts';
import type { Scope } from './scope.ts';

/** `key` is the raw value, null for records that have none; "other" has no page of its own. */
export type Part = {
  key: string | null;
  label: string;
  value: number | null;
  before: number | null;
  href: string | null;
};

export type Parts = { shown: Part[]; hidden: number; sum: number };

const most = 5000;

/** A metric by one dimension, largest first; of an additive one, what is not shown is summed as "other". */
export async function parts(scope: Scope, metric: Metric, dimension: string, count: number): Promise<Parts> {
  const { comparison } = scope;
  const [now, before] = await Promise.all([
    values(scope, metric, dimension, scope.range),
    comparison && metric.time
      ? values(scope, metric, dimension, { from: comparison.from, to: comparison.to })
      : new Map<string | null, number | null>(),
  ]);
  const all = [...new Set([...now.keys(), ...before.keys()])].map((key): Part => ({
    key,
    label: labelOf(key, dimension, scope),
    value: now.get(key) ?? (metric.is_additive ? 0 : null),
    before: before.get(key) ?? null,
    href: link(`/drill/${metric.name}`, { ...scope.state, by: dimension, part: key ?? '', page: 1 }),
  }));
  all.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || a.label.localeCompare(b.label));
  const sum = all.reduce((total, part) => total + (part.value ?? 0), 0);
  const fits = all.length <= count + 1;
  const shown = fits ? all : metric.is_additive ? all.slice(0, count) : extremes(all, count);
  const rest = fits ? [] : all.filter((part) => !shown.includes(part));
  if (rest.length && metric.is_additive) shown.push(otherOf(rest, scope));
  return { shown, hidden: rest.length, sum };
}

/** Of shares, the worst are as telling as the best; the middle is what can be left out. */
function extremes(all: Part[], count: number): Part[] {
  const known = all.filter((part) => part.value !== null);
  const best = Math.ceil(count / 2);
  return known.length <= count ? known : [...known.slice(0, best), ...known.slice(best - count)];
}

async function values(scope: Scope, metric: Metric, dimension: string, range: Range | null) {
  const { rows } = await cube.load(scope.viewer, partsQuery(metric, { ...scope, range }, dimension, most));
  const member = `${viewOf(metric)}.${dimension}`;
  return new Map(
    rows.map((row) => {
      const raw = row[member];
      const key = raw === null || raw === undefined || raw === '' ? null : String(raw);
      return [key, numberIn(row, metric.name)] as const;
    }),
  );
}

function otherOf(rest: Part[], { style }: Scope): Part {
  const add = (pick: (part: Part) => number | null) =>
    rest.reduce((total, part) => total + (pick(part) ?? 0), 0);
  return {
    key: null,
    label: m.series_other({ count: formatCount(rest.length, style.locale) }, style),
    value: add((part) => part.value),
    before: add((part) => part.before),
    href: null,
  };
}

export function labelOf(key: string | null, dimension: string, { style }: Pick<Scope, 'style'>): string {
  if (key === null) return m.no_value({}, style);
  return valueTitle(dimension, key, style.locale);
}
