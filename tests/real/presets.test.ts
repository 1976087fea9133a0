import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from '../harness/database.ts';
import { findRealData, noRealData } from '../harness/real.ts';
import { loadPreset, serveSystem, type System } from '../integration/etl/preset-company.ts';
import { landTable } from '../integration/etl/preset-table.ts';
import { hasMariadb, startMariadb } from '../integration/etl/sql-mariadb.ts';

// The vendors' own documented responses, and rows in the shape that a landing tool gives them.
const data = findRealData() ?? '';
const answerOf = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(data, 'api', path), 'utf8')) as Record<string, unknown>;

let database: Database;
beforeAll(async () => {
  if (!noRealData) database = await createDatabase();
});
afterAll(() => database?.drop());

describe.skipIf(noRealData)('amocrm on the responses of its documentation', () => {
  let system: System;
  const served: Record<string, string> = {
    'leads/pipelines': 'get_pipelines',
    users: 'get_users',
    leads: 'get_leads',
    tasks: 'get_tasks',
    'leads/notes': 'get_notes_by_entity_type',
  };
  beforeAll(async () => {
    system = await serveSystem((url, headers) => {
      if (headers.authorization !== 'Bearer secret') return undefined;
      const path = url.pathname.replace('/api/v4/', '');
      const name = path.split('/').at(-1) as string;
      const file = served[path];
      if (!file || url.searchParams.has('page') || url.searchParams.get('with') === 'only_deleted')
        return { _links: {}, _embedded: { [name]: [] } };
      const body = answerOf(`amocrm/${file}.response.json`) as {
        _links: { next?: { href: string } };
        _embedded: Record<string, { note_type?: string }[]>;
      };
      if (body._links.next)
        body._links.next.href = body._links.next.href.replace('https://example.amocrm.ru', url.origin);
      const types = [...url.searchParams].filter(([key]) => key.startsWith('filter[note_type]'));
      if (types.length)
        body._embedded.notes = (body._embedded.notes ?? []).filter(({ note_type }) =>
          types.some(([, type]) => type === note_type),
        );
      // The documentation shows one deal by itself in more detail.
      if (path === 'leads') body._embedded.leads?.push(answerOf('amocrm/get_lead.response.json'));
      return body;
    });
  });
  afterAll(() => system?.close());

  test('deals, stages, people and tasks arrive as they are meant', async () => {
    const streams = await loadPreset('amocrm', database.url, {
      AMOCRM_URL: system.origin,
      AMOCRM_TOKEN: 'secret',
    });
    expect(streams.stages).toMatchObject({ read: 5, inserted: 5 });
    expect(streams.employees).toMatchObject({ read: 2, inserted: 2 });
    expect(streams.deals).toMatchObject({ read: 3, inserted: 3 });
    expect(streams.activities).toMatchObject({ read: 2, inserted: 2 });
    expect(system.asked.filter((path) => /^\/api\/v4\/leads\?(?!.*only_deleted)/.test(path))).toHaveLength(2);
    const deals = await database.query(
      `select d.source_id, d.status, d.amount::float8 as amount, d.created_at, d.closed_at, d.lost_reason, s.kind
       from core.fct_deals d join core.dim_stages s using (stage_key) where d.source = 'amocrm' order by 1`,
    );
    expect(deals).toEqual([
      {
        source_id: '14460',
        status: 'won',
        amount: 655,
        created_at: new Date(1453279607000),
        closed_at: new Date(1483005931000),
        lost_reason: null,
        kind: 'won',
      },
      {
        source_id: '19619',
        status: 'won',
        amount: 46333,
        created_at: new Date(1453279607000),
        closed_at: new Date(1483005931000),
        lost_reason: null,
        kind: 'won',
      },
      {
        source_id: '3912171',
        status: 'lost',
        amount: 12,
        created_at: new Date(1585299171000),
        closed_at: new Date(1590683337000),
        lost_reason: 'Пропала потребность',
        kind: 'lost',
      },
    ]);
    const stages = await database.query(
      `select pipeline, name, kind from core.dim_stages where source = 'amocrm' and not is_inferred order by position`,
    );
    expect(stages[0]).toEqual({ pipeline: 'Воронка', name: 'Неразобранное', kind: 'open' });
    expect(stages.map(({ kind }) => kind)).toEqual(['open', 'open', 'open', 'won', 'lost']);
    const tasks = await database.query(
      `select source_id, kind, due_at, done_at from core.fct_activities where source = 'amocrm' order by 1 desc`,
    );
    expect(tasks[0]).toEqual({
      source_id: '7087',
      kind: 'meeting',
      due_at: new Date(1575665940000),
      done_at: new Date(1575364851000),
    });
  });
});

