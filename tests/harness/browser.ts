import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findBrowser } from '../../src/cli/browser.ts';

/** A real Chromium; its absence is a failure with a way out, not a skip. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (!executablePath)
    throw new Error(
      'No Chromium: install one ("npx playwright install chromium") or set CHROMIUM to its path',
    );
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
