import { timeDimension } from '../../explore.ts';
import { chosenIn } from '../../explore-steps.ts';
import { filterKeyOf, find } from '../../metrics.ts';
import { DateTime } from 'luxon';
import { down } from '../board.ts';
import { levelOf } from '../plans.ts';
import type { Scope } from '../scope.ts';
import type { Measure, Question } from './question.ts';

type Key = (string | null)[];

/**
 * The records behind a figure of the result, where their page can be narrowed to the very same: null where it knows no
 * such metric, or one of the cuts or filters is none of its own.
 */
export function wayTo(
  scope: Scope,
  { view, grain }: Question,
  measure: Measure,
  by: string[],
  key: Key,
): string | null {
  const way = find(measure.name);
  if (!way || measure.date !== way.time) return null;
  const filters: Record<string, string[]> = {};
  const within: [string, string][] = [];
  let period: { from: string; to: string } | null = null;
  const isOpen = (dimension: string) => way.dimensions.includes(dimension);
  for (const name of new Set(scope.state.within.map(([one]) => one))) {
    const values = scope.state.within.filter(([one]) => one === name).map(([, value]) => value);
    const [value = ''] = values;
    if (view.name === 'plan_fact' && name === 'scope_kind' && levelOf(scope) === value) continue;
    if (values.length !== 1 || !isOpen(name)) return null;
    within.push([name, value]);
  }
  for (const [at, name] of by.entries()) {
    const value = key[at] ?? '';
    if (name === timeDimension) {
      if (value === '') return null;
      period = clip(value, grain, scope.range);
      continue;
    }
    const filter = view.name === 'sales' || view.name === 'funnel' ? filterKeyOf(view.name, name) : null;
    const isNarrowed = within.some(([one]) => one === name);
    if (filter && value !== '') filters[filter] = [value];
    else if (!isOpen(name) || (isNarrowed && chosenIn(scope.state, view.name, name)[0] !== value))
      return null;
    else if (!isNarrowed) within.push([name, value]);
  }
  return down(scope, measure.name, { filters, within, ...(period ? { period } : {}) });
}

/** The way from a figure; nothing lies behind a sum over no records. */
export function wayFrom(
  scope: Scope,
  question: Question,
  measure: Measure,
  value: number | null,
  by: string[],
  key: Key,
): string | null {
  const isEmpty = value === null || (value === 0 && measure.is_additive);
  return isEmpty ? null : wayTo(scope, question, measure, by, key);
}

function clip(from: string, grain: Question['grain'], range: Scope['range']): { from: string; to: string } {
  const to = DateTime.fromISO(from, { zone: 'utc' }).endOf(grain).toISODate() ?? from;
  if (!range) return { from, to };
  return { from: from < range.from ? range.from : from, to: to > range.to ? range.to : to };
}
