import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { simpleParser, type ParsedMail } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import { formatValue } from '../../src/lib/format.ts';
import { find } from '../../src/lib/metrics.ts';
import { ask, WrongQuery } from '../../src/lib/server/ask.ts';
import { byLink, enclose, isOpen } from '../../src/lib/server/reports/enclosures.ts';
import { publish, type Edition } from '../../src/lib/server/reports/edition.ts';
import { toEml } from '../../src/lib/server/reports/file.ts';
import { messageId, personalise } from '../../src/lib/server/reports/mail.ts';
import { load, write, type Loaded } from '../../src/lib/server/reports/report.ts';
import { sign as signLink } from '../../src/lib/server/reports/token.ts';
import { sign } from '../../src/lib/server/token.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { operator, type Viewer } from '../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { secret, startCube, type Cube } from './cube/server.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

// The company that was counted by hand, in the one month in which it has deals.
const folder = join(import.meta.dirname, '../fixtures/golden');
const march = 'from=2025-03-01&to=2025-03-31';
const quiet = 'from=2020-03-01&to=2020-03-31';
const boss: Viewer = {
  ...{ user_id: 'boss', name: 'Boss', email: 'boss@example.com', role: 'executive', locale: 'ru' },
  ...{ access: 'company', team_keys: [], employee_keys: [] },
};

let database: Database;
let cube: Cube;

