import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BURNER } from '../../../demo/company/campaigns.ts';
import { FAULTY, ROTTEN } from '../../../demo/company/catalog.ts';
import { GENEROUS, LEAVERS, SILENT } from '../../../demo/company/people.ts';
import { STRAINED } from '../../../demo/company/plans.ts';
import { setScene, simulate } from '../../../demo/company/simulate.ts';
import { tell } from '../../../demo/stories.ts';
import { median } from '../../../demo/stories/figures.ts';
import { print } from '../../../demo/stories/print.ts';

const company = simulate(setScene({ until: '2026-10-31' }));
const stories = tell(company);

test('STORIES.md says what the data say', () => {
  const written = readFileSync(new URL('../../../demo/STORIES.md', import.meta.url), 'utf8');
  expect(written).toBe(print(stories));
});

test.each([
  [[], NaN],
  [[3], 3],
  [[1, 9, 2], 2],
  [[4, 1, 2, 3], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

describe('the figures find who was made up to be found', () => {
  test('a campaign burns money', () => {
    expect(stories.burning.id).toBe(BURNER);
    expect(stories.burning.romi).toBeLessThan(-0.7);
    expect(stories.burning.next.romi).toBeGreaterThan(-0.2);
  });

  test('a manager does not call back', () => {
    expect(stories.silent.id).toBe(SILENT);
    expect(stories.silent.unreturnedRate).toBeGreaterThan(3 * stories.silent.rest.unreturnedRate);
    expect(stories.silent.responseMedian).toBeGreaterThan(10 * stories.silent.rest.responseMedian);
  });

  test('deals rot in a stage', () => {
    expect(stories.rotten.id).toBe(ROTTEN);
    expect(stories.rotten.medianAfter).toBeGreaterThan(2 * stories.rotten.norm);
    expect(stories.rotten.medianBefore).toBeLessThan(stories.rotten.norm);
  });

  test("a product's complaints rise", () => {
    expect(stories.faulty.id).toBe(FAULTY);
    expect(stories.faulty.last).toBeGreaterThan(2 * stories.faulty.before);
    expect(stories.faulty.restLast).toBeLessThan(1.3 * stories.faulty.restBefore);
  });

  test('a plan fails', () => {
    expect(stories.failing.id).toBe(STRAINED);
    expect(stories.failing.completion).toBeLessThan(0.8);
    expect(stories.failing.restCompletion).toBeGreaterThan(0.9);
    expect(stories.failing.left).toHaveLength(LEAVERS.length);
  });

  test('turnover is bought with discounts', () => {
    expect(stories.generous.id).toBe(GENEROUS);
    expect(stories.generous.rankByDealsInTeam).toBe(1);
    expect(stories.generous.rankByProfitInTeam).toBeGreaterThan(1);
  });
});

describe('the company is of the promised size', () => {
  test.each([
    ['deals', company.deals.length, 30_000],
    ['customers', company.customers.length, 3_000],
    ['calls', company.calls.length, 120_000],
    ['complaints', company.tickets.length, 2_500],
    ['answers', company.answers.length, 6_000],
  ])('%s', (_, count, wanted) => {
    expect(count / wanted).toBeGreaterThan(0.9);
    expect(count / wanted).toBeLessThan(1.1);
  });

  test('people, campaigns, channels', () => {
    expect(company.users.filter((u) => u.position === 'Менеджер по продажам')).toHaveLength(20);
    expect(company.campaigns).toHaveLength(25);
    expect(new Set(company.campaigns.map((c) => c.channel)).size).toBe(6);
  });

  test('money makes sense', () => {
    expect(stories.company.winRate).toBeGreaterThan(0.2);
    expect(stories.company.winRate).toBeLessThan(0.3);
    expect(stories.company.margin).toBeGreaterThan(0.25);
    expect(stories.company.margin).toBeLessThan(0.4);
    expect(stories.company.romiOfCampaigns).toBeGreaterThan(0);
  });

  test('every kind of oddity is there', () => {
    for (const [name, count] of Object.entries(stories.oddities)) expect(count, name).toBeGreaterThan(0);
  });
});

test.each(['2025-03-15', '2026-11-02', '2027-01-09', '2028-02-29'])('the stories hold on %s', (until) => {
  const { burning, silent, rotten, failing, generous } = tell(simulate(setScene({ until, scale: 0.4 })));
  expect([burning.id, silent.id, rotten.id, failing.id, generous.id]).toEqual([
    BURNER,
    SILENT,
    ROTTEN,
    STRAINED,
    GENEROUS,
  ]);
});
