import { expect, it } from 'vitest';
import { Shared } from '../../../../src/lib/server/shared.ts';

/** Work that ends only when it is told to. */
const endless = () =>
  new Shared<never>((signal) => new Promise((_, fail) => (signal.onabort = () => fail(new Error('ended')))));

it('goes on while one of those who wait is left', async () => {
  const shared = endless();
  const [one, two] = [new AbortController(), new AbortController()];
  const answers = Promise.allSettled([shared.join(one.signal), shared.join(two.signal)]);
  one.abort();
  expect(shared.isEnded).toBe(false);
  two.abort();
  expect(shared.isEnded).toBe(true);
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('is never ended where somebody waits who cannot leave', () => {
  const shared = endless();
  const reader = new AbortController();
  void shared.join(null);
  void shared.join(reader.signal);
  reader.abort();
  expect(shared.isEnded).toBe(false);
});

it('is done once for all', async () => {
  let times = 0;
  const shared = new Shared(async () => ++times);
  const { signal } = new AbortController();
  expect(await Promise.all([shared.join(signal), shared.join(null), shared.join(signal)])).toEqual([1, 1, 1]);
});
