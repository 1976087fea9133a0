import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { listPresets, readPreset, type Preset } from '../../../etl/preset.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { loadPreset, serveSystem, type Streams } from './preset-company.ts';
import { landTable } from './preset-table.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/presets');

let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

describe('every preset', () => {
  test.each(listPresets())(
    '%s is a complete source that configuration accepts, and says what it is for',
    (name) => {
      const preset = readPreset(name) as Preset;
      expect(preset.against).not.toBe('');
      expect(preset.needs.length).toBeGreaterThan(0);
      for (const variable of preset.needs)
        expect(
          preset.text
            .split('\n')
            .filter((line) => line.startsWith('#'))
            .join('\n'),
        ).toContain(variable);
      const file = join(mkdtempSync(join(tmpdir(), 'pulse-preset-')), 'pulse.yaml');
      writeFileSync(file, `reporting: { timezone: Europe/Moscow, currency: RUB }\n${preset.text}`);
      const value = preset.kind === 'files' ? join(fixtures, 'survey.csv') : 'https://example.com';
      const { sources } = readConfig(file, Object.fromEntries(preset.needs.map((need) => [need, value])));
      expect(Object.keys(sources)).toHaveLength(1);
    },
  );
});

/** A system whose answers lie in a fixture, by path and by parameters that the request has to hold. */
async function loadFromApi(name: string, env: (origin: string) => Record<string, string>): Promise<Streams> {
  const text = readFileSync(join(fixtures, `${name}.json`), 'utf8');
  const system = await serveSystem((url) => {
    const answers = JSON.parse(text.replaceAll('{origin}', url.origin)) as Record<string, unknown>;
    const fitting = Object.keys(answers).filter((key) => {
      const [path = '', query = ''] = key.split(/\?(.*)/s);
      const own = decodeURIComponent(url.pathname);
      if (path.startsWith('/') ? own !== path : own.split('/').at(-1) !== path) return false;
      const [parameter, value] = query.split(/=(.*)/s);
      const given = url.searchParams.get(parameter ?? '');
      if (!parameter) return true;
      return given === value || given?.endsWith(value ?? '') || given?.includes(`${value} WHERE`) === true;
    });
    const best = fitting.sort((a, b) => b.length - a.length)[0];
    return best === undefined ? undefined : answers[best];
  });
  try {
    return await loadPreset(name, database.url, env(system.origin));
  } finally {
    await system.close();
  }
}

const countsOf = (streams: Streams): Record<string, number> =>
  Object.fromEntries(Object.entries(streams).map(([name, s]) => [name, s.quarantined ? -1 : s.inserted]));

async function dealsOf(source: string): Promise<Record<string, unknown>[]> {
  return database.query(
    `select d.source_id as id, d.status, d.amount::float8 as amount, c.name as customer, s.name as stage
     from core.fct_deals d left join core.dim_customers c using (customer_key) left join core.dim_stages s using (stage_key)
     where d.source = $1 order by 1`,
    [source],
  );
}

