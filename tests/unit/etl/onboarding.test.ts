import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { readFolder } from '../../../etl/onboarding/folder.ts';
import { readMeanings } from '../../../etl/onboarding/meanings.ts';
import { scoreName, synonymsOf, toWords } from '../../../etl/onboarding/names.ts';
import { propose } from '../../../etl/onboarding/propose.ts';
import { readShape } from '../../../etl/onboarding/shapes.ts';
import { writeConfig } from '../../../etl/onboarding/write.ts';

describe('names', () => {
  test.each([
    ['closeDate', ['close', 'date']],
    ['close_date', ['close', 'date']],
    ['Дата закрытия:', ['дата', 'закрытия']],
    ['Счёт №', ['счет']],
    ['deals.csv.gz', ['deals']],
  ])('%s are the words %j', (name, words) => expect(toWords(name)).toEqual(words));

  test.each([
    ['Менеджер', 'owner_id'],
    ['Ответственный', 'owner_id'],
    ['Сумма сделки', 'amount'],
    ['Бюджет', 'amount'],
    ['Дата создания', 'created_at'],
    ['Дата закрытия', 'closed_at'],
    ['Этап сделки', 'stage_id'],
    ['Причина отказа', 'lost_reason'],
    ['Контрагент', 'customer_id'],
    ['Opportunity ID', 'source_id'],
    ['OrderID', 'source_id'],
    ['Deal Stage', 'stage_id'],
    ['Sales Rep', 'owner_id'],
    ['utm_source', 'utm_source'],
    ['Last Modified', 'updated_at'],
  ])('%s is the %s of a deal', (header, field) => {
    const scores = Object.entries(synonymsOf('deals')).map(
      ([each, synonyms]) => [each, scoreName(header, synonyms)] as const,
    );
    const best = scores.reduce((a, b) => (b[1] > a[1] ? b : a));
    expect(best[0]).toBe(field);
    expect(best[1]).toBeGreaterThan(0.85);
  });

  test('words of something else mean nothing', () => {
    for (const synonyms of Object.values(synonymsOf('deals')))
      expect(scoreName('year_established', synonyms)).toBe(0);
  });
});

describe('shapes', () => {
  test.each([
    [['2025-01-31', '2025-02-01'], { kind: 'date' }],
    [['2025-01-31T10:00:00+03:00'], { kind: 'date' }],
    [['31.01.2025', '01.02.2025'], { kind: 'date', format: 'dd.MM.yyyy' }],
    [['31.01.2025 10:00'], { kind: 'date', format: 'dd.MM.yyyy HH:mm' }],
    [['1/2/2025', '13/2/2025'], { kind: 'date', format: 'd/M/yyyy' }],
    [['1/2/2025', '2/13/2025'], { kind: 'date', format: 'M/d/yyyy' }],
    [
      ['1/2/2025 9:05'],
      { kind: 'date', format: 'd/M/yyyy H:mm', ask: expect.stringContaining('day or month') },
    ],
    [['13/2/2025', '2/13/2025'], { kind: 'date', ask: expect.stringContaining('mend') }],
    [['Apr-18', 'May-18'], { kind: 'date', format: 'MMM-yy' }],
    [['1585299171', '1590683337'], { kind: 'date', format: 'epoch' }],
    [['1 234,56 ₽', '500,00 ₽'], { kind: 'number', decimal: ',', currency: 'RUB' }],
    [['$1,234.50', '$7'], { kind: 'number', currency: 'USD' }],
    [['1,234', '5,678'], { kind: 'number', ask: expect.stringContaining('decimal') }],
    [['12', '7.5'], { kind: 'number' }],
    [['a@example.com', 'b@example.org'], { kind: 'email' }],
    [['+7 (495) 123-45-67', '8 812 765-43-21'], { kind: 'phone' }],
    [['да', 'нет'], { kind: 'boolean' }],
    [['https://example.com/1'], { kind: 'url' }],
    [['Won', 'Lost', 'Won'], { kind: 'text', distinct: 2, values: ['Won', 'Lost'] }],
    [['', null, ' '], { kind: 'empty', filled: 0 }],
    [['7701234567', '770123456789'], { kind: 'number' }],
  ])('%j', (values, shape) => {
    const found = readShape(values);
    expect(found).toMatchObject(shape);
    if (!('ask' in shape)) expect(found.ask).toBeUndefined();
    if (!('format' in shape)) expect(found.format).toBeUndefined();
  });
});

