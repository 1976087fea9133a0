import { describe, expect, test } from 'vitest';
import { formatExact, formatValue } from '../../../src/lib/format.ts';
import { render, type Mail } from '../../../src/lib/server/reports/render.ts';
import { makeBars, makeIncident, makeIncidents, makeKpi, makeLine, makePage, makeProfit } from './page.ts';

const options = { company: 'Вектор', baseUrl: 'https://pulse.example/' };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const isPng = ({ content }: Mail['attachments'][number]) => content.subarray(1, 4).toString() === 'PNG';

describe('the subject', () => {
  test('holds company, main figure and period', async () => {
    const { subject } = await render(makePage(), options);
    expect(plain(subject)).toBe('Вектор: Выручка по сделкам 12,3 млн ₽ (+12 %), 1–21 нояб. 2026');
  });

  test('names filters, since the figure is not the whole company then', async () => {
    const filters = [{ key: 'team', title: 'Команда', values: ['Север'], labels: ['Север'] }];
    const { subject, text, html } = await render(makePage({ filters }), options);
    expect(subject).toContain('(Команда: Север)');
    expect(text).toContain('Фильтры: Команда: Север');
    expect(html).toContain('Фильтры: Команда: Север');
  });

  test('takes the first figure that there is, or none', async () => {
    const kpis = [
      makeKpi({ value: null }),
      makeKpi({ id: 'nps', title: 'NPS', value: 41, unit: 'score', change: null }),
    ];
    expect((await render(makePage({ kpis }), options)).subject).toBe('Вектор: NPS 41, 1–21 нояб. 2026');
    expect((await render(makePage({ kpis: [] }), options)).subject).toBe('Вектор: Компания, 1–21 нояб. 2026');
  });

  test('stays one line of bearable length whatever the names are', async () => {
    const company = `Evil\r\nBcc: all@example.com\u2028\u202e${'x'.repeat(300)}`;
    const kpis = [makeKpi({ title: 'Won\r\nX-Header: 1' })];
    const { subject } = await render(makePage({ kpis }), { ...options, company });
    expect(subject).not.toMatch(/[\r\n\u2028\u2029\u202e]/);
    expect(subject.length).toBeLessThanOrEqual(220);
    expect(subject).toContain('12,3');
  });
});

describe('figures', () => {
  test('are the same words in both parts, as the page formats them', async () => {
    const page = makePage();
    const { html, text } = await render(page, options);
    for (const kpi of page.kpis) {
      const value = formatValue(kpi.value, kpi.unit, page);
      expect(html).toContain(`>${value}<`);
      expect(text).toContain(`- ${kpi.title}: ${value}`);
    }
    for (const row of makeBars().rows) {
      const value = formatExact(row.values[0] ?? null, 'money', page);
      expect(html).toContain(value);
      expect(text).toContain(value);
    }
    expect(plain(text)).toContain('Факт 12,3 млн ₽ · План 20 млн ₽ · Темп 88,2 %');
    expect(text).toContain('Данные на 21 нояб., 10:40');
  });

  test('that are missing are a dash, never zero', async () => {
    const kpis = [
      makeKpi({ value: null, change: null, comparison_value: null, spark: [], sentence: 'Нет записей.' }),
    ];
    const { text, attachments } = await render(makePage({ kpis, charts: [] }), options);
    expect(text).toContain('- Выручка по сделкам: —\n  Нет записей.');
    expect(attachments).toEqual([]);
  });

  test('of a picture are said in words to those who do not see it', async () => {
    const { html } = await render(makePage(), options);
    const [bars, line, spark] = ['won_by_team', 'won_trend', 'won_amount'].map(
      (id) => new RegExp(`cid:${id}@pulse"[^>]*alt="([^"]*)"`).exec(html)?.[1] ?? '',
    );
    expect(plain(bars ?? '')).toContain('Север: 5,2 млн ₽; Юг: 4 млн ₽; Восток &amp; Запад: 3,1 млн ₽');
    expect(plain(line ?? '')).toMatch(/наибольшее .*: .* ₽; наименьшее .*; последнее 21 нояб/);
    expect(plain(spark ?? '')).toBe('наибольшее 7 нояб: 9 ₽; наименьшее 1 нояб: 3 ₽; последнее 7 нояб: 9 ₽');
  });
});