describe('presets over HTTP', () => {
  test('amocrm', async () => {
    const streams = await loadFromApi('amocrm', (origin) => ({ AMOCRM_URL: origin, AMOCRM_TOKEN: 't' }));
    expect(countsOf(streams)).toMatchObject({
      stages: 5,
      employees: 1,
      companies: 1,
      contacts: 1,
      deals: 2,
      deal_stage_events: 1,
    });
    expect(await dealsOf('amocrm')).toEqual([
      { id: '41', status: 'won', amount: 1000, customer: 'Ромашка', stage: 'Успешно' },
      { id: '42', status: 'open', amount: 500, customer: '#32', stage: 'Новая' },
    ]);
    const [found] = await database.query(
      `select (select phone from core.dim_customers where source = 'amocrm' and source_id = '31') as phone,
         (select utm_source from core.fct_deals where source = 'amocrm' and source_id = '41') as utm,
         (select pipeline from core.dim_stages where source = 'amocrm' and source_id = '8|142') as pipeline`,
    );
    expect(found).toEqual({ phone: '+74950000000', utm: 'yandex', pipeline: 'Розница' });
  });

  test('bitrix24', async () => {
    const streams = await loadFromApi('bitrix24', (origin) => ({ BITRIX24_WEBHOOK: `${origin}/rest/1/x` }));
    expect(countsOf(streams)).toEqual({
      teams: 1,
      employees: 1,
      stages: 3,
      companies: 1,
      contacts: 1,
      deals: 2,
      deal_stage_events: 1,
      activities: 1,
      calls: 1,
    });
    expect(await dealsOf('bitrix24')).toEqual([
      { id: '1', status: 'won', amount: 100.5, customer: 'Ромашка', stage: 'Успех' },
      { id: '2', status: 'open', amount: 7, customer: 'Пётр', stage: 'Новая' },
    ]);
  });

  test('hubspot', async () => {
    const streams = await loadFromApi('hubspot', (origin) => ({ HUBSPOT_URL: origin, HUBSPOT_TOKEN: 't' }));
    expect(countsOf(streams)).toEqual({
      employees: 1,
      stages: 3,
      customers: 1,
      deals: 2,
      stage_history: 2,
      calls: 1,
      complaints: 1,
    });
    expect(await dealsOf('hubspot')).toEqual([
      { id: '11', status: 'won', amount: 250.5, customer: 'Acme', stage: 'Won' },
      { id: '12', status: 'open', amount: null, customer: null, stage: 'New' },
    ]);
    const [call] = await database.query(
      `select direction, talk_s::float8 as talk_s, phone from core.fct_calls where source = 'hubspot'`,
    );
    expect(call).toEqual({ direction: 'in', talk_s: 61, phone: '+15550100' });
  });

  test('salesforce', async () => {
    const streams = await loadFromApi('salesforce', (origin) => ({
      SALESFORCE_URL: origin,
      SALESFORCE_TOKEN: 't',
    }));
    expect(countsOf(streams)).toEqual({
      users: 1,
      stages: 2,
      accounts: 1,
      opportunities: 2,
      opportunity_history: 1,
      tasks: 1,
      cases: 1,
    });
    expect(await dealsOf('salesforce')).toEqual([
      { id: '006A', status: 'won', amount: 100.5, customer: 'Acme', stage: 'Closed Won' },
      { id: '006B', status: 'open', amount: null, customer: null, stage: 'Open' },
    ]);
  });

  test('pipedrive', async () => {
    const streams = await loadFromApi('pipedrive', (origin) => ({
      PIPEDRIVE_URL: origin,
      PIPEDRIVE_TOKEN: 't',
    }));
    expect(countsOf(streams)).toMatchObject({ organizations: 1, persons: 1, deals: 2, activities: 1 });
    expect(await dealsOf('pipedrive')).toEqual([
      { id: '5', status: 'won', amount: 100, customer: 'Acme', stage: 'New' },
      { id: '6', status: 'lost', amount: 50, customer: 'Bob', stage: 'New' },
    ]);
  });

  test('zendesk', async () => {
    const streams = await loadFromApi('zendesk', (origin) => ({
      ZENDESK_URL: origin,
      ZENDESK_USER: 'u',
      ZENDESK_TOKEN: 't',
    }));
    expect(countsOf(streams)).toEqual({ agents: 1, end_users: 1, complaints: 2, survey_responses: 1 });
    const tickets = await database.query(
      `select source_id as id, status, resolved_at from core.fct_complaints where source = 'zendesk' order by 1`,
    );
    expect(tickets).toEqual([
      { id: '11', status: 'in_progress', resolved_at: null },
      { id: '12', status: 'resolved', resolved_at: new Date('2025-01-05T00:00:00Z') },
    ]);
  });

  test('1c-odata', async () => {
    const streams = await loadFromApi('1c-odata', (origin) => ({
      ODATA_URL: `${origin}/base/odata/standard.odata`,
      ODATA_USER: 'u',
      ODATA_PASSWORD: 'p',
    }));
    expect(countsOf(streams)).toEqual({
      employees: 1,
      products: 1,
      customers: 1,
      deals: 1,
      invoices: 1,
      payments: 1,
    });
    expect(await dealsOf('onec')).toEqual([
      { id: 'd1', status: 'won', amount: 1000.5, customer: 'Ромашка', stage: null },
    ]);
  });

  test.each([
    [
      'meta-ads',
      'meta_ads',
      (origin: string) => ({ META_ADS_URL: `${origin}/v21.0/act_1`, META_ADS_TOKEN: 't' }),
    ],
    [
      'vk-ads',
      'vk_ads',
      (origin: string) => ({
        VK_ADS_URL: origin,
        VK_ADS_TOKEN: 't',
        VK_ADS_FROM: '2025-01-01',
        VK_ADS_TO: '2025-01-31',
      }),
    ],
  ])('%s', async (name, source, env) => {
    expect(countsOf(await loadFromApi(name, env))).toEqual({ campaigns: 1, marketing_spend: 2 });
    expect(await spendOf(source)).toEqual([{ cost: 15, impressions: 150, clicks: 7 }]);
  });
});

function spendOf(source: string): Promise<Record<string, unknown>[]> {
  return database.query(
    `select sum(cost)::float8 as cost, sum(impressions)::int as impressions, sum(clicks)::int as clicks
     from core.fct_marketing_spend where source = $1`,
    [source],
  );
}

