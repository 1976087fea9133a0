import { warehouse } from './warehouse.ts';

/** `contact_days` is after how many days without contact a customer of a segment is neglected; `load` is how many customers in work are neither too few nor too many for one manager. */
export type Settings = {
  timezone: string;
  currency: string;
  load: { from: number; to: number };
  contact_days: Record<string, number>;
  /** by source and entity, the address of a record with {id} in place of its id */
  record_urls: Record<string, Record<string, string>>;
};

const patience = 5_000;
let known: { at: number; settings: Promise<Settings> } | null = null;

/** What the last load wrote down; before any load the figures are empty and so is the choice. */
export function read(): Promise<Settings> {
  if (known && Date.now() - known.at < patience) return known.settings;
  const settings = load();
  known = { at: Date.now(), settings };
  settings.catch(() => (known = null));
  return settings;
}

async function load(): Promise<Settings> {
  const rows = await warehouse()<{ key: string; value: unknown }>('core.settings').select('key', 'value');
  const values = new Map(rows.map(({ key, value }) => [key, value]));
  const text = (key: string, fallback: string) => {
    const value = values.get(key);
    return typeof value === 'string' ? value : fallback;
  };
  const band = values.get('limits.active_customers');
  const [from, to] = Array.isArray(band) && band.length === 2 ? band.map(Number) : [];
  const rules = values.get('limits.contact_days');
  const contact_days = rules && typeof rules === 'object' ? (rules as Record<string, number>) : {};
  const record_urls = (values.get('record_urls') ?? {}) as Settings['record_urls'];
  const load = { from: from ?? 50, to: to ?? 100 };
  return {
    timezone: text('reporting.timezone', 'UTC'),
    currency: text('reporting.currency', 'USD'),
    load,
    contact_days,
    record_urls,
  };
}
