import type { Locale } from '../page.ts';
import { actions, type Action } from './audit.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

/** One thing that somebody did; `details` are words and numbers, never a secret. */
export type Deed = {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string | null;
  details: [string, string][];
  address: string | null;
};

export type Search = { action: Action | null; who: string; from: string | null; to: string | null };
export type TrailPage = {
  locale: Locale;
  timezone: string;
  search: Search;
  deeds: Deed[];
  page: number;
  pages: number;
  count: number;
};

const pageSize = 50;

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** What the form asks for; what it cannot mean is left out. */
export function readSearch(query: URLSearchParams): Search {
  const day = (name: string) => (isDay(query.get(name) ?? '') ? query.get(name) : null);
  return {
    action: actions.find((one) => one === query.get('action')) ?? null,
    who: (query.get('who') ?? '').replaceAll('\0', '').trim().slice(0, 200),
    from: day('from'),
    to: day('to'),
  };
}

type Row = Omit<Deed, 'at' | 'details'> & { at: Date; details: Record<string, unknown> };

/** Who did what, the latest first; days are those of the company's clock, both of them included. */
export async function load(locale: Locale, query: URLSearchParams): Promise<TrailPage> {
  const { timezone } = await readSettings();
  const search = readSearch(query);
  const like = `%${search.who.replace(/[\\%_]/g, '\\$&')}%`;
  const found = warehouse()('app.audit').where((where) => {
    if (search.action) void where.where('action', search.action);
    if (search.who) void where.where((or) => or.whereILike('actor', like).orWhereILike('subject', like));
    if (search.from) void where.whereRaw('at >= ?::date::timestamp at time zone ?', [search.from, timezone]);
    if (search.to) void where.whereRaw('at < (?::date + 1)::timestamp at time zone ?', [search.to, timezone]);
  });
  const [counted] = await found.clone().count<{ count: number }[]>({ count: '*' });
  const count = Number(counted?.count ?? 0);
  const pages = Math.max(1, Math.ceil(count / pageSize));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(query.get('page'))) || 1));
  const rows = await found
    .select<Row[]>('id', 'at', 'actor', 'action', 'subject', 'details', { address: 'ip_address' })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(pageSize)
    .offset((page - 1) * pageSize);
  return { locale, timezone, search, deeds: rows.map(describe), page, pages, count };
}

function describe({ at, details, ...row }: Row): Deed {
  const words = Object.entries(details).map(([key, value]): [string, string] => [
    key,
    (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 300),
  ]);
  return { ...row, at: at.toISOString(), details: words };
}