describe('presets over files', () => {
  test.each([
    [
      'google-ads',
      'GOOGLE_ADS_CSV',
      'google-ads.csv',
      'google_ads',
      3,
      { cost: 25, impressions: 1080, clicks: 14 },
    ],
    [
      'yandex-direct',
      'YANDEX_DIRECT_TSV',
      'yandex-direct.tsv',
      'yandex_direct',
      3,
      { cost: 200, impressions: 1500, clicks: 25 },
    ],
  ] as const)('%s: money comes from micros', async (name, variable, file, source, read, sums) => {
    const streams = await loadPreset(name, database.url, { [variable]: join(fixtures, file) });
    expect(streams.marketing_spend).toMatchObject({ read, inserted: read, quarantined: 0 });
    expect(await spendOf(source)).toEqual([sums]);
  });

  test('yandex-direct-web: title and totals are no rows', async () => {
    const other = await createDatabase();
    try {
      const streams = await loadPreset('yandex-direct-web', other.url, {
        YANDEX_DIRECT_CSV: join(fixtures, 'yandex-direct-web.csv'),
      });
      expect(streams.marketing_spend).toMatchObject({ read: 2, inserted: 2, quarantined: 0 });
      const [sum] = await other.query(`select sum(cost)::float8 as cost from core.fct_marketing_spend`);
      expect(sum).toEqual({ cost: 200 });
    } finally {
      await other.drop();
    }
  });

  test('survey: an answer without a day goes to quarantine', async () => {
    const streams = await loadPreset('survey', database.url, { SURVEY_CSV: join(fixtures, 'survey.csv') });
    expect(streams.survey_responses).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
  });

  test('asterisk-csv: direction by context', async () => {
    const file = join(fixtures, 'asterisk-cdr.csv');
    const streams = await loadPreset('asterisk-csv', database.url, { ASTERISK_CSV: file });
    expect(streams.calls).toMatchObject({ read: 3, inserted: 3 });
    const calls = await database.query(
      `select direction, disposition from core.fct_calls where source = 'asterisk_csv' order by source_id`,
    );
    expect(calls).toEqual([
      { direction: 'out', disposition: 'answered' },
      { direction: 'in', disposition: 'no_answer' },
      { direction: 'in', disposition: 'answered' },
    ]);
  });
});

