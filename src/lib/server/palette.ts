import type { Entry, Found } from '../palette.ts';
import { find } from '../metrics.ts';
import { m } from '../paraglide/messages.js';
import { defaults, link, type FilterKey } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import * as cards from './cards.ts';
import * as catalogue from './catalogue.ts';
import * as cube from './cube.ts';
import { read as readFreshness } from './freshness.ts';
import { log } from './log.ts';
import * as options from './options.ts';
import * as views from './views.ts';

const mostPeople = 500;
const mostCustomers = 8;
const longest = 80;

/** What this viewer can go to by name: names come through the same rights as figures. */
export async function list(viewer: Viewer): Promise<Found> {
  const parts = await Promise.allSettled([
    metrics(viewer),
    saved(viewer),
    people(viewer, 'manager', m.palette_manager({}, viewer)),
    people(viewer, 'team', m.palette_team({}, viewer)),
    sources(viewer),
  ]);
  for (const part of parts)
    if (part.status === 'rejected') log.warn({ err: part.reason as unknown }, 'The palette lacks a part');
  return {
    entries: parts.flatMap((part) => (part.status === 'fulfilled' ? part.value : [])),
    isIncomplete: parts.some(({ status }) => status === 'rejected'),
  };
}

/** Customers whose name has the text, those with most deals first. */
export async function customers(viewer: Viewer, text: string): Promise<Entry[]> {
  const wanted = text.trim().slice(0, longest);
  if (wanted.length < 2) return [];
  const member = 'sales.customer';
  const { rows } = await cube.load(viewer, {
    measures: ['sales.deals'],
    dimensions: [member, 'sales.customer_key'],
    filters: [{ member, operator: 'contains', values: [wanted] }],
    order: [
      ['sales.deals', 'desc'],
      [member, 'asc'],
    ],
    limit: mostCustomers,
  });
  const toCard = await cards.read(viewer, rows, 'sales.customer_key');
  return rows.flatMap((row) => {
    const key = row['sales.customer_key'];
    const href = toCard(key, row[member]);
    const title = String(row[member] ?? '');
    return href
      ? [
          {
            id: `customer ${String(key)}`,
            kind: 'customer',
            title,
            also: '',
            note: m.palette_customer({}, viewer),
            href,
          },
        ]
      : [];
  });
}

async function metrics({ locale }: Viewer): Promise<Entry[]> {
  const { views: all } = await catalogue.read();
  return all.flatMap((view) =>
    view.metrics.map(({ name, title }) => ({
      id: `metric ${name}`,
      kind: 'metric' as const,
      title: title[locale],
      also: [...Object.values(title), name].join(' '),
      note: view.title[locale],
      href: find(name) ? `/drill/${name}` : `/metrics#${name}`,
    })),
  );
}

async function saved(viewer: Viewer): Promise<Entry[]> {
  const all = await views.list(viewer);
  return all.map(({ id, title, href, owner, is_own }) => ({
    id: `view ${id}`,
    kind: 'view',
    title,
    also: '',
    note: is_own ? '' : owner,
    href,
  }));
}

async function people(viewer: Viewer, key: FilterKey, note: string): Promise<Entry[]> {
  const names = await options.list(viewer, key);
  return names.slice(0, mostPeople).map((name) => ({
    id: `${key} ${name}`,
    kind: 'person',
    title: name,
    also: '',
    note,
    href: link('/managers', { ...defaults, filters: { [key]: [name] } }),
  }));
}

/** Pages about loading are for those who see the whole company. */
async function sources({ access }: Viewer): Promise<Entry[]> {
  if (access !== 'company') return [];
  const { sources: all } = (await readFreshness()).asOf();
  return all.map(({ source }) => ({
    id: `source ${source}`,
    kind: 'source',
    title: source,
    also: '',
    note: '',
    href: `/data/${encodeURIComponent(source)}`,
  }));
}
