import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium to drive: CHROMIUM, the system's, or the one playwright downloaded. */
export function findBrowser(): string | null {
  const given = process.env.CHROMIUM;
  if (given) return existsSync(given) ? given : null;
  return [...KNOWN, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}