describe('presets over databases', () => {
  test('asterisk: legs are one call, answered by whoever answered', async () => {
    const columns =
      'clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,sequence';
    const url = await landTable(database, 'cdr', join(fixtures, 'asterisk-cdr.csv'), {
      schema: 'exchange',
      columns: columns.split(','),
      types: { uniqueid: 'text', src: 'text', dst: 'text' },
    });
    const streams = await loadPreset('asterisk', database.url, { ASTERISK_DB_URL: url });
    expect(streams.calls).toMatchObject({ read: 2, inserted: 2 });
    const calls = await database.query(
      `select c.direction, c.disposition, c.talk_s::int as talk_s, c.wait_s::int as wait_s, c.phone, e.name as employee
       from core.fct_calls c join core.dim_employees e using (employee_key) where c.source = 'asterisk' order by c.source_id`,
    );
    expect(calls).toEqual([
      {
        direction: 'out',
        disposition: 'answered',
        talk_s: 60,
        wait_s: 5,
        phone: '84951234567',
        employee: '105',
      },
      {
        direction: 'in',
        disposition: 'answered',
        talk_s: 12,
        wait_s: 8,
        phone: '84951234567',
        employee: '106',
      },
    ]);
  });

  test('freepbx: direction by trunk, names of extensions', async () => {
    await database.query(`
      create schema asterisk; create table asterisk.users (extension text, name text); insert into asterisk.users values ('105', 'Anna');
      create schema pbx;
      create table pbx.cdr (uniqueid text, calldate timestamp, src text, dst text, dcontext text, channel text, dstchannel text,
        disposition text, duration int, billsec int, did text, outbound_cnum text);
      insert into pbx.cdr values
        ('1.1', '2025-01-01 10:00', '105', '84951234567', 'from-internal', 'SIP/105-01', 'SIP/trunk-02', 'ANSWERED', 65, 60, '', '84950000000'),
        ('1.3', '2025-01-01 11:00', '84951234567', '600', 'ext-queues', 'SIP/trunk-03', 'SIP/106-04', 'NO ANSWER', 10, 0, '84950000000', ''),
        ('1.3', '2025-01-01 11:00', '84951234567', '600', 'ext-queues', 'SIP/trunk-03', 'SIP/105-05', 'ANSWERED', 20, 12, '84950000000', '')`);
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=pbx');
    const streams = await loadPreset('freepbx', database.url, { FREEPBX_DB_URL: url.href });
    expect(countsOf(streams)).toEqual({ extensions: 1, calls: 2 });
    const calls = await database.query(
      `select c.direction, c.disposition, e.name as employee from core.fct_calls c
       join core.dim_employees e using (employee_key) where c.source = 'freepbx' order by c.source_id`,
    );
    expect(calls).toEqual([
      { direction: 'out', disposition: 'answered', employee: 'Anna' },
      { direction: 'in', disposition: 'answered', employee: 'Anna' },
    ]);
  });

  test('fivetran-google-ads: devices of a day are one row, the newest name counts', async () => {
    const other = await createDatabase();
    try {
      await other.query(`
        create schema ads;
        create table ads.campaign_history (id bigint, updated_at timestamp, name text, start_date date, end_date date);
        create table ads.campaign_stats (id bigint, date date, device text, cost_micros bigint, impressions bigint, clicks bigint);
        insert into ads.campaign_history values (1, '2025-01-01', 'Old', '2025-01-01', null), (1, '2025-01-02', 'New', '2025-01-01', null);
        insert into ads.campaign_stats values (1, '2025-01-01', 'MOBILE', 1500000, 10, 1), (1, '2025-01-01', 'DESKTOP', 500000, 5, 1)`);
      const url = new URL(other.url);
      url.searchParams.set('options', '-c search_path=ads');
      const streams = await loadPreset('fivetran-google-ads', other.url, { FIVETRAN_DB_URL: url.href });
      expect(countsOf(streams)).toEqual({ campaigns: 1, spend: 1 });
      const [found] = await other.query(
        `select c.name, s.cost::float8 as cost from core.fct_marketing_spend s join core.dim_campaigns c using (campaign_key)`,
      );
      expect(found).toEqual({ name: 'New', cost: 2 });
    } finally {
      await other.drop();
    }
  });

  test('request-tracker: tickets, their requestors and owners', async () => {
    await database.query(`
      create schema rt;
      create table rt.Queues (id int, Name text);
      create table rt.Users (id int, Name text, RealName text, EmailAddress text, WorkPhone text, Created timestamp);
      create table rt.Groups (id int, Domain text, Name text, Instance int);
      create table rt.GroupMembers (id int, GroupId int, MemberId int);
      create table rt.Tickets (id int, EffectiveId int, Type text, Queue int, Owner int, Subject text, Status text, Priority int,
        Created timestamp, Started timestamp, Due timestamp, Resolved timestamp, LastUpdated timestamp);
      insert into rt.Queues values (1, 'Service');
      insert into rt.Users values (6, 'Nobody', null, null, null, null), (20, 'anna', 'Anna', 'anna@example.com', null, '2025-01-01'),
        (30, 'bob@example.com', null, 'bob@example.com', '+74950000000', '2025-01-01');
      insert into rt.Groups values (1, 'RT::Ticket-Role', 'Requestor', 101), (2, 'RT::Ticket-Role', 'Requestor', 102);
      insert into rt.GroupMembers values (1, 1, 30), (2, 2, 30);
      insert into rt.Tickets values
        (101, 101, 'ticket', 1, 20, 'Broken', 'resolved', 50, '2025-01-01', '2025-01-01 01:00', '1970-01-01', '2025-01-02', '2025-01-02'),
        (102, 102, 'ticket', 1, 6, 'Late', 'new', 10, '2025-01-03', '1970-01-01', '2025-01-05', '1970-01-01', '2025-01-03'),
        (103, 101, 'ticket', 1, 20, 'Merged', 'open', 10, '2025-01-03', '1970-01-01', '1970-01-01', '1970-01-01', '2025-01-03')`);
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=rt');
    const streams = await loadPreset('request-tracker', database.url, { RT_DB_URL: url.href });
    expect(countsOf(streams)).toEqual({ owners: 1, requestors: 1, tickets: 2 });
    const tickets = await database.query(
      `select c.source_id as id, c.status, c.first_response_at, c.due_at, k.name as customer, e.name as employee
       from core.fct_complaints c left join core.dim_customers k using (customer_key)
       left join core.dim_employees e using (employee_key) where c.source = 'request_tracker' order by 1`,
    );
    expect(tickets).toEqual([
      {
        id: '101',
        status: 'resolved',
        first_response_at: new Date('2025-01-01T01:00:00Z'),
        due_at: null,
        customer: 'bob@example.com',
        employee: 'Anna',
      },
      {
        id: '102',
        status: 'new',
        first_response_at: null,
        due_at: new Date('2025-01-05T00:00:00Z'),
        customer: 'bob@example.com',
        employee: null,
      },
    ]);
  });
});
