import { describe, expect, test } from 'vitest';
import { lacks } from '#lib/catalogue.ts';
import { correct, suggest, unknownMembers } from '#lib/suggest.ts';
import { fold, matches } from '#lib/thesaurus.ts';
import { describe as read } from '#lib/catalogue.ts';
import { definitions, meta } from './definitions.ts';

const of = (name: string) => definitions.get(name)!;

describe('a definition', () => {
  test('takes what its measure does not say from its view', () => {
    expect(of('sales.won_amount')).toMatchObject({
      title: { en: 'In English', ru: 'По-русски' },
      time: 'sales.closed_at',
      sources: ['deals'],
      needs: ['deals'],
      is_additive: true,
    });
    expect(of('sales.conversion')).toMatchObject({
      time: 'sales.created_at',
      unit: 'percent',
      is_additive: false,
    });
    expect(of('service.open').time).toBeNull();
  });

  test.each([
    ['sales.won_amount', [], []],
    ['sales.won_amount', ['deals', 'calls'], ['deals']],
    ['marketing.romi', ['deals'], ['deals']],
    ['marketing.romi', ['deals', 'marketing_spend'], ['marketing_spend', 'deals']],
    ['activity.contacts', ['calls'], []],
    ['activity.contacts', ['calls', 'activities'], ['calls', 'activities']],
    ['attribution.leads', ['touchpoints'], []],
  ])('%s without %j lacks %j', (name, missing, expected) => {
    expect(lacks(of(name), missing)).toEqual(expected);
  });
});

describe('a name that does not exist', () => {
  const member = (name: string, en: string, ru: string) => ({
    name,
    title: { en, ru },
    about: { en: '', ru: '' },
  });
  const members = [
    member('sales.won_amount', 'Won amount', 'Выручка по сделкам'),
    member('sales.deals_won', 'Won deals', 'Выигранные сделки'),
    member('sales.deals', 'Deals', 'Сделки'),
    member('marketing.spend', 'Spend', 'Расходы на рекламу'),
    member('marketing.campaign', 'Campaign', 'Кампания'),
    member('service.complaints', 'Complaints', 'Жалобы'),
    member('nps.nps', 'NPS', 'NPS'),
  ];

  test.each([
    ['sales.won_amounts', 'sales.won_amount'],
    ['sales.wonAmount', 'sales.won_amount'],
    ['sale.won_amount', 'sales.won_amount'],
    ['won_amount', 'sales.won_amount'],
    ['sales.deal', 'sales.deals'],
    ['service.complaint', 'service.complaints'],
    ['marketing.campaigns', 'marketing.campaign'],
    ['sales.spend', 'marketing.spend'],
    ['sales.Won deals', 'sales.deals_won'],
    ['Выручка по сделкам', 'sales.won_amount'],
    ['жалоба', 'service.complaints'],
    ['nsp.nps', 'nps.nps'],
  ])('%s is near to %s', (asked, expected) => {
    expect(suggest(asked, members)[0]).toBe(expected);
  });

  test('is not near to anything when it is not', () => {
    expect(suggest('zzzzqqqq', members)).toEqual([]);
    expect(suggest('', members)).toEqual([]);
  });

  test('is found wherever it stands in a query, and the rest is left alone', () => {
    const catalogue = read(meta);
    const query = {
      measures: ['sales.won_amount', 'sales.won_amuont'],
      dimensions: ['sales.closed_at.month', 7, null],
      timeDimensions: [{ dimension: 'sales.closed_at' }, { dimension: 'sales.close_at' }],
      filters: [{ or: [{ and: [{ member: 'service.opened' }] }, { dimension: 'sales.closed_at' }] }],
    };
    expect(unknownMembers(query, catalogue)).toEqual([
      'sales.won_amuont',
      'sales.close_at',
      'service.opened',
    ]);
    expect(correct(query, catalogue)).toContain(
      'sales.won_amuont does not exist: did you mean sales.won_amount?',
    );
    expect(correct({ measures: ['sales.won_amount'] }, catalogue)).toBeNull();
    expect(correct({ measures: 'nonsense', filters: 3 }, catalogue)).toBeNull();
  });
});

test('a search finds words in any order, case and language', () => {
  const text = fold('sales.won_amount\nWon amount\nСчёт выигранных сделок');
  for (const question of ['', 'won', 'AMOUNT won', 'счет', 'СЧЁТ сделок', ' won_am '])
    expect(matches({ text }, question)).toBe(true);
  for (const question of ['lost', 'won lost']) expect(matches({ text }, question)).toBe(false);
});
