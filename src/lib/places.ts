import { m } from './paraglide/messages.js';

/** A page that people go to by name: in the palette, and by `g` and its key. A board shows figures of a period. */
export type Place = {
  href: string;
  key: string;
  title: () => string;
  isBoard?: true;
  isForCompany?: true;
};

export const places: Place[] = [
  { href: '/', key: 'h', title: m.home_title, isBoard: true },
  { href: '/incidents', key: 'i', title: m.incidents_title },
  { href: '/marketing', key: 'k', title: m.marketing_title, isBoard: true },
  { href: '/sales', key: 's', title: m.sales_title, isBoard: true },
  { href: '/managers', key: 'm', title: m.managers_title, isBoard: true },
  { href: '/customers', key: 'c', title: m.customers_title, isBoard: true },
  { href: '/service', key: 'e', title: m.service_title, isBoard: true },
  { href: '/explore', key: 'x', title: m.explore_title },
  { href: '/metrics', key: 't', title: m.nav_all_metrics },
  { href: '/views', key: 'v', title: m.views_title },
  { href: '/reports', key: 'r', title: m.schedules_title },
  { href: '/data', key: 'd', title: m.data_title, isForCompany: true },
  { href: '/settings', key: 'n', title: m.settings_title },
];
