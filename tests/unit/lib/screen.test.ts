import { expect, test } from 'vitest';
import { printScreen, readScreen } from '#lib/screen.ts';

const phone = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36';

test.each([
  ['768x753', '', '768x753'],
  ['1x1', '', '280x280'],
  ['99999x99999', '', '3840x3840'],
  ['768x9000', '', '768x768'],
  [undefined, phone, '390x390'],
  [undefined, '', '1440x1425'],
  ['wide', '', '1440x1425'],
  ['-5x10', '', '1440x1425'],
  ['100x1e9', phone, '390x390'],
])('%s of %s', (cookie, agent, expected) => {
  expect(printScreen(readScreen(cookie, agent))).toBe(expected);
});
