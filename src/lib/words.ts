import { definitionOf } from './metrics.ts';
import { m } from './paraglide/messages.js';
import type { Locale } from './page.ts';
import type { ProblemCode } from './problem.ts';

type Say = (inputs: Record<string, unknown>, options: { locale: Locale }) => string;
const messages = m as unknown as Record<string, Say | undefined>;

/** Messages whose key comes from data. A name without a message is shown as it is rather than hidden. */
function say(key: string, fallback: string, locale: Locale): string {
  return messages[key]?.({}, { locale }) ?? fallback;
}

// What a metric is called and means is the model's to say.
export const metricTitle = (name: string, locale: Locale) => definitionOf(name)?.title[locale] ?? name;
export const metricAbout = (name: string, locale: Locale) => definitionOf(name)?.about[locale] ?? '';
export const dimensionTitle = (name: string, locale: Locale) => say(`dimension_${name}`, name, locale);
export const columnTitle = (name: string, locale: Locale) =>
  say(`column_${name}`, dimensionTitle(name, locale), locale);
export const entityTitle = (name: string, locale: Locale) => say(`data_entity_${name}`, name, locale);

/** What has to be connected before something is known, and the sentence that says so; empty where nothing is lacking. */
export function tellLack(entities: string[], locale: Locale): { needs: string[]; lack: string } {
  const needs = entities.map((entity) => entityTitle(entity, locale));
  return {
    needs,
    lack: needs.length ? m.state_not_connected_needs({ needs: needs.join(', ') }, { locale }) : '',
  };
}
export const keeperTitle = (role: string, locale: Locale) => say(`keeper_${role}`, role, locale);
export const periodTitle = (preset: string, locale: Locale) => say(`period_${preset}`, preset, locale);
export const statusTitle = (status: string, locale: Locale) => say(`status_${status}`, status, locale);

/** Values that Pulse itself gives have a name in each language; those of sources are shown as they are. */
export function valueTitle(dimension: string, value: string, locale: Locale): string {
  if (dimension === 'status') return statusTitle(value, locale);
  if (dimension === 'entity') return entityTitle(value, locale);
  // a plan names its metric as the view of sales does
  if (dimension === 'metric') return metricTitle(`sales.${value}`, locale);
  return say(`value_${dimension}_${value}`, value, locale);
}

export function problemText(code: ProblemCode, id: string, locale: Locale): string {
  return messages[`problem_${code}`]?.({ id }, { locale }) ?? code;
}
