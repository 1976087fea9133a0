import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import type { Company } from './company.ts';
import { median, ms, p95 } from './measure.ts';
import type { Bench, Table } from './subject.ts';
import { signIn } from './visitor.ts';

const paths = ['/', '/marketing', '/sales'];
const turns = 7;
/** Milliseconds, the share of the layout that moved, and bytes of script: those before the first chart, and all. */
export type Visit = {
  ttfb: number;
  lcp: number;
  tbt: number;
  cls: number;
  charts: number;
  before: number;
  script: number;
};

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
        about: `Median of ${turns} visits with an empty browser cache, 1440 × 900, in a window that has come to rest, the data known to the app: milliseconds to the first byte, the largest paint, the frame with all charts in their last size; time blocked by long tasks; shift of the layout; script as it came over the wire, before the first chart and in all; before it counts none where a browser that runs no script shows all charts. Goals: LCP 800, blocked 100, shift 0, script before the first chart 200.`,
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

export async function open(
  browser: Browser,
  company: Company,
  javaScriptEnabled = true,
): Promise<BrowserContext> {
  const { origin } = new URL(company.stack.address);
  const visitor = await signIn(company);
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    javaScriptEnabled,
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
  const isInHtml = await standsWithoutScript(browser, company, path);
  return {
    page: path,
    'first byte': ms(of('ttfb')),
    'largest paint': ms(of('lcp')),
    'all charts': ms(of('charts')),
    blocked: ms(of('tbt')),
    shift: of('cls').toFixed(3),
    'KB of script before': isInHtml ? '0' : (of('before') / 1000).toFixed(0),
    'KB of script': (of('script') / 1000).toFixed(0),
  };
}

/** Whether a browser that runs no script shows all charts. */
export async function standsWithoutScript(
  browser: Browser,
  company: Company,
  path: string,
): Promise<boolean> {
  const context = await open(browser, company, false);
  const page = await context.newPage();
  await page.goto(path);
  const [drawn, all] = [await page.locator(ours.chart).count(), await page.locator('[data-chart]').count()];
  await context.close();
  return drawn === all;
}

/** How a drawn chart is found, and how many there will be: those of another selector, or a number. */
export type Drawn = { chart: string; all: string | number };
const ours: Drawn = { chart: '[data-chart] > svg', all: '[data-chart]' };

// What runs in the page has been through a compiler that notes the names of functions by this.
const named = { content: 'globalThis.__name = (one) => one' };

type Seen = { lcp: number; cls: number; tbt: number; first: number; all: number };

/** What Chromium draws around a page that is new, its own toolbar first of all, takes a second of one of two cores. */
const settling = 2_000;

export async function readVisit(page: Page, path: string, drawn: Drawn = ours): Promise<Visit> {
  await page.addInitScript(named);
  await page.waitForTimeout(settling);
  await page.addInitScript(({ chart, all }) => {
    const seen = { lcp: 0, cls: 0, tbt: 0, first: 0, all: 0 };
    Object.assign(window, { seen });
    const watch = (type: string, note: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
    watch('longtask', (entry) => (seen.tbt += Math.max(0, entry.duration - 50)));
    watch('layout-shift', (entry) => (seen.cls += (entry as PerformanceEntry & { value: number }).value));
    // in its last size: a picture that is still to be drawn anew for this window is not there yet
    const fits = (one: Element) => {
      const room = one.parentElement?.clientWidth ?? 0;
      const drawn = one instanceof SVGSVGElement ? one.viewBox.baseVal.width : 0;
      return !drawn || !room || Math.abs(drawn / room - 1) < 0.02;
    };
    // the frame in which it was seen has to be painted too
    const note = (key: 'first' | 'all') =>
      requestAnimationFrame(() => setTimeout(() => (seen[key] = performance.now())));
    let noted = 0;
    const look = () => {
      const ready = [...document.querySelectorAll(chart)].filter(fits).length;
      const isLoaded = document.readyState !== 'loading';
      const wanted =
        typeof all === 'number' ? all : isLoaded ? document.querySelectorAll(all).length : Infinity;
      if (noted === 0 && (ready || wanted === 0) && ++noted) note('first');
      if (noted === 1 && ready >= wanted && ++noted) note('all');
      if (noted < 2) requestAnimationFrame(look);
    };
    look();
  }, drawn);
  await page.goto(path);
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.all > 0);
  await page.waitForLoadState('networkidle');
  return page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const scripts = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
      ({ name }) => new URL(name).pathname.endsWith('.js'),
    );
    const bytes = (till: number) =>
      scripts
        .filter(({ responseEnd }) => responseEnd <= till)
        .reduce((sum, { transferSize }) => sum + transferSize, 0);
    return {
      ttfb: visit?.responseStart ?? 0,
      lcp: seen.lcp,
      tbt: seen.tbt,
      cls: seen.cls,
      charts: Math.max(seen.all, painted),
      before: bytes(Math.max(seen.first, painted)),
      script: bytes(Infinity),
    };
  });
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