describe.skipIf(noRealData)('bitrix24 on the responses of its documentation', () => {
  let system: System;
  beforeAll(async () => {
    system = await serveSystem((url) => {
      const method = url.pathname.split('/').at(-1);
      const start = Number(url.searchParams.get('start') ?? 0);
      if (method === 'crm.deal.list') {
        const list = answerOf('bitrix24/crm-deal-list.response.json') as { result: unknown[] };
        const one = answerOf('bitrix24/crm-deal-get.response.json');
        const all = [...list.result, one.result];
        const result = all.slice(start, start + 3);
        const next = start + 3 < all.length ? { next: start + 3 } : {};
        return { ...list, ...next, result, total: all.length };
      }
      if (method === 'crm.category.list') return { result: { categories: [] }, total: 0 };
      if (method === 'crm.stagehistory.list')
        return answerOf('bitrix24/crm-stage-history-list.response.json');
      if (method === 'voximplant.statistic.get')
        return answerOf('bitrix24/voximplant-statistic-get.response.json');
      return { result: [], total: 0 };
    });
  });
  afterAll(() => system?.close());

  test('deals of several pages, their history, and calls', async () => {
    const streams = await loadPreset(
      'bitrix24',
      database.url,
      { BITRIX24_WEBHOOK: `${system.origin}/rest/1/secret` },
      // One documented deal is in euros, and no rates are loaded here.
      (text) => text.replaceAll('currency: CURRENCY_ID', 'currency: { value: RUB }'),
    );
    expect(streams.deals).toMatchObject({ read: 7, inserted: 7 });
    expect(streams.deal_stage_events).toMatchObject({ read: 1, inserted: 1 });
    expect(streams.calls).toMatchObject({ read: 2, inserted: 2 });
    const [deals] = await database.query(
      `select sum(amount)::float8 as amount, count(*) filter (where status = 'open')::int as open
       from core.fct_deals where source = 'bitrix24'`,
    );
    expect(deals).toEqual({ amount: 95_999.99 + 1_000_000, open: 7 });
    const [deal] = await database.query(
      `select c.source_id as customer, d.probability::float8 as probability, d.expected_close_at, d.closed_at, d.created_at
       from core.fct_deals d join core.dim_customers c using (customer_key)
       where d.source = 'bitrix24' and d.source_id = '410'`,
    );
    expect(deal).toEqual({
      customer: 'COMPANY:9',
      probability: 0.99,
      expected_close_at: new Date('2024-09-09T00:00:00Z'),
      closed_at: null,
      created_at: new Date('2024-08-30T12:29:00Z'),
    });
    const calls = await database.query(
      `select k.source_id, k.direction, k.disposition, k.talk_s::float8 as talk_s, k.started_at, c.source_id as customer
       from core.fct_calls k left join core.dim_customers c using (customer_key) where k.source = 'bitrix24' order by 1`,
    );
    expect(calls).toEqual([
      {
        source_id: '1',
        direction: 'out',
        disposition: 'no_answer',
        talk_s: 0,
        started_at: new Date('2025-08-06T13:08:40Z'),
        customer: 'CONTACT:275',
      },
      {
        source_id: '7',
        direction: 'in',
        disposition: 'answered',
        talk_s: 95,
        started_at: new Date('2026-03-10T10:19:38Z'),
        customer: 'CONTACT:797',
      },
    ]);
  });
});

