import { formatRange } from '../dates.ts';
import { timeDimension } from '../explore.ts';
import { m } from '../paraglide/messages.js';
import { filterKeys, parse } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { dimensionTitle, metricTitle, periodTitle, valueTitle } from '../words.ts';

type Reader = Pick<Viewer, 'locale'>;

/** @param page its own name, as in `pageOf` */
export function pageTitle(page: string, { locale }: Reader): string {
  const say = { locale };
  const [, metric] = /^drill\/(.+)$/.exec(page) ?? [];
  if (metric) return metricTitle(metric, locale);
  const titles: Record<string, () => string> = {
    home: () => m.home_title({}, say),
    marketing: () => m.marketing_title({}, say),
    sales: () => m.sales_title({}, say),
    managers: () => m.managers_title({}, say),
    customers: () => m.customers_title({}, say),
    service: () => m.service_title({}, say),
    explore: () => m.explore_title({}, say),
  };
  return titles[page]?.() ?? page;
}

/** What the page of questions asks, e.g. "Revenue, margin: team"; empty for any other page. */
export function questionOf(page: string, state: string, { locale }: Reader): string {
  if (page !== 'explore') return '';
  const { pick, by } = parse(new URLSearchParams(state)).state;
  const cuts = [...(by?.split(',') ?? []), ...(pick.across === null ? [] : [pick.across])].map((name) =>
    name === timeDimension ? m.explore_time({}, { locale }) : dimensionTitle(name, locale),
  );
  const names = pick.show.map((name) => metricTitle(name, locale)).join(', ');
  return names && cuts.length ? `${names}: ${cuts.join(' × ').toLocaleLowerCase(locale)}` : names;
}

/** A page in words, and what it is asked and narrowed to. */
export function describe(page: string, state: string, { locale }: Reader): { name: string; about: string } {
  const { period, filters } = parse(new URLSearchParams(state)).state;
  const chosen = filterKeys.flatMap((key) => {
    const labels = filters[key]?.map((value) => valueTitle(key, value, locale)) ?? [];
    return labels.length ? [`${dimensionTitle(key, locale)}: ${labels.join(', ')}`] : [];
  });
  const days = 'preset' in period ? periodTitle(period.preset, locale) : formatRange(period, locale);
  const about = [questionOf(page, state, { locale }), days, ...chosen].filter(Boolean).join(' · ');
  return { name: pageTitle(page, { locale }), about };
}
