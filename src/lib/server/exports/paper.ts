import type { Browser, BrowserContext } from 'playwright-core';
import { formatMoment } from '../../dates.ts';
import { m } from '../../paraglide/messages.js';
import { sheet as screen } from '../../screen.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { log } from '../log.ts';
import { settle } from '../scope.ts';
import { findBrowser } from './browser.ts';
import { fileName } from './names.ts';
import { issue, passHeader } from './pass.ts';
import { withBrowser } from './press.ts';

/** Nobody can print here: there is no Chromium. */
export class NoBrowser extends Error {
  override name = 'NoBrowser';
}

/** Others are printing, or it took too long: a later try may succeed. */
export class Busy extends Error {
  override name = 'Busy';
}

const patience = 60_000;
const mostWaiting = 4;
/** A4 with these margins and scale lays the page out as on a screen of about 1000 pixels. */
const sheet = {
  format: 'A4',
  scale: 0.7,
  margin: { top: '12mm', right: '11mm', bottom: '16mm', left: '11mm' },
};
const layout = { width: screen.window, height: 1400 };

let known: Promise<boolean> | null = null;

/** Whether a PDF can be made at all. */
export function canPrint(): Promise<boolean> {
  return (known ??= findBrowser().then((path) => path !== null));
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * The page as the viewer sees it, on paper: its text can be selected, its pages are numbered. One at a time, each
 * in a profile of its own that knows nothing of the others.
 * @param page the page's name, as in `pageOf`
 * @param address where the app listens
 * @throws NoBrowser, Busy
 */
export async function print(viewer: Viewer, page: string, query: string, address: string) {
  if (!(await canPrint())) throw new NoBrowser('There is no Chromium to print with');
  if (waiting >= mostWaiting) throw new Busy('Too many are printing');
  waiting++;
  const mine = last.then(() => run(viewer, page, query, address));
  last = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    waiting--;
  }
}

async function run(viewer: Viewer, page: string, query: string, address: string) {
  try {
    const { period, timezone } = await settle(viewer, parse(new URLSearchParams(query)).state);
    const { pdf, title } = await withBrowser(
      (browser) => printWith(browser, { viewer, timezone }, pathOf(page, query), address),
      patience,
    );
    return { body: pdf, name: fileName({ title, period }, '', 'pdf') };
  } catch (error) {
    log.warn({ err: error, page }, 'A page could not be printed');
    throw new Busy('The page could not be printed', { cause: error });
  }
}

/** A state is always said: a bare `/` may be somebody's home, which is another page. */
function pathOf(page: string, query: string): string {
  return `/${page === 'home' ? '' : page}?${query || 'period=this_month'}`;
}

type Reader = { viewer: Viewer; timezone: string };

async function printWith(browser: Browser, reader: Reader, path: string, address: string) {
  const { locale } = reader.viewer;
  // all that is printed stands in the HTML
  const settings = { viewport: layout, locale, colorScheme: 'light', javaScriptEnabled: false } as const;
  const context = await browser.newContext(settings);
  try {
    return await printIn(context, reader, new URL(path, address));
  } finally {
    void context.close().catch(() => undefined);
  }
}

async function printIn(context: BrowserContext, reader: Reader, url: URL) {
  const tab = await context.newPage();
  const pass = issue(reader.viewer, url.pathname + url.search);
  // Only the page itself is opened by the pass, only this address is asked at all, and no cookie is ever there.
  await context.route('**/*', (route) => {
    const request = route.request();
    const asked = new URL(request.url());
    if (asked.origin !== url.origin || request.resourceType() === 'script') return route.abort();
    const headers = request.headers();
    return request.isNavigationRequest() && asked.href === url.href
      ? route.continue({ headers: { ...headers, [passHeader]: pass } })
      : route.continue();
  });
  const answer = await tab.goto(url.href, { waitUntil: 'load' });
  if (answer?.status() !== 200) throw new Error(`The page to print answered ${answer?.status()}`);
  // Whoever may not see it is led elsewhere, and that page answers as well as any.
  if (tab.url() !== url.href) throw new Error(`The page to print led to ${new URL(tab.url()).pathname}`);
  await tab.emulateMedia({ media: 'print' });
  const title = (await tab.title()).split(' · ').slice(0, -1).join(' · ');
  const pdf = await tab.pdf({
    ...sheet,
    printBackground: true,
    tagged: true,
    outline: true,
    displayHeaderFooter: true,
    headerTemplate: '<span></span>',
    footerTemplate: footer(title, reader),
  });
  return { pdf, title: title.split(' · ')[0] ?? '' };
}

function footer(title: string, { viewer: { locale, name, email }, timezone }: Reader): string {
  const made = formatMoment(new Date().toISOString(), locale, timezone);
  const who = m.exports_paper_made({ moment: made, name: name || email }, { locale });
  const numbers = m.exports_paper_page(
    { page: '<span class="pageNumber"></span>', pages: '<span class="totalPages"></span>' },
    { locale },
  );
  return `<div style="width:100%;margin:0 11mm;display:flex;gap:12px;justify-content:space-between;font:7.5px system-ui,sans-serif;color:#566477"><span>${escape(title)}</span><span>${escape(who)}</span><span style="white-space:nowrap">${numbers}</span></div>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