describe.skipIf(noRealData)('call detail records as exchanges wrote them', () => {
  const asterisk = join(data, 'calls_asterisk_cdr/asterisk_Master_KelySaina.csv');

  test('asterisk-csv: every line of Master.csv is a call', async () => {
    const streams = await loadPreset('asterisk-csv', database.url, { ASTERISK_CSV: asterisk });
    expect(streams.calls).toMatchObject({ read: 14, inserted: 14, quarantined: 0 });
    const [call] = await database.query(
      `select c.disposition, c.talk_s::int as talk_s, c.started_at, e.name as employee from core.fct_calls c
       join core.dim_employees e using (employee_key) where c.source = 'asterisk_csv' and c.source_id = '1690325492.2'`,
    );
    expect(call).toEqual({
      disposition: 'answered',
      talk_s: 13,
      started_at: new Date('2023-07-25T22:51:32Z'),
      employee: 'client1',
    });
  });

  test('asterisk: the same calls from the table cdr', async () => {
    const columns =
      'clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,sequence';
    const url = await landTable(database, 'cdr', asterisk, {
      schema: 'asterisk_cdr',
      columns: columns.split(','),
      types: { uniqueid: 'text', src: 'text', dst: 'text' },
    });
    await database.query('alter table asterisk_cdr.cdr add column linkedid text');
    const streams = await loadPreset('asterisk', database.url, { ASTERISK_DB_URL: url });
    expect(streams.calls).toMatchObject({ read: 14, inserted: 14, quarantined: 0 });
    const found = await database.query(
      `select disposition, count(*)::int as n, sum(talk_s)::int as talk_s from core.fct_calls where source = 'asterisk' group by 1 order by 1`,
    );
    const csv = await database.query(
      `select disposition, count(*)::int as n, sum(talk_s)::int as talk_s from core.fct_calls where source = 'asterisk_csv' group by 1 order by 1`,
    );
    expect(found).toEqual(csv);
  });

  test.skipIf(!hasMariadb)(
    'freepbx: one row a call, extensions have their names',
    async () => {
      const columns =
        'calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid,peeraccount'.split(
          ',',
        );
      const rows = parse(readFileSync(join(data, 'calls_asterisk_cdr/freepbx_cdr_g9_pseudonymised.csv')), {
        columns,
        relax_quotes: true,
        relax_column_count: true,
      }) as Record<string, string>[];
      const maria = await startMariadb();
      try {
        const types: Record<string, string> = { calldate: 'datetime', duration: 'int', billsec: 'int' };
        const form = columns.map((name) => `${name} ${types[name] ?? 'varchar(255)'}`).join(', ');
        const value = (row: Record<string, string>, name: string): string => {
          const text = `'${(row[name] ?? '').replaceAll('\\', '').replaceAll("'", "''")}'`;
          return name === 'calldate' ? `str_to_date(${text}, '%e/%c/%Y %H:%i:%s')` : text;
        };
        await maria.query(
          `grant all on *.* to 'reader'@'127.0.0.1'; create database asteriskcdrdb character set utf8mb4;
         create database asterisk character set utf8mb4; create table asterisk.users (extension varchar(20), name varchar(50));
         insert into asterisk.users values ('105', 'Anna'); use asteriskcdrdb; create table cdr (${form});
         insert into cdr values ${rows.map((row) => `(${columns.map((name) => value(row, name)).join(', ')})`).join(', ')}`,
        );
        const url = maria.url.replace(/\/crm$/, '/asteriskcdrdb');
        const streams = await loadPreset('freepbx', database.url, { FREEPBX_DB_URL: url });
        expect(rows).toHaveLength(856);
        // These rows have 0 for linkedid: each is a call of its own.
        expect(streams.calls).toMatchObject({ read: 856, inserted: 856, quarantined: 0 });
      } finally {
        await maria.stop();
      }
      const taken = rows.filter(
        ({ disposition, did, dcontext, dstchannel, lastapp }) =>
          disposition === 'ANSWERED' &&
          ((!did && dcontext !== 'from-pstn') || (dstchannel && lastapp !== 'VoiceMail')),
      );
      const [found] = await database.query(
        `select count(*) filter (where disposition = 'answered')::int as answered,
         sum(talk_s)::int as talk_s, count(*) filter (where e.name = 'Anna') > 100 as has_anna
       from core.fct_calls c left join core.dim_employees e using (employee_key) where c.source = 'freepbx'`,
      );
      expect(found).toEqual({
        answered: taken.length,
        talk_s: taken.reduce((sum, { billsec }) => sum + Number(billsec), 0),
        has_anna: true,
      });
    },
    120_000,
  );
});

