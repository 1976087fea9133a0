import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { readPreset } from '../../../etl/preset.ts';
import { previewSources } from '../../../etl/preview.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { loadPreset, serveSystem, type Streams, type System } from './preset-company.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/presets');

let database: Database;
let system: System | null = null;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

type Env = (origin: string) => Record<string, string>;

/** A system whose answers lie in a fixture, by path and by a parameter that the request has to hold. */
async function serveFixture(name: string, mayEnter: (headers: Record<string, unknown>) => boolean) {
  const text = readFileSync(join(fixtures, `${name}.json`), 'utf8');
  return serveSystem((url, headers, body) => {
    if (!url.pathname.endsWith('/token') && !mayEnter(headers)) return undefined;
    const answers = JSON.parse(text.replaceAll('{origin}', url.origin)) as Record<string, unknown>;
    const sent = body.startsWith('{') ? (JSON.parse(body) as Record<string, string>) : {};
    const own = decodeURIComponent(url.pathname);
    const fitting = Object.keys(answers).filter((key) => {
      const [path = '', query = ''] = key.split(/\?(.*)/s);
      if (own !== path && !own.endsWith(`/${path}`)) return false;
      const [parameter = '', value = ''] = query.split(/=(.*)/s);
      return !parameter || (url.searchParams.get(parameter) ?? sent[parameter])?.includes(value) === true;
    });
    return answers[fitting.sort((a, b) => b.length - a.length)[0] ?? ''];
  });
}

/** Loads a preset twice: the second load finds nothing new, loses nothing, and asks only for what may have changed. */
async function loadTwice(
  name: string,
  env: Env,
  authorization: string | null,
  change?: (text: string, origin: string) => string,
): Promise<{ counts: Record<string, number>; asked: string[] }> {
  system = await serveFixture(
    name,
    (headers) => authorization === null || headers.authorization === authorization,
  );
  const { origin } = system;
  const load = (): Promise<Streams> =>
    loadPreset(name, database.url, env(origin), (text) => change?.(text, origin) ?? text);
  try {
    await preview(name, env(origin), (text) => change?.(text, origin) ?? text);
    const first = await load();
    const before = system.asked.length;
    for (const [stream, s] of Object.entries(await load()))
      expect([stream, s.inserted, s.updated, s.deleted]).toEqual([stream, 0, 0, 0]);
    const counts = Object.entries(first).map(([stream, s]) => [stream, s.quarantined ? -1 : s.inserted]);
    return {
      counts: Object.fromEntries(counts) as Record<string, number>,
      asked: system.asked.slice(before),
    };
  } finally {
    await system.close();
  }
}

/** What `pulse config check` does: at most five mapped rows of each stream, before anything is loaded. */
async function preview(name: string, env: Record<string, string>, change: (text: string) => string) {
  const file = join(mkdtempSync(join(tmpdir(), 'pulse-preset-')), 'pulse.yaml');
  const preset = readPreset(name)?.text ?? '';
  writeFileSync(file, `reporting: { timezone: Europe/Moscow, currency: RUB }\n${change(preset)}`);
  const previews = await previewSources(readConfig(file, env), { warehouseUrl: database.url });
  expect(previews.filter(({ error }) => error !== null)).toEqual([]);
  for (const { stream, read, rows } of previews)
    expect([stream, rows.length]).toEqual([stream, Math.min(read, 5)]);
  expect(previews.filter(({ rows }) => rows.length).length).toBeGreaterThan(1);
}

const deals = (source: string): Promise<Record<string, unknown>[]> =>
  database.query(
    `select d.source_id as id, d.status, d.amount::float8 as amount, c.name as customer, s.name as stage, s.pipeline
     from core.fct_deals d left join core.dim_customers c using (customer_key) left join core.dim_stages s using (stage_key)
     where d.source = $1 and not d.is_deleted order by 1`,
    [source],
  );

const calls = (source: string): Promise<Record<string, unknown>[]> =>
  database.query(
    `select source_id as id, direction, disposition, talk_s::float8 as talk_s, phone from core.fct_calls
     where source = $1 order by 1`,
    [source],
  );

const minutes = 60_000;