describe('blocks', () => {
  test('that failed say so in their place and make the mail incomplete', async () => {
    const error = 'Цифры сейчас недоступны.';
    const page = makePage({
      kpis: [makeKpi({ state: 'failed', error, value: null }), makeKpi({ id: 'nps', title: 'NPS' })],
      charts: [makeBars({ state: 'failed', error, rows: [] })],
    });
    const mail = await render(page, options);
    expect(mail.isIncomplete).toBe(true);
    expect(mail.subject).toMatch(/^\[Неполный\] Вектор: NPS/);
    for (const part of [mail.html, mail.text]) {
      expect(part.split(error).length - 1).toBe(2);
      expect(part).toContain(
        'Отчёт неполный. Не удалось посчитать: Выручка по сделкам, Выручка по командам.',
      );
    }
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(['nps.png']);
  });

  test('that no source brings give way to a line that says what to connect', async () => {
    const kpis = [makeKpi(), makeKpi({ id: 'nps', title: 'NPS', state: 'not_connected', value: null })];
    const needs = 'Подключите источник с данными: ответы на опросы.';
    const not_connected = [{ metric: 'nps.nps', title: 'NPS', needs }];
    const charts = [makeLine({ state: 'not_connected' })];
    const mail = await render(makePage({ kpis, charts, not_connected }), options);
    for (const part of [mail.html, mail.text]) {
      expect(part).not.toContain('Выручка по дням');
      expect(part.split('NPS')).toHaveLength(2);
      expect(part).toContain(`NPS: не подключено. ${needs}`);
    }
    expect(mail.isIncomplete).toBe(false);
  });

  test('come after incidents and notices', async () => {
    const line = makeIncident({ title: 'Кампания жжёт <i>деньги</i>', sentence: 'ROMI −60 %.' });
    const page = makePage({
      notices: [{ code: 'x', text: 'В этом периоде пусто.' }],
      incidents: makeIncidents({ rows: [line], total: 3, sentence: '3 инцидента.' }),
    });
    const { html, text } = await render(page, options);
    for (const part of [html, text]) {
      const [incident, notice, figure] = ['Кампания жжёт', 'В этом периоде', 'Конверсия в продажу'].map(
        (words) => part.lastIndexOf(words),
      );
      expect(incident).toBeGreaterThan(0);
      expect(notice).toBeGreaterThan(0);
      expect(incident).toBeLessThan(notice ?? 0);
      expect(notice).toBeLessThan(figure ?? 0);
      expect(plain(part)).toContain('3,1 млн ₽ под угрозой · С 12 янв. 2026 · Отвечает маркетинг');
      expect(part).toContain('Из 281 лидов купили 7.');
    }
    expect(html).toContain('href="https://pulse.example/drill/marketing.romi?by=channel"');
    expect(html).not.toContain('<i>деньги');
  });
});

describe('the HTML', () => {
  const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;

  test('escapes whatever comes from outside', async () => {
    const page = makePage({
      title: hostile,
      kpis: [
        makeKpi({ title: hostile, sentence: hostile, spark_title: hostile, ignored_filters: [hostile] }),
      ],
      charts: [
        makeBars({
          title: hostile,
          sentence: hostile,
          rows: [{ x: hostile, label: hostile, values: [1, 2], href: `/d?x="${hostile}` }],
        }),
      ],
      filters: [{ key: 'team', title: hostile, values: [hostile], labels: [hostile] }],
      notices: [{ code: 'x', text: hostile }],
    });
    const sender = { owner: hostile, schedule: hostile };
    const { html } = await render(page, {
      ...options,
      company: hostile,
      sender,
      rights: { access: 'team', name: hostile },
    });
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<img src=x/);
    expect(html).toContain('&lt;script&gt;');
  });

  test('leads back to this very page and never elsewhere', async () => {
    const state = 'from=2026-11-01&to=2026-11-21&team=%D0%A1%D0%B5%D0%B2%D0%B5%D1%80';
    const kpis = [makeKpi({ href: '//evil.example/x' })];
    const { html, text } = await render(makePage({ state, kpis }), options);
    expect(html).toContain(`href="https://pulse.example/?${state.replaceAll('&', '&amp;')}"`);
    expect(text).toContain(`https://pulse.example/?${state}`);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
    expect(links.every((link) => link?.startsWith('https://pulse.example/'))).toBe(true);
  });

  test('has no links when nobody knows the address of the product', async () => {
    const { html, text } = await render(makePage(), { ...options, baseUrl: null });
    expect(html).not.toContain('<a ');
    expect(text).not.toContain('http');
  });

  test('is far below what Gmail clips, with ten charts too', async () => {
    const charts = Array.from({ length: 10 }, (_, at) => makeBars({ id: `chart_${at}` }));
    const { html, attachments } = await render(makePage({ charts }), options);
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    expect(new Set(attachments.map(({ cid }) => cid)).size).toBe(attachments.length);
  });

  test('refers to each picture once, and each is a PNG', async () => {
    const { html, attachments } = await render(makePage(), options);
    expect(attachments).toHaveLength(6);
    for (const picture of attachments) {
      expect(isPng(picture)).toBe(true);
      expect(html.split(`"cid:${picture.cid}"`)).toHaveLength(2);
    }
    const { content } = attachments.find(({ filename }) => filename === 'won_trend.png') ?? {
      content: Buffer.alloc(24),
    };
    expect([content.readUInt32BE(16), content.readUInt32BE(20)]).toEqual([880, 440]);
  });
});

test('what made the profit change and whose plan is about to fail stand in both parts, names as names', async () => {
  const { html, text } = await render(makePage(), options);
  for (const part of [plain(text), plain(html)]) {
    expect(part).toContain('Против 1–21 окт. 2026. Прибыль снизилась на 1,2 млн ₽');
    expect(part).toContain('Реклама не подключена');
    expect(part).toContain('Осталось 6 рабочих дней.');
  }
  expect(plain(text)).toContain('Шубин <b>Виктор</b>: 148 тыс. ₽ из 5,8 млн ₽, не хватит 5,6 млн ₽');
  expect(html).not.toContain('<b>Виктор');
  const profit = makeProfit({ state: 'failed', error: 'Склад не отвечает.', views: [] });
  const failed = await render(makePage({ profit, risks: null }), options);
  expect(failed.isIncomplete).toBe(true);
  expect(failed.text).toContain('Склад не отвечает.');
  expect(failed.text).not.toContain('Чей план под угрозой');
});

test('a reader with limited rights is told whose rows these are', async () => {
  const team = await render(makePage(), { ...options, rights: { access: 'team', name: 'Анна' } });
  expect(team.text).toContain('Только команды: Анна');
  const all = await render(makePage(), { ...options, rights: { access: 'company', name: 'Анна' } });
  expect(all.text).not.toContain('Анна');
});
