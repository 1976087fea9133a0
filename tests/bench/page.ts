import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import type { Company } from './company.ts';
import { median, ms, p95 } from './measure.ts';
import type { Bench, Table } from './subject.ts';
import { signIn } from './visitor.ts';

const paths = ['/', '/marketing', '/sales'];
const turns = 7;
export type Visit = { ttfb: number; lcp: number; tbt: number; cls: number; charts: number; script: number };

/** Pages as Chromium shows them: a first visit of a browser that has kept nothing, and a click on a filter. */
export async function measure(bench: Bench): Promise<Table[]> {
  const company = await bench.company();
  const browser = await openBrowser();
  try {
    const rows = [];
    for (const path of paths) {
      bench.log(`Chromium at ${path}`);
      rows.push(await readVisits(browser, company, path));
    }
    return [
      {
        title: 'A page in Chromium',
        about: `Median of ${turns} visits with an empty browser cache, 1440 × 900, the data known to the app: milliseconds to the first byte, the largest paint, all charts drawn; time blocked by long tasks; shift of the layout; script before the first chart as it came over the wire. Goals: LCP 800, blocked 100, shift 0, script 200.`,
        rows,
      },
      {
        title: 'A click on a filter',
        about:
          'Milliseconds from the click that takes a manager off the filters to the frame with the repainted charts, without any animation after it. Goal: 200.',
        rows: [await readClicks(browser, company)],
      },
    ];
  } finally {
    await browser.close();
  }
}

export async function open(browser: Browser, company: Company): Promise<BrowserContext> {
  const { origin } = new URL(company.stack.address);
  const visitor = await signIn(company);
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  await context.addCookies(
    visitor.cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin };
    }),
  );
  await visitor.close();
  return context;
}

async function readVisits(browser: Browser, company: Company, path: string) {
  const visits: Visit[] = [];
  // the first one only makes the data known
  for (let turn = 0; turn <= turns; turn++) {
    const context = await open(browser, company);
    const visit = await readVisit(await context.newPage(), path);
    if (turn > 0) visits.push(visit);
    await context.close();
  }
  const of = (key: keyof Visit) => median(visits.map((visit) => visit[key]));
  return {
    page: path,
    'first byte': ms(of('ttfb')),
    'largest paint': ms(of('lcp')),
    'all charts': ms(of('charts')),
    blocked: ms(of('tbt')),
    shift: of('cls').toFixed(3),
    'KB of script': (of('script') / 1000).toFixed(0),
  };
}

/** How a drawn chart is found, and how many there will be: those of another selector, or a number. */
export type Drawn = { chart: string; all: string | number };
const ours: Drawn = { chart: '[data-chart][data-ready]', all: '[data-chart]' };

// What runs in the page has been through a compiler that notes the names of functions by this.
const named = { content: 'globalThis.__name = (one) => one' };

type Seen = { lcp: number; cls: number; tbt: number };

export async function readVisit(page: Page, path: string, drawn: Drawn = ours): Promise<Visit> {
  let script = 0;
  let isDrawn = false;
  const session = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId) && !isDrawn) script += encodedDataLength;
  });
  await page.addInitScript(named);
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, tbt: 0 };
    Object.assign(window, { seen });
    const watch = (type: string, note: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
    watch('longtask', (entry) => (seen.tbt += Math.max(0, entry.duration - 50)));
    watch('layout-shift', (entry) => (seen.cls += (entry as PerformanceEntry & { value: number }).value));
  });
  await page.goto(path);
  // a page may have no chart of the library's
  await page.waitForFunction(
    ({ chart, all }) =>
      document.querySelector(chart) !== null ||
      (typeof all === 'string' && document.querySelector(all) === null),
    drawn,
  );
  isDrawn = true;
  await page.waitForFunction(({ chart, all }) => {
    const count = (selector: string) => document.querySelectorAll(selector).length;
    return count(chart) >= (typeof all === 'number' ? all : count(all));
  }, drawn);
  const charts = await page.evaluate(() => performance.now());
  await page.waitForLoadState('networkidle');
  const { seen, ttfb } = await page.evaluate(() => ({
    seen: (window as unknown as { seen: Seen }).seen,
    ttfb: (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).responseStart,
  }));
  return { ...seen, ttfb, charts, script };
}

async function readClicks(browser: Browser, company: Company) {
  const context = await open(browser, company);
  const page = await context.newPage();
  await page.addInitScript(named);
  const known: number[] = [];
  const fresh: number[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    // the month as a whole is known after the first turn; two managers less one is new each time
    const period = 'from=2026-10-01&to=2026-10-31';
    const one = await click(page, `/?${period}&manager=Employee+${turn + 1}`);
    const two = await click(page, `/?${period}&manager=Employee+${turn + 1}&manager=Employee+${turn + 60}`);
    if (turn > 0) {
      known.push(one);
      fresh.push(two);
    }
  }
  await context.close();
  return {
    'known before, median': ms(median(known)),
    'known before, p95': ms(p95(known)),
    'new, median': ms(median(fresh)),
    'new, p95': ms(p95(fresh)),
  };
}

async function click(page: Page, path: string): Promise<number> {
  await page.goto(path);
  await page.waitForFunction(() => document.querySelectorAll('[data-chart]:not([data-ready])').length === 0);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    const chip = document.querySelector<HTMLAnchorElement>('.chip a');
    const took = new Promise<number>((done) => {
      chip?.addEventListener('click', () => {
        const began = performance.now();
        const left = new Set(document.querySelectorAll('[data-chart]'));
        const value = () => document.querySelector('[data-value]')?.getAttribute('data-value');
        const old = value();
        new MutationObserver((changes) => {
          for (const { target } of changes)
            for (const chart of left) if (chart.contains(target)) left.delete(chart);
          const isAnew = left.size < 2 && value() !== old;
          if (isAnew) requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      });
    });
    Object.assign(window, { took });
  });
  await page.locator('.chip a').first().click();
  return page.evaluate(() => (window as unknown as { took: Promise<number> }).took);
}
