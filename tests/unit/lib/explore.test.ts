import { expect, test } from 'vitest';
import { noPick, parsePick, printPick } from '#lib/explore.ts';
import { across, add, chosenIn, cutBy, fromDrill, narrow, start, without } from '#lib/explore-steps.ts';
import { defaults, parse, type State } from '#lib/state.ts';

const read = (href: string): State => parse(new URL(href, 'http://pulse.example').searchParams).state;
const asking = (show: string[], rest: Partial<State> = {}): State => ({
  ...defaults,
  ...rest,
  pick: { ...noPick, show, ...rest.pick },
});

test('measures are read from one list or several, each once, and what is no name is dropped and said', () => {
  const dropped: string[] = [];
  const params = new URLSearchParams('show=sales.deals,sales.margin&show=sales.deals&show=../x');
  expect(parsePick(params, (key) => dropped.push(key)).show).toEqual(['sales.deals', 'sales.margin']);
  expect(dropped).toEqual(['show']);
  expect(printPick({ ...noPick, show: ['a.b', 'c.d'], as: 'table' })).toEqual([
    ['show', 'a.b,c.d'],
    ['as', 'table'],
  ]);
});

test('a measure of the same view joins, one of another begins anew and keeps what holds everywhere', () => {
  const now = asking(['sales.deals'], {
    by: 'owner',
    filters: { team: ['North'] },
    within: [['stage', 'Offer']],
  });
  expect(read(add(now, 'sales.margin')).pick.show).toEqual(['sales.deals', 'sales.margin']);
  const other = read(add(now, 'marketing.spend'));
  expect(other).toMatchObject({ by: null, within: [], filters: { team: ['North'] } });
  expect(other.pick.show).toEqual(['marketing.spend']);
  expect(read(without(now, 'sales.deals')).pick).toEqual(noPick);
  expect(read(start(now, 'nps.nps')).by).toBeNull();
});

test('a dimension stands in the rows or in the columns, never in both', () => {
  const now = asking(['sales.deals'], { by: 'owner,team' });
  expect(read(across(now, 'team'))).toMatchObject({ by: 'owner', pick: { across: 'team', as: 'pivot' } });
  const pivot = asking(['sales.deals'], {
    by: 'owner',
    pick: { ...noPick, across: 'team', show: ['sales.deals'] },
  });
  expect(read(cutBy(pivot, ['owner', 'team'])).pick.across).toBeNull();
  expect(read(cutBy(pivot, ['a', 'b', 'c', 'd'])).by).toBe('a,b,c');
});

test('filters that every page has go with the reader, others stay with the question', () => {
  const now = asking(['sales.deals']);
  expect(read(narrow(now, 'sales', 'team', ['North'])).filters).toEqual({ team: ['North'] });
  const stage = read(narrow(now, 'sales', 'stage', ['Offer', '']));
  expect(stage.within).toEqual([
    ['stage', 'Offer'],
    ['stage', ''],
  ]);
  expect(chosenIn(stage, 'sales', 'stage')).toEqual(['Offer', '']);
  // who has no team cannot be said by the filter
  expect(read(narrow(now, 'sales', 'team', ['North', ''])).within).toHaveLength(2);
  expect(read(narrow(now, 'calls', 'team', ['North'])).within).toEqual([['team', 'North']]);
  expect(read(narrow(stage, 'sales', 'stage', [])).within).toEqual([]);
});

test('a page of one metric becomes the question it answers', () => {
  const drill: State = { ...defaults, by: 'owner', part: 'Ann', page: 3, within: [['stage', 'Offer']] };
  expect(read(fromDrill(drill, 'sales.deals'))).toMatchObject({
    by: 'owner',
    part: null,
    page: 1,
    within: [
      ['stage', 'Offer'],
      ['owner', 'Ann'],
    ],
  });
});
