import { fileHref, scheduleHref } from '#lib/exports.ts';
import { entryKinds, type Entry, type EntryKind, type Found } from '#lib/palette.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { places } from '#lib/places.ts';
import { themeCookie, type Theme } from '#lib/theme.ts';

export type Command = Omit<Entry, 'href'> & { href: string | null; run: (() => void) | null };
export type Group = { kind: EntryKind | 'recent'; title: string; commands: Command[] };

export const groupTitles: Record<EntryKind | 'recent', () => string> = {
  recent: m.palette_recent,
  page: m.palette_pages,
  action: m.palette_actions,
  metric: m.palette_metrics,
  view: m.palette_views,
  person: m.palette_people,
  customer: m.palette_customers,
  source: m.palette_sources,
};

/** What a page is called in the other language finds it too. */
export function pages(isCompany: boolean): Command[] {
  return places
    .filter((place) => isCompany || !place.isForCompany)
    .map(({ href, title, key }) => ({
      id: `page ${href}`,
      kind: 'page',
      title: title(),
      also: both(title),
      note: `g ${key}`,
      href,
      run: null,
    }));
}

type Helpers = { canPrint: boolean; copyLink: () => void; showShortcuts: () => void };

export function actions(url: URL, { canPrint, copyLink, showShortcuts }: Helpers): Command[] {
  const act = (id: string, say: Say, run: () => void): Command => ({
    id: `action ${id}`,
    kind: 'action',
    title: say(),
    also: both(say),
    note: '',
    href: null,
    run,
  });
  const file = (form: 'xlsx' | 'pdf', say: Say) => {
    const href = fileHref(url, form);
    return href ? [act(form, say, () => download(href))] : [];
  };
  const schedule = scheduleHref(url);
  return [
    ...(schedule ? [act('schedule', m.schedules_send, () => location.assign(schedule))] : []),
    act('link', m.views_copy_page, copyLink),
    ...file('xlsx', m.exports_xlsx_page),
    ...(canPrint ? file('pdf', m.exports_pdf) : []),
    act('language', m.palette_language, () => speak(getLocale() === 'ru' ? 'en' : 'ru', url)),
    act('light', m.palette_theme_light, () => look('light')),
    act('dark', m.palette_theme_dark, () => look('dark')),
    act('system', m.palette_theme_system, () => look('system')),
    act('shortcuts', m.shortcuts_title, showShortcuts),
  ];
}

type Say = (inputs?: Record<string, never>, options?: { locale?: 'ru' | 'en' }) => string;

const both = (say: Say) => `${say({}, { locale: 'ru' })} ${say({}, { locale: 'en' })}`;

/** The same plain form as in the menu. */
function speak(locale: string, url: URL): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/preferences';
  for (const [name, value] of Object.entries({ locale, back: url.pathname + url.search })) {
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function look(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=31536000; samesite=lax`;
}

function download(href: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = '';
  link.click();
}

export async function ask(): Promise<Found> {
  const answer = await fetch('/palette');
  if (!answer.ok) throw new Error(`The palette answered ${answer.status}`);
  return (await answer.json()) as Found;
}

export async function askCustomers(text: string, signal: AbortSignal): Promise<Entry[]> {
  const answer = await fetch(`/palette?${new URLSearchParams({ q: text })}`, { signal });
  return answer.ok ? ((await answer.json()) as Entry[]) : [];
}

export const toCommand = (entry: Entry): Command => ({ ...entry, run: null });

/** Commands under the headings of their kinds, the kinds in their fixed order, best first within each. */
export function group(commands: Command[], most: number): Group[] {
  return entryKinds
    .map((kind) => ({
      kind,
      title: groupTitles[kind](),
      commands: commands.filter((one) => one.kind === kind).slice(0, most),
    }))
    .filter((one) => one.commands.length > 0);
}

const memory = 'pulse_recent';
const remembered = 5;

export function recents(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(memory) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  try {
    const ids = [id, ...recents().filter((one) => one !== id)].slice(0, remembered);
    localStorage.setItem(memory, JSON.stringify(ids));
  } catch {
    // a browser that keeps nothing simply shows no recents
  }
}
