import { m } from './paraglide/messages.js';

/** A page that people go to by name: in the palette, and by `g` and its key. */
export type Place = { href: string; key: string; title: () => string; isForCompany?: true };

export const places: Place[] = [
  { href: '/', key: 'h', title: m.home_title },
  { href: '/incidents', key: 'i', title: m.incidents_title },
  { href: '/marketing', key: 'k', title: m.marketing_title },
  { href: '/sales', key: 's', title: m.sales_title },
  { href: '/managers', key: 'm', title: m.managers_title },
  { href: '/customers', key: 'c', title: m.customers_title },
  { href: '/service', key: 'e', title: m.service_title },
  { href: '/explore', key: 'x', title: m.explore_title },
  { href: '/metrics', key: 't', title: m.nav_all_metrics },
  { href: '/views', key: 'v', title: m.views_title },
  { href: '/reports', key: 'r', title: m.schedules_title },
  { href: '/data', key: 'd', title: m.data_title, isForCompany: true },
  { href: '/settings', key: 'n', title: m.settings_title },
];
