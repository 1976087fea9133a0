import { existsSync } from 'node:fs';

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium to drive: CHROMIUM, the system's, or the one playwright downloaded. */
export async function findBrowser(): Promise<string | null> {
  const given = process.env.CHROMIUM;
  if (given) return existsSync(given) ? given : null;
  const found = KNOWN.find((path) => existsSync(path));
  if (found) return found;
  // the largest library of all is read by those alone who need it
  const { chromium } = await import('playwright-core');
  const downloaded = chromium.executablePath();
  return existsSync(downloaded) ? downloaded : null;
}
