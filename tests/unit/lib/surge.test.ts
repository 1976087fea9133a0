import { describe, expect, test } from 'vitest';
import { surges } from '#lib/surge.ts';

const pair = (key: string, now: number, before: number) => ({ key, now, before });
const found = (...pairs: ReturnType<typeof pair>[]) => surges(pairs).map(({ key }) => key);

describe('what has risen against all others', () => {
  test('the story of the demo: one product from 8 to 38, the others from 295 to 299', () => {
    const [first, ...rest] = surges([pair('ДГ-60', 38, 8), pair('others', 299, 295)]);
    expect(rest).toEqual([]);
    expect(first?.key).toBe('ДГ-60');
    // by hand: p = 299/594, n = 46, z = (38 − 46 p) / √(46 p (1 − p))
    expect(first?.z).toBeCloseTo(4.38, 2);
  });

  test('a rise of everything is no rise of a part', () => {
    expect(found(pair('a', 40, 20), pair('b', 60, 30), pair('c', 80, 40))).toEqual([]);
  });

  test('few events say nothing, however steep', () => {
    expect(found(pair('a', 9, 0), pair('b', 100, 100))).toEqual([]);
    expect(found(pair('a', 10, 0), pair('b', 100, 100))).toEqual(['a']);
  });

  test('chance is no rise, a fall neither', () => {
    expect(found(pair('a', 28, 18), pair('b', 300, 300))).toEqual([]);
    expect(found(pair('a', 10, 60), pair('b', 300, 300))).toEqual([]);
  });

  test('the surest comes first; a part without a name counts too', () => {
    const parts = [pair('a', 30, 5), { key: null, now: 90, before: 20 }, pair('c', 900, 900)];
    expect(surges(parts).map(({ key }) => key)).toEqual([null, 'a']);
  });

  test('a company of one product is held against itself', () => {
    expect(found(pair('a', 50, 10))).toEqual(['a']);
    expect(found(pair('a', 50, 40))).toEqual([]);
    expect(found()).toEqual([]);
  });
});
