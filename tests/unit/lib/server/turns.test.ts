import { expect, it } from 'vitest';
import { Turns } from '../../../../src/lib/server/turns.ts';

/** Work that goes on until it is told to end, and what of it has begun. */
function office(turns: Turns) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (who: string, name: string, signal: AbortSignal | null = null) =>
    turns.take(who, signal, () => {
      begun.push(name);
      return new Promise<string>((end) => ends.set(name, () => end(name)));
    });
  return { begun, ask, end: (name: string) => ends.get(name)?.() };
}
const settle = () => new Promise((done) => setImmediate(done));

it('keeps places free of whoever asks for very much', async () => {
  const { begun, ask } = office(new Turns(3, 2));
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask('ann', name);
  void ask('bob', 'b1');
  await settle();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
});

it('gives a place to whoever has least going on, and goes on when work fails', async () => {
  const turns = new Turns(2, 2);
  const { begun, ask, end } = office(turns);
  const failing = turns.take('ann', null, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const first = ask('ann', 'a1');
  for (const name of ['a2', 'a3']) void ask('ann', name);
  void ask('bob', 'b1');
  await settle();
  expect(begun).toEqual(['a1', 'a2']);
  end('a1');
  expect(await first).toBe('a1');
  await settle();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
});

it('forgets whoever leaves while waiting', async () => {
  const { begun, ask, end } = office(new Turns(1, 1));
  const reader = new AbortController();
  void ask('ann', 'a1');
  const left = ask('bob', 'b1', reader.signal);
  void ask('cat', 'c1');
  await settle();
  reader.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  end('a1');
  await settle();
  expect(begun).toEqual(['a1', 'c1']);
});
