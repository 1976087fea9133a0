import type { Column } from '../../board.ts';
import { formatBucket, formatMonth } from '../../dates.ts';
import { timeDimension } from '../../explore.ts';
import type { Grain } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { valueTitle } from '../../words.ts';
import type { Scope } from '../scope.ts';
import type { Measure, Question } from './question.ts';

type Styled = Pick<Scope, 'style'>;

export const grainTitle = (grain: Grain, { style }: Styled) =>
  ({ day: m.grain_day, week: m.grain_week, month: m.grain_month })[grain]({}, style);

export function dimensionName({ view, grain }: Question, name: string, scope: Styled): string {
  if (name === timeDimension) return grainTitle(grain, scope);
  const found = view.dimensions.find((one) => one.name === `${view.name}.${name}`);
  return found?.title[scope.style.locale] ?? name;
}

/** What a picture is cut by: "weeks, channel"; the head of a column says what its buckets begin with. */
export function cutName(question: Question, name: string, scope: Styled): string {
  if (name !== timeDimension) return dimensionName(question, name, scope);
  const titles = { day: m.explore_grain_day, week: m.explore_grain_week, month: m.explore_grain_month };
  return titles[question.grain]({}, scope.style);
}

/** A value as people read it; a bucket of time by its name. */
export function valueName(
  { view, grain }: Question,
  name: string,
  value: string | null,
  scope: Styled,
): string {
  const { style } = scope;
  if (value === null) return m.no_value({}, style);
  if (name === timeDimension)
    return grain === 'month' ? formatMonth(value, style.locale) : formatBucket(value, grain, style.locale);
  const type = view.dimensions.find((one) => one.name === `${view.name}.${name}`)?.type;
  if (type === 'boolean') return value === 'true' ? m.explore_yes({}, style) : m.explore_no({}, style);
  return valueTitle(name, value, style.locale);
}

export function columnOf(question: Question, name: string, scope: Styled): Column {
  const about = question.view.dimensions.find((one) => one.name === `${question.view.name}.${name}`)?.about;
  const month = question.grain === 'month' ? 'month' : 'day';
  return {
    key: name,
    title: dimensionName(question, name, scope),
    about: about?.[scope.style.locale] ?? '',
    kind: name === timeDimension ? month : 'text',
  };
}

export function measureColumn(measure: Measure, { style }: Styled): Column {
  return {
    key: measure.key,
    title: measure.title[style.locale],
    about: measure.about[style.locale],
    kind: measure.unit,
  };
}
