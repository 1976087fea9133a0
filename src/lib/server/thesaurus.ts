import type { Definition, View } from '../catalogue.ts';
import { formatMonth } from '../dates.ts';
import * as metrics from '../metrics.ts';
import type { Locale } from '../page.ts';
import { resolve, todayIn, type Range } from '../period.ts';
import { defaults, link } from '../state.ts';
import { suggest } from '../suggest.ts';
import { fold, type Chapter, type Entry, type Thesaurus, type Values } from '../thesaurus.ts';
import type { Viewer } from '../viewer.ts';
import { entityTitle, keeperTitle, tellLack } from '../words.ts';
import * as catalogue from './catalogue.ts';
import * as cube from './cube.ts';
import { read as readFreshness, type Freshness } from './freshness.ts';
import type { Cell } from './result.ts';
import { safely } from './safely.ts';
import { read as readSettings } from './settings.ts';

const lastMonth = { ...defaults, period: { preset: 'last_month' as const } };
const filtersOf: Record<string, metrics.Condition[]> = {
  attribution: [{ member: 'attribution.model', operator: 'equals', values: ['last_touch'] }],
  plan_fact: [
    { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
    { member: 'plan_fact.scope_kind', operator: 'equals', values: ['company'] },
  ],
};

const order = [
  'sales',
  'funnel',
  'marketing',
  'attribution',
  'plan_fact',
  'customers',
  'cohorts',
  'service',
  'nps',
];

/** What most people ask about first; the rest as the model has it. */
export const rankOf = (view: View) => order.indexOf(view.name) + 1 || order.length + 1;

/** Every metric with what it means and how fresh it is; its value is asked for apart, the slowest must not hold the page. */
export async function load({ locale }: Viewer): Promise<Thesaurus> {
  const [{ views: known, metrics: all }, settings, freshness] = await Promise.all([
    catalogue.read(),
    readSettings(),
    readFreshness(),
  ]);
  const views = known.toSorted((a, b) => rankOf(a) - rankOf(b));
  const range = resolve(lastMonth.period, todayIn(settings.timezone)) as Range;
  const chapters = views.map((view) => describe(view, freshness, locale));
  return { ...settings, locale, month: formatMonth(range.from, locale), count: all.size, chapters };
}

/** What the metrics of a view were in the last full month; null for a view that does not exist. */
export async function readValues(viewer: Viewer, name: string): Promise<Values | null> {
  const [{ views }, { timezone }] = await Promise.all([catalogue.read(), readSettings()]);
  const view = views.find((one) => one.name === name);
  if (!view) return null;
  return loadValues(viewer, view, resolve(lastMonth.period, todayIn(timezone)) as Range, timezone);
}

/** The metric that comes nearest to a name, which may be the very name; null when none does. */
export async function nearest(name: string): Promise<string | null> {
  const { metrics: all } = await catalogue.read();
  return all.has(name) ? name : (suggest(name, all.values())[0] ?? null);
}

function describe(view: View, freshness: Freshness, locale: Locale): Chapter {
  return {
    name: view.name,
    title: view.title[locale],
    about: view.about[locale],
    grain: view.grain[locale],
    entries: view.metrics.map((metric) => describeMetric(metric, view, freshness, locale)),
    dimensions: view.dimensions.map(({ name, title, about }) => ({
      name,
      title: title[locale],
      about: about[locale],
    })),
  };
}

function describeMetric(metric: Definition, view: View, freshness: Freshness, locale: Locale): Entry {
  const { name, title, about, formula, words, sources, time } = metric;
  const missing = freshness.missing(sources);
  const { lack } = tellLack(freshness.lacking({ entities: sources, needs: metric.needs }), locale);
  const texts = [name, formula, ...Object.values(title), ...Object.values(words), ...Object.values(about)];
  return {
    name,
    title: title[locale],
    about: about[locale],
    formula,
    words: words[locale],
    unit: metric.unit,
    direction: metric.direction,
    grain: metric.grain[locale],
    owner: keeperTitle(metric.owner, locale),
    is_additive: metric.is_additive,
    time: view.dimensions.find((one) => one.name === time)?.title[locale] ?? null,
    sources: sources.map((entity) => ({
      title: entityTitle(entity, locale),
      is_known: !missing.includes(entity),
    })),
    needs: lack || null,
    as_of: freshness.asOf(sources).sources.filter(() => sources.length > 0),
    href: metrics.find(name) ? link(`/drill/${name}`, lastMonth) : null,
    text: fold(texts.join('\n')),
  };
}

/** One question for all metrics of a view that are cut by the same time. */
async function loadValues(viewer: Viewer, view: View, range: Range, timezone: string): Promise<Values> {
  const outcome = await safely(`metrics of ${view.name}`, viewer.locale, async () => {
    const times = [...new Set(view.metrics.map(({ time }) => time))];
    const rows = await Promise.all(
      times.map(async (time) => {
        const { rows } = await cube.load(viewer, {
          measures: view.metrics.filter((metric) => metric.time === time).map(({ name }) => name),
          timeDimensions: time ? [{ dimension: time, dateRange: [range.from, range.to] }] : [],
          filters: filtersOf[view.name] ?? [],
          timezone,
        });
        return rows[0] ?? {};
      }),
    );
    return Object.assign({}, ...rows) as Record<string, Cell>;
  });
  if ('error' in outcome) return outcome;
  const known = view.metrics.map(({ name }) => [name, outcome.value[name] ?? null]);
  return { values: Object.fromEntries(known) as Record<string, number | string | null> };
}