beforeAll(async () => {
  database = await createDatabase();
  await runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')) });
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'boss@example.com', 'executive')`,
  );
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
    ORIGIN: 'https://pulse.example',
  });
});

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
});

const flat = (text: string) => text.replace(/[\s\u00a0\u202f]+/g, ' ');

/** As it comes out of a mail program. */
async function mailOf(page: Loaded): Promise<ParsedMail> {
  const message = {
    ...(await write(page, boss, {})),
    to: boss.email,
    messageId: messageId('x', 'a@example.com'),
  };
  return simpleParser(await toEml(message, { name: 'Pulse', address: 'a@example.com' }), {
    skipImageLinks: true,
  });
}

function figuresOf(page: Loaded) {
  if ('home' in page) return page.home.kpis.filter(({ state }) => state === 'ok');
  return page.board.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.block === 'figures' && block.state === 'ok' ? block.figures : [])),
  );
}

describe('figures of the mail are those of the page and of pulse query', () => {
  const explore = `${march}&show=sales.won_amount,sales.deals_won,sales.margin`;
  test.each([
    ['home', march, 2],
    ['marketing', march, 1],
    ['sales', march, 1],
    ['managers', march, 0],
    ['customers', march, 1],
    ['service', march, 1],
    ['explore', explore, 2],
    ['drill/sales.won_amount', march, 1],
  ])('%s', async (page, state, least) => {
    const loaded = await load({ page, state }, boss);
    const mail = await mailOf(loaded);
    const style = 'home' in loaded ? loaded.home : loaded.board;
    const figures = figuresOf(loaded);
    expect(figures.length).toBeGreaterThanOrEqual(least);
    const [html, text] = [flat(String(mail.html)), flat(mail.text ?? '')];
    let asked = 0;
    for (const { metric, value, unit, title } of figures) {
      const shown = flat(formatValue(value, unit, style));
      expect(html, title).toContain(shown);
      expect(text, title).toContain(shown);
      const answer = await query(metric);
      // a figure may be of another period or cut than its metric alone; its title says so
      if (answer !== null && value !== null && Math.abs(answer - value) < 1e-9) asked++;
    }
    expect(asked).toBeGreaterThanOrEqual(least);
    expect(Buffer.byteLength(String(mail.html))).toBeLessThan(100_000);
    if (page !== 'explore') return;
    expect(figures.map(({ value }) => value)).toEqual([500_000, 4, 0.36]);
  });

  test('managers: the plan of each and what they have won, as counted by hand in SQL', async () => {
    const loaded = await load({ page: 'managers', state: march }, boss);
    const blocks = 'board' in loaded ? loaded.board.sections.flatMap((section) => section.blocks) : [];
    const plans = blocks.find(({ id }) => id === 'plan');
    if (plans?.block !== 'table') throw new Error('There is no table of plans');
    const counted = await database.query<{ name: string; plan: number; won: number }>(
      `select p.scope as name, p.target::float8 as plan, sum(d.amount)::float8 as won
         from core.fct_plans p join core.dim_employees e on e.source_id = p.scope
         join core.fct_deals d on d.owner_key = e.employee_key
        where p.metric = 'won_amount' and p.scope_kind = 'employee' and p.month = '2025-03-01'
          and d.status = 'won' and not d.is_test and d.closed_at >= '2025-02-28T21:00Z' and d.closed_at < '2025-03-31T21:00Z'
        group by p.scope, p.target`,
    );
    const at = (key: string) => plans.columns.findIndex((column) => column.key === key);
    expect(
      plans.rows.map(({ cells }) => ({
        name: cells[0]?.value,
        plan: cells[at('plan')]?.value,
        won: cells[at('fact')]?.value,
      })),
    ).toEqual(counted);
    expect(counted).toEqual([{ name: 'Анна', plan: 300_000, won: 350_000.5 }]);
    const mail = await mailOf(loaded);
    for (const value of [300_000, 350_000.5]) {
      const shown = flat(formatValue(value, 'money', { locale: 'ru', currency: 'RUB' }));
      expect(flat(String(mail.html))).toContain(shown);
      expect(flat(mail.text ?? '')).toMatch(new RegExp(`Анна – .*${shown}`));
    }
  });

  /** What the command asks and prints, for the whole company. */
  async function query(name: string): Promise<number | null> {
    const metric = find(name);
    if (!metric) return null;
    const { time, conditions } = metric;
    const question = {
      measures: [name],
      timeDimensions: time ? [{ dimension: time, dateRange: ['2025-03-01', '2025-03-31'] }] : [],
      filters: conditions,
      timezone: 'Europe/Moscow',
    };
    const cubeUrl = `${cube.base}/cubejs-api`;
    // one that needs a choice first, as plans do, is no figure by itself
    const { rows } = await ask({ cubeUrl, token: sign(operator, secret), query: question }).catch(
      (error: unknown) => {
        if (error instanceof WrongQuery) return { rows: [] };
        throw error;
      },
    );
    const value = rows[0]?.[name];
    return value === null || value === undefined ? null : Number(value);
  }
});

describe('an occasion', () => {
  const won = (operator: 'above' | 'below', value: number) => ({
    metric: 'sales.won_amount',
    operator,
    value,
  });
  const open = `insert into app.incidents (rule, cause, area, details) values ('source_stale', 'crm', 'data', '{}')`;
  const edition = (change: Partial<Edition>): Edition => ({ page: 'home', state: march, ...change });

  test.each<[string, Partial<Edition>, string | null]>([
    ['always, data', { send_when: 'always' }, null],
    ['always, none', { send_when: 'always', state: quiet }, null],
    ['data, there are', { send_when: 'data' }, null],
    ['data, there are none', { send_when: 'data', page: 'sales', state: quiet }, 'There are no data for it.'],
    ['a metric above', { send_when: 'metric', condition: won('above', 499_999) }, null],
    ['not above', { send_when: 'metric', condition: won('above', 500_000) }, 'not above 500000'],
    ['a metric below', { send_when: 'metric', condition: won('below', 500_001) }, null],
    ['not below', { send_when: 'metric', condition: won('below', 500_000) }, 'not below 500000'],
    [
      'a metric that is gone',
      { send_when: 'metric', condition: { ...won('above', 1), metric: 'sales.old' } },
      'there is no more',
    ],
  ])('%s', async (_, change, refusal) => {
    const sending = publish(edition(change), boss);
    if (refusal === null) expect((await sending).subject).not.toBe('');
    else
      await expect(sending).rejects.toMatchObject({
        isPassing: false,
        message: expect.stringContaining(refusal),
      });
  });

  test('an incident that is open', async () => {
    const asked = edition({ send_when: 'incident' });
    await expect(publish(asked, boss)).rejects.toThrow('No incident is open.');
    await database.query(open);
    expect((await publish(asked, boss)).subject).not.toBe('');
    // marketing of a manager is nobody's business but those who may see it
    await database.query(`update app.incidents set state = 'resolved'`);
    await expect(publish(asked, boss)).rejects.toThrow('No incident is open.');
    await database.query('delete from app.incidents');
  });

  test('a change of the figures, and nothing else', async () => {
    const mark = async (state: string) => (await publish(edition({ state }), boss)).fingerprint;
    expect(await mark(march)).toBe(await mark(march));
    expect(await mark(march)).not.toBe(await mark(quiet));
  });

  test('late sources are named in both parts', async () => {
    const mail = await publish(edition({ late: ['crm', '<b>shop</b>'] }), boss);
    expect(mail.text).toContain('Свежих данных не дождались: crm, <b>shop</b>');
    expect(mail.html).toContain('crm, &lt;b&gt;shop&lt;/b&gt;');
  });
});

describe('what cannot be made', () => {
  test('a view whose only metric is gone is discarded, and says which', async () => {
    await expect(
      publish({ page: 'explore', state: `${march}&show=sales.vanished&by=product` }, boss),
    ).rejects.toMatchObject({
      isPassing: false,
      message: expect.stringContaining('sales.vanished'),
    });
    await expect(publish({ page: 'drill/sales.vanished', state: march }, boss)).rejects.toMatchObject({
      isPassing: false,
    });
  });
});

describe('files', () => {
  test('are the page in the reader’s words, and hold no formula', async () => {
    const { files, notes } = await enclose({ page: 'sales', state: march }, ['xlsx', 'csv'], boss);
    expect(notes).toEqual([]);
    expect(files[0]?.filename).toMatch(/\.xlsx$/);
    expect(files[0]?.content.subarray(0, 2).toString()).toBe('PK');
    const tables = files.slice(1);
    expect(tables.length).toBeGreaterThan(0);
    for (const { filename, content } of tables) {
      expect(filename).toMatch(/\.csv$/);
      expect(content.toString('utf8')).not.toMatch(/(^|;)"?[=+@]/m);
    }
  });

  test('that are too large are given to their reader alone, for seven days', async () => {
    const mark = 'https://pulse.example/files/a-place';
    const claim = ['ru', 'sales', '', 'xlsx', march];
    const texts = { html: `<html lang="ru"><p>${mark}</p><!--unsubscribe--></html>`, text: mark };
    const { text, html } = personalise({ ...texts, links: [{ mark, claim }], reader: 'boss' });
    expect(html).not.toContain(mark);
    expect(html).toContain('<a href="https://pulse.example/files/');
    const token = text.split('/').at(-1) ?? '';
    const from = { address: '', ip: '127.0.0.1' };
    expect(await isOpen(token)).toBe(true);
    const file = await byLink(token, from);
    expect(file?.name).toMatch(/\.xlsx$/);
    const body = file && (Buffer.isBuffer(file.body) ? file.body : await buffer(file.body));
    expect(body?.subarray(0, 2).toString()).toBe('PK');
    expect(await database.query(`select actor from app.audit where action = 'exported'`)).toEqual([
      { actor: 'boss@example.com' },
    ]);

    const past = Math.floor(Date.now() / 1000) - 1;
    const bad = [
      `${token}x`,
      signLink('file', ['boss', ...claim], past),
      signLink('unsubscribe', ['boss', ...claim], null),
    ];
    for (const one of [...bad, signLink('file', ['nobody', ...claim], null)]) {
      expect(await isOpen(one)).toBe(false);
      expect(await byLink(one, from)).toBeNull();
    }
    await database.query(`update app.users set is_disabled = true`);
    expect(await isOpen(token)).toBe(false);
    expect(await byLink(token, from)).toBeNull();
    // without a reader of its own, as in a preview, the place stays empty
    expect(personalise({ ...texts, links: [{ mark, claim }] }).text).toBe('');
  });
});
