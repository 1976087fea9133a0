import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forget, remember } from '../../../../src/lib/server/remembered.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const request = () => new Request('http://localhost/', { headers: { 'accept-encoding': 'gzip' } });
let made = 0;
const make = () => new Response(`page ${(made += 1)}`, { headers: { 'content-type': 'text/html' } });
const ask = async (name: string, how: () => Response | Promise<Response> = make): Promise<string> => {
  const response = await remember(name, new Request('http://localhost/'), how);
  return response.text();
};
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
/** What is made beside the reader has been kept. */
const settled = () => new Promise((done) => setTimeout(done, 50));

test('a page that grows old is made anew beside its readers, an old one before them', async () => {
  made = 0;
  expect(await ask('home')).toBe('page 1');
  later(9);
  expect(await ask('home')).toBe('page 1');
  later(3);
  expect(await ask('home')).toBe('page 1');
  await settled();
  expect(await ask('home')).toBe('page 2');
  expect(made).toBe(2);
  later(21);
  expect(await ask('home')).toBe('page 3');
});

test('many readers of a page that grows old let it be made once, and none of them waits', async () => {
  made = 0;
  await ask('many');
  later(12);
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = async () => {
    await held;
    return make();
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask('many', slow)));
  expect(new Set(answers)).toEqual(new Set(['page 1']));
  release();
  await settled();
  expect(await ask('many')).toBe('page 2');
  expect(made).toBe(2);
});

test('what cannot be made anew leaves the old page till its time is over, then the fault is seen', async () => {
  made = 0;
  await ask('failing');
  const fail = () => Promise.reject(new Error('the warehouse is gone'));
  later(12);
  expect(await ask('failing', fail)).toBe('page 1');
  await settled();
  later(9);
  await expect(ask('failing', fail)).rejects.toThrow('the warehouse is gone');
});

test('what somebody has changed is seen at once', async () => {
  made = 0;
  await ask('changed');
  forget();
  expect(await ask('changed')).toBe('page 2');
  const response = await remember('changed', request(), make);
  expect(response.headers.get('content-encoding')).toBe('gzip');
});
