import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { withBrowser } from '../../src/lib/server/exports/press.ts';

const patience = 60_000;
const open = () => withBrowser((browser) => Promise.resolve(browser), patience);

test('one browser prints again and again; another follows one that died, failed or hung', async () => {
  const first = await open();
  expect(await open()).toBe(first);

  await first.close();
  const second = await open();
  expect(second.isConnected()).toBe(true);

  await expect(withBrowser(() => Promise.reject(new Error('no page')), patience)).rejects.toThrow('no page');
  const third = await open();
  expect([third === second, third.isConnected()]).toEqual([false, true]);

  const hang = async (browser: Browser) => {
    const tab = await browser.newPage();
    return tab.evaluate('new Promise(() => {})');
  };
  await expect(withBrowser(hang, 500)).rejects.toThrow(/closed/);
  const last = await open();
  expect([last === third, last.isConnected()]).toEqual([false, true]);
  await last.close();
}, 120_000);
