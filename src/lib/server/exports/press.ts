import type { Browser } from 'playwright-core';
import { findBrowser } from './browser.ts';

/** Milliseconds without a print after which the browser ends, and prints after which another one follows it. */
const idle = 120_000;
const mostPrints = 50;

type Press = { browser: Promise<Browser>; prints: number };

let kept: Press | null = null;
let resting: NodeJS.Timeout | undefined;

/**
 * Does the work with a browser that is kept for the next print, as starting one takes longer than printing. It ends
 * with this process, when it rests for long, and after work that failed or took too long, so that a leak or a hang costs no
 * more than one print.
 */
export async function withBrowser<Result>(
  work: (browser: Browser) => Promise<Result>,
  patience: number,
): Promise<Result> {
  clearTimeout(resting);
  const press = (kept ??= start());
  press.prints++;
  const late = setTimeout(() => end(press), patience);
  try {
    const result = await work(await press.browser);
    if (press.prints >= mostPrints) end(press);
    return result;
  } catch (error) {
    end(press);
    throw error;
  } finally {
    clearTimeout(late);
    resting = setTimeout(() => kept && end(kept), idle).unref();
  }
}

function start(): Press {
  const browser = launch();
  const press = { browser, prints: 0 };
  const forget = () => kept === press && (kept = null);
  browser.then((one) => one.once('disconnected', forget), forget);
  return press;
}

async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: (await findBrowser()) ?? '',
    args: ['--disable-dev-shm-usage', '--disable-gpu', '--js-flags=--max-old-space-size=512'],
  });
}

function end(press: Press): void {
  if (kept === press) kept = null;
  void press.browser.then((browser) => browser.close()).catch(() => undefined);
}