describe.skipIf(noRealData)('tables that Fivetran landed', () => {
  const land = async (connector: string, tables: Record<string, string>): Promise<string> => {
    let url = '';
    for (const [table, file] of Object.entries(tables)) {
      url = await landTable(database, table, join(data, `api/fivetran_${connector}`, file), {
        schema: connector,
        types: { _fivetran_active: 'boolean' },
      });
    }
    return url;
  };
  test('fivetran-google-ads: cost in micros becomes money', async () => {
    const url = await land('google_ads', {
      campaign_history: 'campaign_history_data.csv',
      campaign_stats: 'campaign_stats_data.csv',
    });
    const streams = await loadPreset('fivetran-google-ads', database.url, { FIVETRAN_DB_URL: url });
    expect(streams.spend?.quarantined).toBe(0);
    const [expected] = await database.query(
      `select sum(cost_micros) / 1e6 as cost, sum(clicks) as clicks from google_ads.campaign_stats`,
    );
    const [found] = await database.query(
      `select sum(cost) as cost, sum(clicks) as clicks from core.fct_marketing_spend where source = 'google_ads'`,
    );
    expect(Number(found?.cost)).toBeCloseTo(Number(expected?.cost), 2);
    expect(Number(found?.clicks)).toBe(Number(expected?.clicks));
  });

  test('fivetran-hubspot: deals, stages, history, owners, tickets', async () => {
    const url = await land('hubspot', {
      owner: 'owner_data.csv',
      deal: 'deal_data.csv',
      deal_stage: 'deal_stage_data.csv',
      deal_pipeline: 'deal_pipeline_data.csv',
      deal_pipeline_stage: 'deal_pipeline_stage_data.csv',
      ticket: 'ticket_data.csv',
    });
    const streams = await loadPreset('fivetran-hubspot', database.url, { FIVETRAN_DB_URL: url });
    for (const stream of Object.values(streams)) expect(stream.quarantined).toBe(0);
    const [{ deals, events, tickets } = {}] = await database.query(
      `select (select count(*)::int from hubspot.deal) as deals,
         (select count(*)::int from hubspot.deal_stage) as events, (select count(*)::int from hubspot.ticket) as tickets`,
    );
    expect(streams.deals?.read).toBe(deals);
    expect(streams.stage_history?.read).toBe(events);
    expect(streams.tickets?.read).toBe(tickets);
  });

  test('fivetran-salesforce: opportunities with their state, history, tasks', async () => {
    const url = await land('salesforce', {
      opportunity: 'sf_opportunity_data.csv',
      opportunity_history: 'sf_opportunity_history_data.csv',
      task: 'sf_task_data.csv',
    });
    const streams = await loadPreset('fivetran-salesforce', database.url, { FIVETRAN_DB_URL: url });
    for (const stream of Object.values(streams)) expect(stream.quarantined).toBe(0);
    const [expected] = await database.query(
      `select count(distinct id) filter (where is_won)::int as won, count(distinct id)::int as deals
       from salesforce.opportunity where coalesce(_fivetran_active, true)`,
    );
    const [found] = await database.query(
      `select count(*) filter (where status = 'won')::int as won, count(*)::int as deals from core.fct_deals where source = 'salesforce'`,
    );
    expect(found).toEqual(expected);
    expect(streams.stage_history?.inserted).toBeGreaterThan(0);
  });

  test('fivetran-zendesk: tickets with states and first answers', async () => {
    const url = await land('zendesk', {
      ticket: 'ticket_data.csv',
      ticket_comment: 'ticket_comment_data.csv',
      ticket_field_history: 'ticket_field_history_data.csv',
      user: 'user_data.csv',
    });
    const streams = await loadPreset('fivetran-zendesk', database.url, { FIVETRAN_DB_URL: url });
    for (const stream of Object.values(streams)) expect(stream.quarantined).toBe(0);
    const [expected] = await database.query(
      `select count(*)::int as n, count(*) filter (where status in ('solved', 'closed'))::int as resolved from zendesk.ticket where status <> 'deleted'`,
    );
    const [found] = await database.query(
      `select count(*)::int as n, count(*) filter (where status = 'resolved')::int as resolved from core.fct_complaints where source = 'zendesk' and not is_deleted`,
    );
    expect(found).toEqual(expected);
    expect((streams.agents?.read ?? 0) + (streams.end_users?.read ?? 0)).toBeGreaterThan(5);
  });
});
