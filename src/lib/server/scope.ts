import { formatRange } from '../dates.ts';
import type { Style } from '../format.ts';
import type { Comparison, Notice, PageFilter, Period } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { compareWith, resolve, todayIn, type Range } from '../period.ts';
import { filterKeys, mostValues, type Dropped, type FilterKey, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { dimensionTitle, periodTitle, valueTitle } from '../words.ts';
import * as catalogue from './catalogue.ts';
import { read as readFreshness, type Freshness } from './freshness.ts';
import { log } from './log.ts';
import * as options from './options.ts';
import { read as readSettings } from './settings.ts';

/** Everything the parts of a page agree on before any of them asks for a figure. */
export type Scope = {
  viewer: Viewer;
  state: State;
  style: Style;
  timezone: string;
  today: string;
  range: Range | null;
  comparison: Comparison | null;
  period: Period;
  filters: PageFilter[];
  notices: Notice[];
  freshness: Freshness;
};

export async function settle(viewer: Viewer, asked: State, dropped: Dropped[] = []): Promise<Scope> {
  const { locale } = viewer;
  // Titles, units and formulas come from the model: every part of the page needs them.
  const [, settings, freshness, checked] = await Promise.all([
    catalogue.read(),
    readSettings(),
    readFreshness(),
    checkFilters(viewer, asked),
  ]);
  const { state, notices } = checked;
  const today = todayIn(settings.timezone);
  const range = resolve(state.period, today);
  return {
    viewer,
    state,
    style: { locale, currency: settings.currency },
    timezone: settings.timezone,
    today,
    range,
    comparison: comparisonOf(state, today, viewer),
    period: periodOf(state, range, viewer),
    filters: filtersOf(state, viewer),
    notices: [...dropped.map((one) => noticeOf(one, viewer)), ...notices],
    freshness,
  };
}

function periodOf({ period }: State, range: Range | null, { locale }: Viewer): Period {
  if (!range) return { from: null, to: null, label: periodTitle('all', locale), days: '' };
  const days = formatRange(range, locale);
  return 'preset' in period
    ? { ...range, label: periodTitle(period.preset, locale), days }
    : { ...range, label: days, days: '' };
}

function comparisonOf(state: State, today: string, { locale }: Viewer): Comparison | null {
  const { compare } = state;
  const range = compareWith(state.period, compare, today);
  return range && compare !== 'none' ? { kind: compare, ...range, label: formatRange(range, locale) } : null;
}

function filtersOf({ filters }: State, { locale }: Viewer): PageFilter[] {
  return filterKeys.flatMap((key) => {
    const values = filters[key];
    if (!values?.length) return [];
    const labels = values.map((value) => valueTitle(key, value, locale));
    return [{ key, title: dimensionTitle(key, locale), values, labels }];
  });
}

/** A value nobody has, or that this viewer may not see, would leave an empty page without a word. */
async function checkFilters(viewer: Viewer, asked: State): Promise<{ state: State; notices: Notice[] }> {
  const state: State = { ...asked, filters: { ...asked.filters } };
  const notices: Notice[] = [];
  const used = filterKeys.filter((key) => asked.filters[key]?.length);
  await Promise.all(
    used.map(async (key) => {
      const values = asked.filters[key] ?? [];
      const known = await knownValues(viewer, key, values);
      if (!known) return;
      const kept = values.filter((value) => known.has(value));
      if (kept.length) state.filters[key] = kept;
      else delete state.filters[key];
      const title = dimensionTitle(key, viewer.locale);
      for (const value of values.filter((one) => !known.has(one))) {
        const text = m.notice_no_such_value({ title, value }, { locale: viewer.locale });
        notices.push({ code: 'no_such_value', text });
      }
    }),
  );
  return { state, notices };
}

async function knownValues(viewer: Viewer, key: FilterKey, values: string[]): Promise<Set<string> | null> {
  try {
    return await options.known(viewer, key, values);
  } catch (error) {
    // The tiles will say that figures cannot be reached; to drop the filter on top would only confuse.
    log.warn({ err: error, key }, 'Filter values cannot be checked');
    return null;
  }
}

function noticeOf({ key, value, reason }: Dropped, { locale }: Viewer): Notice {
  const texts = {
    unknown: () => m.notice_unknown({ key }, { locale }),
    invalid: () => m.notice_invalid({ key, value }, { locale }),
    many: () => m.notice_many({ title: dimensionTitle(key, locale), most: mostValues }, { locale }),
  };
  return { code: `dropped_${reason}`, text: texts[reason]() };
}
