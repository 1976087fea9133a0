import { expect, test } from 'vitest';
import { placeLabels } from '../../../../src/lib/charts/labels.ts';

const spot = (x: number, y: number, text = 'Анна Кузнецова') => ({ x, y, text });

test('a name stands on the right of its point, where nothing else is', () => {
  expect(placeLabels([spot(100, 100), spot(100, 200), null], 600)).toEqual(['right', 'right', null]);
});

test('at the edge of the picture it turns to the other side', () => {
  expect(placeLabels([spot(580, 100)], 600)).toEqual(['left']);
});

test('names cover neither points nor each other', () => {
  // the second stands where the name of the first would be
  expect(placeLabels([spot(100, 100), spot(140, 100)], 600)).toEqual(['top', 'right']);
  // of many in one place, as many are named as can be read
  const crowd = Array.from({ length: 9 }, (_, at) => spot(300 + at, 100 + at));
  const sides = placeLabels(crowd, 600);
  const named = sides.filter((side) => side !== null);
  expect(named.length).toBeGreaterThan(1);
  expect(named.length).toBeLessThan(9);
  expect(new Set(named).size).toBe(named.length);
});
