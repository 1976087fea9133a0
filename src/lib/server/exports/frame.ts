import { formatMoment, formatRange } from '../../dates.ts';
import type { AsOf, Comparison, Locale, PageFilter, Period } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Viewer } from '../../viewer.ts';

/** What a file says about where its figures come from. */
export type Frame = {
  title: string;
  locale: Locale;
  currency: string;
  timezone: string;
  as_of: AsOf;
  period: Period;
  comparison: Comparison | null;
  filters: PageFilter[];
  /** what a drill page was narrowed to beside the filters */
  steps: { title: string; label: string }[];
};

export type Fact = [title: string, text: string];

/** Period, filters, freshness and whose rows these are, in the reader's words. */
export function factsOf(frame: Frame, viewer: Viewer, now: Date = new Date()): Fact[] {
  const { locale, timezone, comparison } = frame;
  const say = { locale };
  const moment = (iso: string | null) => formatMoment(iso, locale, timezone);
  return [
    [m.exports_fact_page({}, say), frame.title],
    [m.exports_fact_period({}, say), periodOf(frame)],
    ...(comparison ? [[m.exports_fact_comparison({}, say), comparison.label] as Fact] : []),
    ...narrowingOf(frame),
    ...frame.as_of.sources.map(({ source, at, is_stale }): Fact => [
      `${m.exports_fact_as_of({}, say)}: ${source}`,
      is_stale ? `${moment(at)}, ${m.as_of_stale({}, say)}` : moment(at),
    ]),
    [m.exports_fact_timezone({}, say), timezone],
    [m.exports_fact_rights({}, say), rightsOf(viewer)],
    [
      m.exports_fact_made({}, say),
      `${formatMoment(now.toISOString(), locale, timezone)}, ${viewer.name || viewer.email}`,
    ],
  ];
}

export function periodOf({ period, locale }: Pick<Frame, 'period' | 'locale'>): string {
  if (!period.from || !period.to) return period.label;
  const range = formatRange({ from: period.from, to: period.to }, locale);
  return range === period.label ? range : `${period.label} (${range})`;
}

/** Filters and steps, one fact each. */
export function narrowingOf({ filters, steps }: Pick<Frame, 'filters' | 'steps'>): Fact[] {
  return [
    ...filters.map(({ title, labels }): Fact => [title, labels.join(', ')]),
    ...steps.map(({ title, label }): Fact => [title, label]),
  ];
}

function rightsOf({ access, locale }: Viewer): string {
  const says = { company: m.exports_rights_company, team: m.exports_rights_team, own: m.exports_rights_own };
  return says[access]({}, { locale });
}