describe('meanings', () => {
  test.each([
    [
      'deals',
      'status',
      { Won: 'won', 'Closed Lost': 'lost', Выиграна: 'won', Отказ: 'lost', Переговоры: 'open' },
    ],
    [
      'deals',
      'status',
      {
        'Успешно реализовано': 'won',
        'Закрыто и не реализовано': 'lost',
        Неуспешно: 'lost',
        'Не оплачен': 'open',
      },
    ],
    [
      'calls',
      'disposition',
      { 'NO ANSWER': 'no_answer', ANSWERED: 'answered', Пропущенный: 'no_answer', BUSY: 'busy' },
    ],
    ['calls', 'direction', { Входящий: 'in', Outgoing: 'out', in: 'in', Внутренний: 'internal' }],
    [
      'complaints',
      'status',
      { Новая: 'new', Closed: 'resolved', Отклонена: 'rejected', Открыта: 'in_progress' },
    ],
  ] as const)('of %s.%s', (entity, field, map) => {
    expect(readMeanings(entity, field, Object.keys(map))?.map).toEqual(map);
  });

  test('a title has none', () => expect(readMeanings('deals', 'title', ['Won'])).toBeNull());
});

describe('a proposal', () => {
  const sample = (text: string) => {
    const [columns = [], ...rows] = text.split('\n').map((line) => line.trim().split(';'));
    return { from: 'deals.csv', columns, rows, isWhole: true };
  };

  test('takes the order of day and month from a column that tells it', () => {
    const { streams } = propose(
      [sample('id;amount;Created Date;Close Date\n1;5;1/5/2025;2/13/2025\n2;6;1/6/2025;3/1/2025')],
      { kind: 'files' },
    );
    expect(streams[0]?.fields.created_at).toMatchObject({ format: 'M/d/yyyy' });
    expect(streams[0]?.fields.created_at?.ask).toBeUndefined();
  });

  test('reads texts that say «nothing», per cent, and a list of sales', () => {
    const { streams } = propose(
      [sample('Номер;Сумма;Вероятность;Дата закрытия\n1;5;100;31.01.2025\n2;6;10;не закрыта')],
      { kind: 'files' },
    );
    expect(streams[0]).toMatchObject({
      empty: ['не закрыта'],
      fields: {
        probability: { divide: 100 },
        closed_at: { format: 'dd.MM.yyyy' },
        status: { value: 'won', ask: expect.any(String) },
      },
    });
  });
});

describe('a folder of Russian exports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-init-'));
  writeFileSync(
    join(folder, 'Сделки.csv'),
    `Номер;Менеджер;Клиент;Этап;Сумма сделки;Дата создания;Дата закрытия
1;Анна;ООО Ромашка;Выиграна;1 234,56 ₽;03.02.2025;05.03.2025
2;Пётр;АО Вектор;Отказ;12 000,00 ₽;13.02.2025;15.03.2025
3;Анна;ООО ромашка;Переговоры;500,00 ₽;14.02.2025;
`,
  );
  writeFileSync(
    join(folder, 'Клиенты.csv'),
    `ИНН;Наименование;Телефон;E-mail
7701234567;ООО Ромашка;+7 (495) 123-45-67;a@example.com
7801234568;АО Вектор;8 812 765-43-21;b@example.com
`,
  );
  writeFileSync(
    join(folder, 'cdr.csv'),
    '2024-01-01 10:00:00,105,200,ANSWERED,31\n2024-01-02 10:00:00,1,2,BUSY,3\n',
  );
  writeFileSync(
    join(folder, 'tickets.json'),
    JSON.stringify({
      data: { items: [{ id: 1, created_at: '2025-01-01', status: 'open', via: { channel: 'mail' } }] },
    }),
  );

  test('becomes a configuration that is accepted, with its open questions', async () => {
    const { samples } = await readFolder(folder);
    const proposal = propose(samples, { kind: 'files' });
    expect(proposal).toMatchObject({ currency: 'RUB', timezone: 'Europe/Moscow' });
    expect(proposal.skipped).toEqual([{ from: 'cdr.csv', why: expect.stringContaining('looks like a row') }]);
    const text = writeConfig(proposal, { kind: 'files', name: 'crm', path: '.' });
    const file = join(folder, 'pulse.yaml');
    writeFileSync(file, text);
    const { crm } = readConfig(file).sources;
    expect(crm?.streams).toMatchObject([
      {
        entity: 'customers',
        key: 'Наименование',
        fields: { name: 'Наименование', phone: 'Телефон', email: 'E-mail' },
      },
      {
        entity: 'deals',
        key: 'Номер',
        fields: {
          owner_id: 'Менеджер',
          customer_id: { from: 'Клиент', map: { 'ООО ромашка': 'ООО Ромашка' } },
          stage_id: 'Этап',
          status: { from: 'Этап', map: { Выиграна: 'won', Отказ: 'lost', Переговоры: 'open' } },
          amount: { from: 'Сумма сделки', number: { decimal: ',' } },
          created_at: { from: 'Дата создания', format: 'dd.MM.yyyy' },
          closed_at: { from: 'Дата закрытия', format: 'dd.MM.yyyy' },
        },
      },
      {
        entity: 'complaints',
        records: '$.data.items',
        fields: { opened_at: 'created_at', channel: 'via.channel' },
      },
    ]);
    expect(text).toContain('# ? status: what do these mean: Переговоры?');
    expect(text).toMatch(/amount: .* # \d+ %/);
  });
});
