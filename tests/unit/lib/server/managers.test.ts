import { expect, test } from 'vitest';
import { ends } from '../../../../src/lib/server/managers/load.ts';

test.each([
  [3, 4, [0, 1, 2]],
  [6, 4, [0, 1, 4, 5]],
  [6, 3, [0, 1, 5]],
])('of %s people %s are drawn, from both ends', (all, count, expected) => {
  const people = Array.from({ length: all }, (_, at) => at);
  expect(ends(people, count)).toEqual(expected);
});
