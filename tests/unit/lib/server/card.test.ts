import { describe, expect, test } from 'vitest';
import type { CardEvent } from '#lib/card.ts';
import { byMonth } from '#lib/server/card/events.ts';
import { describe as tell } from '#lib/server/card/words.ts';

const scope = (locale: 'en' | 'ru') => ({ style: { locale, currency: 'RUB' }, today: '2026-11-22' });
const said = (row: Record<string, string | number | null>, locale: 'en' | 'ru' = 'en') =>
  tell(scope(locale), row);

describe('an event in words', () => {
  test.each([
    [{ kind: 'deal', step: 'stage', title: 'Pump', detail: 'Offer' }, 'Stage “Offer”', null, []],
    [{ kind: 'deal', step: 'lost', title: 'Pump', detail: 'Price' }, 'Deal lost', 'bad', ['Price']],
    [
      { kind: 'deal', step: 'owner', title: 'Pump', detail: 'Ann' },
      'Deal handed over, before with Ann',
      null,
      [],
    ],
    [{ kind: 'call', step: 'in', detail: 'answered', size: 42 }, 'Inbound call', null, ['42 sec']],
    [{ kind: 'call', step: 'in', detail: 'no_answer', size: 0 }, 'Missed call', 'bad', ['No answer']],
    [{ kind: 'call', step: 'out', detail: 'busy' }, 'Outbound call', null, ['Busy']],
    [
      { kind: 'meeting', step: 'task', detail: 'open', due_at: '2026-11-01T00:00:00' },
      'Task',
      'warn',
      ['due 1 Nov 2026'],
    ],
    [
      { kind: 'meeting', step: 'task', detail: 'open', due_at: '2026-12-01T00:00:00' },
      'Task',
      null,
      ['due 1 Dec 2026'],
    ],
    [{ kind: 'survey', step: 'answer', detail: 'NPS', size: 3 }, 'Survey: 3 of 10', 'bad', ['NPS']],
    [{ kind: 'money', step: 'refund', amount: -5 }, 'Refund', 'warn', []],
    [{ kind: 'visit', step: 'never heard of', detail: 'web' }, 'never heard of', null, ['web']],
  ])('%o', (row, what, tone, details) => {
    const words = said(row);
    expect([words.what, words.tone, words.details]).toEqual([what, tone, details]);
  });

  test('names stay as they are', () => {
    const title = '<img src=x onerror=alert(1)>';
    expect(said({ kind: 'deal', step: 'created', title, detail: null }, 'ru')).toEqual({
      what: 'Новая сделка',
      title,
      details: [],
      tone: null,
    });
  });
});

test('events are cut into months in the order they came in', () => {
  const at = (day: string) => ({ id: day, at: day }) as CardEvent;
  const months = byMonth(['2026-11-02', '2026-11-01', '2026-10-31', '2025-11-30'].map(at));
  expect(months.map(({ month, events }) => [month, events.length])).toEqual([
    ['2026-11', 2],
    ['2026-10', 1],
    ['2025-11', 1],
  ]);
});