describe('presets over HTTP', () => {
  test(
    'amocrm: pages by next, the bin, reasons, tracking fields, calls of every card',
    async () => {
      const env: Env = (origin) => ({ AMOCRM_URL: origin, AMOCRM_TOKEN: 't' });
      const { counts, asked } = await loadTwice('amocrm', env, 'Bearer t');
      expect(counts).toMatchObject({
        stages: 5,
        employees: 1,
        companies: 1,
        contacts: 1,
        deals: 3,
        deleted_leads: 1,
        deal_stage_events: 1,
        lead_calls: 2,
        messages: 1,
        company_calls: 1,
      });
      expect(await deals('amocrm')).toEqual([
        { id: '41', status: 'won', amount: 1000, customer: 'Ромашка', stage: 'Успешно', pipeline: 'Опт' },
        { id: '42', status: 'open', amount: 500, customer: '#32', stage: 'Новая', pipeline: 'Розница' },
        { id: '44', status: 'lost', amount: 700, customer: '#32', stage: 'Отказ', pipeline: 'Опт' },
      ]);
      const [lost] = await database.query(
        `select lost_reason, utm_source, utm_campaign, closed_at from core.fct_deals where source = 'amocrm' and source_id = '44'`,
      );
      expect(lost).toEqual({
        lost_reason: 'Дорого',
        utm_source: 'vk',
        utm_campaign: 'spring',
        closed_at: new Date(1_700_050_000_000),
      });
      expect(asked).toContainEqual(
        expect.stringMatching(/^\/api\/v4\/leads\?with=contacts.*\[from\]=1700090000$/),
      );
      expect(asked).toContainEqual(expect.stringMatching(/^\/api\/v4\/events\?.*\[from\]=1700080000$/));
    },
    minutes,
  );

  test(
    'bitrix24: stages of every pipeline, semantics, calls that are written down late',
    async () => {
      const env: Env = (origin) => ({ BITRIX24_WEBHOOK: `${origin}/rest/1/x` });
      const { counts, asked } = await loadTwice('bitrix24', env, null);
      expect(counts).toEqual({
        teams: 1,
        employees: 1,
        first_stages: 3,
        further_stages: 2,
        companies: 1,
        contacts: 1,
        deals: 2,
        deal_stage_events: 1,
        activities: 1,
        calls: 1,
      });
      expect(await deals('bitrix24')).toEqual([
        { id: '1', status: 'won', amount: 100.5, customer: 'Ромашка', stage: 'Успех', pipeline: 'Общая' },
        { id: '2', status: 'open', amount: 7, customer: 'Пётр', stage: 'Новая', pipeline: 'Общая' },
      ]);
      const stages = await database.query(
        `select source_id, name, kind from core.dim_stages where source = 'bitrix24' and pipeline = 'Опт' order by position`,
      );
      expect(stages).toEqual([
        { source_id: 'C9:NEW', name: 'Заявка', kind: 'open' },
        { source_id: 'C9:WON', name: 'Продано', kind: 'won' },
      ]);
      expect(
        await database.query(`select name, extension from core.dim_employees where source = 'bitrix24'`),
      ).toEqual([{ name: 'Анна Ким', extension: '105' }]);
      expect(asked).toContainEqual(expect.stringContaining('FILTER[>=CALL_START_DATE]=2025-01-04T07:00:00Z'));
    },
    minutes,
  );

  test('bitrix24: the secret in the address is in no error, and nowhere in what is kept', async () => {
    const secret = 's3cretw3bhook';
    const failing = await serveSystem(() => undefined);
    const run = loadPreset('bitrix24', database.url, {
      BITRIX24_WEBHOOK: `${failing.origin}/rest/1/${secret}`,
    });
    await expect(run).rejects.toThrow('bitrix24: department.get answered 404: check address and rights');
    await failing.close();
    const kept = await database.query(
      `select r::text from ops.runs r where error is not null union all select s::text from ops.sources s
       union all select q::text from ops.run_streams q union all select c::text from ops.cursors c`,
    );
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test('hubspot: companies and contacts, who has left, outcomes of calls', async () => {
    const { counts } = await loadTwice(
      'hubspot',
      (origin) => ({ HUBSPOT_URL: origin, HUBSPOT_TOKEN: 't' }),
      'Bearer t',
    );
    expect(counts).toEqual({
      employees: 1,
      former_owners: 1,
      stages: 3,
      companies: 1,
      contacts: 1,
      deals: 2,
      stage_history: 2,
      calls: 2,
      complaints: 1,
    });
    expect(await deals('hubspot')).toEqual([
      { id: '11', status: 'won', amount: 250.5, customer: 'Acme', stage: 'Won', pipeline: 'Sales' },
      { id: '12', status: 'open', amount: null, customer: 'Eve Poe', stage: 'New', pipeline: 'Sales' },
    ]);
    expect(await calls('hubspot')).toEqual([
      { id: '21', direction: 'in', disposition: 'answered', talk_s: 61, phone: '+15550100' },
      { id: '22', direction: 'out', disposition: 'no_answer', talk_s: null, phone: '+15550199' },
    ]);
  });

  test('salesforce: deleted records, calls and meetings, only what changed', async () => {
    const env: Env = (origin) => ({ SALESFORCE_URL: origin, SALESFORCE_TOKEN: 't' });
    const { counts, asked } = await loadTwice('salesforce', env, 'Bearer t');
    expect(counts).toEqual({
      users: 1,
      stages: 2,
      accounts: 1,
      campaigns: 1,
      opportunities: 3,
      opportunity_history: 1,
      tasks: 1,
      meetings: 1,
      calls: 1,
      cases: 1,
    });
    expect(await deals('salesforce')).toMatchObject([
      { id: '006A', status: 'won', amount: 100.5, customer: 'Acme', stage: 'Closed Won' },
      { id: '006B', status: 'open', amount: null, customer: null, stage: 'Open' },
    ]);
    const [days] = await database.query(
      `select d.closed_at, c.name as campaign from core.fct_deals d join core.dim_campaigns c using (campaign_key)
       where d.source = 'salesforce' and d.source_id = '006A'`,
    );
    // A close date is a day of the company, not of UTC.
    expect(days).toEqual({ closed_at: new Date('2025-01-31T21:00:00Z'), campaign: 'Fair' });
    const users = `select name, extension from core.dim_employees where source = 'salesforce' and not is_inferred`;
    expect(await database.query(users)).toEqual([{ name: 'Ann', extension: '105' }]);
    expect(asked).toContainEqual(
      expect.stringMatching(/FROM\+Opportunity\+WHERE\+SystemModstamp\+>=\+2025-02-01T00:00:00Z$/),
    );
  });

  test('pipedrive: cursors, stages below their pipelines, when a stage was entered', async () => {
    const env: Env = (origin) => ({ PIPEDRIVE_URL: origin, PIPEDRIVE_TOKEN: 't' });
    const { counts, asked } = await loadTwice('pipedrive', env, null);
    expect(counts).toEqual({
      employees: 1,
      stages: 1,
      organizations: 1,
      persons: 1,
      deals: 3,
      stage_events: 3,
      activities: 1,
    });
    expect(await deals('pipedrive')).toEqual([
      { id: '5', status: 'won', amount: 100, customer: 'Acme', stage: 'New', pipeline: 'Sales' },
      { id: '6', status: 'lost', amount: 50.5, customer: 'Bob', stage: 'New', pipeline: 'Sales' },
    ]);
    const events = await database.query(
      `select entered_at from core.fct_deal_stage_events where source = 'pipedrive' and deal_id = '5' and not is_inferred`,
    );
    expect(events).toEqual([{ entered_at: new Date('2025-01-20T09:00:00Z') }]);
    expect(asked).toContainEqual(
      expect.stringMatching(/^\/api\/v2\/deals\?.*updated_since=2025-02-02T09:00:00Z/),
    );
  });

  test('zendesk: the export ends by its flag, first answers come in minutes, deleted tickets are told', async () => {
    const env: Env = (origin) => ({ ZENDESK_URL: origin, ZENDESK_USER: 'u', ZENDESK_TOKEN: 't' });
    const basic = `Basic ${Buffer.from('u:t').toString('base64')}`;
    const { counts, asked } = await loadTwice('zendesk', env, basic);
    expect(counts).toEqual({ agents: 1, end_users: 1, tickets: 3, survey_responses: 1 });
    const tickets = await database.query(
      `select source_id as id, status, first_response_at, resolved_at, is_deleted from core.fct_complaints
       where source = 'zendesk' order by 1`,
    );
    const none = { first_response_at: null, resolved_at: null };
    expect(tickets).toEqual([
      { id: '11', status: 'in_progress', ...none, is_deleted: false },
      {
        id: '12',
        status: 'resolved',
        first_response_at: new Date('2025-01-03T01:30:00Z'),
        resolved_at: new Date('2025-01-05T00:00:00Z'),
        is_deleted: false,
      },
      { id: '13', status: 'rejected', ...none, is_deleted: true },
    ]);
    expect(asked.filter((path) => path.includes('/incremental/'))).toEqual([
      expect.stringContaining('start_time=1736380800'),
      expect.stringContaining('cursor=MTU3NjYx'),
    ]);
  });

  test('1c-odata: empty references and days, folders, deletion marks', async () => {
    const { counts } = await loadTwice(
      '1c-odata',
      (origin) => ({
        ODATA_URL: `${origin}/base/odata/standard.odata`,
        ODATA_USER: 'u',
        ODATA_PASSWORD: 'p',
      }),
      `Basic ${Buffer.from('u:p').toString('base64')}`,
    );
    expect(counts).toMatchObject({ employees: 1, products: 1, customers: 3, deals: 1, payments: 1 });
    // The day 0001-01-01 is none, and an invoice needs one.
    expect(counts.invoices).toBe(-1);
    expect(await deals('onec')).toMatchObject([
      { id: 'd1', status: 'won', amount: 1000.5, customer: 'Ромашка', stage: null },
    ]);
    const customers = await database.query(
      `select name from core.dim_customers where source = 'onec' and not is_deleted`,
    );
    expect(customers).toEqual([{ name: 'Ромашка' }]);
  });

  test.each<[string, string, Env, number]>([
    [
      'meta-ads',
      'meta_ads',
      (origin) => ({
        META_ADS_URL: `${origin}/v21.0/act_1`,
        META_ADS_TOKEN: 't',
        META_ADS_FROM: '2025-01-01',
      }),
      28,
    ],
    [
      'vk-ads',
      'vk_ads',
      (origin) => ({ VK_ADS_URL: origin, VK_ADS_TOKEN: 't', VK_ADS_FROM: '2025-01-01' }),
      14,
    ],
  ])('%s: numbers as texts, days that are read again', async (name, source, env, back) => {
    const { counts, asked } = await loadTwice(name, env, 'Bearer t');
    expect(counts).toEqual({ campaigns: 1, marketing_spend: 2 });
    expect(await spendOf(source)).toEqual([{ cost: 15, impressions: 150, clicks: 7 }]);
    const since = new Date(Date.UTC(2025, 0, 2 - back)).toISOString().slice(0, 10);
    expect(asked).toContainEqual(expect.stringContaining(since));
    expect(asked).toContainEqual(expect.stringContaining(new Date().toISOString().slice(0, 10)));
  });

  test('google-ads: a query by POST, pages by token, money from micros', async () => {
    const { counts, asked } = await loadTwice(
      'google-ads',
      (origin) => ({
        GOOGLE_ADS_URL: `${origin}/v26`,
        GOOGLE_ADS_CUSTOMER: '1234567890',
        GOOGLE_ADS_MANAGER: '1234567890',
        GOOGLE_ADS_DEVELOPER: 'd',
        GOOGLE_ADS_CLIENT_ID: 'i',
        GOOGLE_ADS_CLIENT_SECRET: 's',
        GOOGLE_ADS_REFRESH_TOKEN: 'r',
        GOOGLE_ADS_FROM: '2025-01-01',
      }),
      'Bearer ya29.a',
      (text, origin) => text.replace('https://oauth2.googleapis.com', origin),
    );
    expect(counts).toEqual({ campaigns: 2, spend: 3 });
    expect(await spendOf('google_ads')).toEqual([{ cost: 25, impressions: 1080, clicks: 14 }]);
    expect(asked).toContainEqual(expect.stringContaining("BETWEEN '2024-12-03' AND"));
  });
});

function spendOf(source: string): Promise<Record<string, unknown>[]> {
  return database.query(
    `select sum(cost)::float8 as cost, sum(impressions)::int as impressions, sum(clicks)::int as clicks
     from core.fct_marketing_spend where source = $1`,
    [source],
  );
}
