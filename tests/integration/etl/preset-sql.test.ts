import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { loadPreset, type Streams } from './preset-company.ts';
import { hasMariadb, startMariadb, type Mariadb } from './sql-mariadb.ts';

let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

const countsOf = (streams: Streams): Record<string, number> =>
  Object.fromEntries(Object.entries(streams).map(([name, s]) => [name, s.quarantined ? -1 : s.inserted]));

/** The address of the database with a schema in which a system's tables were made. */
async function makeSchema(name: string, tables: string, into = database): Promise<string> {
  await into.query(`create schema ${name}; set search_path = ${name}; ${tables}; set search_path = default`);
  const url = new URL(into.url);
  url.searchParams.set('options', `-c search_path=${name}`);
  return url.href;
}

const calls = (source: string): Promise<Record<string, unknown>[]> =>
  database.query(
    `select c.source_id as id, c.direction, c.disposition, c.started_at, c.duration_s::int as duration_s,
       c.talk_s::int as talk_s, c.wait_s::int as wait_s, c.phone, e.name as employee
     from core.fct_calls c left join core.dim_employees e using (employee_key) where c.source = $1 order by c.source_id`,
    [source],
  );

/** The table that Asterisk's own migration makes. */
const cdr = `create table cdr (accountcode varchar(80), src varchar(80), dst varchar(80), dcontext varchar(80), clid varchar(80),
  channel varchar(80), dstchannel varchar(80), lastapp varchar(80), lastdata varchar(80), start timestamp null,
  answer timestamp null, "end" timestamp null, duration integer, billsec integer, disposition varchar(45), amaflags varchar(45),
  userfield varchar(256), uniqueid varchar(150), linkedid varchar(150), peeraccount varchar(80), sequence integer)`;

type Leg = [
  call: string,
  own: string,
  src: string,
  dst: string,
  channel: string,
  far: string,
  app: string,
  start: string,
  end: string,
  duration: number,
  talk: number,
  disposition: string,
];
const legs: Leg[] = [
  [
    '1.1',
    '1.1',
    '105',
    '84951234567',
    'PJSIP/105-1',
    'PJSIP/trunk-2',
    'Dial',
    '10:00:00',
    '10:01:05',
    65,
    60,
    'ANSWERED',
  ],
  // A ring group: three extensions ring, the third one answers.
  [
    '1.3',
    '1.3',
    '84951112233',
    '600',
    'PJSIP/trunk-3',
    'PJSIP/105-4',
    'Dial',
    '11:00:00',
    '11:00:20',
    20,
    0,
    'NO ANSWER',
  ],
  [
    '1.3',
    '1.3',
    '84951112233',
    '600',
    'PJSIP/trunk-3',
    'PJSIP/106-5',
    'Dial',
    '11:00:00',
    '11:00:20',
    20,
    0,
    'BUSY',
  ],
  [
    '1.3',
    '1.3',
    '84951112233',
    '600',
    'PJSIP/trunk-3',
    'PJSIP/107-6',
    'Dial',
    '11:00:05',
    '11:00:40',
    35,
    20,
    'ANSWERED',
  ],
  // It is transferred: a leg of its own, and the same call.
  [
    '1.3',
    '1.7',
    '84951112233',
    '108',
    'PJSIP/107-6',
    'PJSIP/108-7',
    'Dial',
    '11:00:40',
    '11:01:40',
    60,
    10,
    'ANSWERED',
  ],
  // A queue answers at once, and nobody takes the call.
  ['1.8', '1.8', '', '601', 'PJSIP/trunk-8', '', 'Queue', '23:59:50', '00:00:20', 30, 30, 'ANSWERED'],
  [
    '1.8',
    '1.8',
    '',
    '601',
    'PJSIP/trunk-8',
    'PJSIP/105-9',
    'Queue',
    '23:59:55',
    '00:00:10',
    15,
    0,
    'NO ANSWER',
  ],
  // Older exchanges leave linkedid empty or 0.
  [
    '0',
    '1.10',
    '105',
    '106',
    'PJSIP/105-a',
    'PJSIP/106-b',
    'Dial',
    '12:00:00',
    '12:00:30',
    30,
    25,
    'ANSWERED',
  ],
  [
    '',
    '1.12',
    '105',
    '84951234567',
    'PJSIP/105-c',
    'PJSIP/trunk-d',
    'Dial',
    '12:10:00',
    '12:10:10',
    10,
    0,
    'BUSY',
  ],
];
const day = (clock: string): string => `2025-01-0${clock < '09' ? 2 : 1} ${clock}`;
const insertLegs = (rows: Leg[], quote: string): string =>
  rows
    .map(
      ([linked, own, src, dst, channel, far, app, start, end, duration, talk, disposition], i) =>
        `insert into cdr (linkedid, uniqueid, src, dst, channel, dstchannel, lastapp, start, ${quote}end${quote}, duration, billsec,
           disposition, sequence) values ('${linked}', '${own}', '${src}', '${dst}', '${channel}', '${far}', '${app}', '${day(start)}',
           '${day(end)}', ${duration}, ${talk}, '${disposition}', ${i})`,
    )
    .join(';');

const expected = [
  ['1.1', 'out', 'answered', '07:00:00', 65, 60, 5, '84951234567', '105'],
  ['1.10', 'internal', 'answered', '09:00:00', 30, 25, 5, '106', '105'],
  ['1.12', 'out', 'busy', '09:10:00', 10, 0, 10, '84951234567', '105'],
  ['1.3', 'in', 'answered', '08:00:00', 100, 20, 20, '84951112233', '107'],
  ['1.8', 'in', 'no_answer', '20:59:50', 30, 0, 30, null, null],
].map(([id, direction, disposition, clock, duration_s, talk_s, wait_s, phone, employee]) => ({
  id,
  direction,
  disposition,
  started_at: new Date(`2025-01-01T${clock}Z`),
  duration_s,
  talk_s,
  wait_s,
  phone,
  employee,
}));

describe('asterisk in PostgreSQL', () => {
  test('legs of one call are one call; a call that ends late is not lost', async () => {
    const url = await makeSchema('exchange', `${cdr}; ${insertLegs(legs, '"')}`);
    const load = () => loadPreset('asterisk', database.url, { ASTERISK_DB_URL: url });
    expect((await load()).calls).toMatchObject({ read: 5, inserted: 5 });
    expect(await calls('asterisk')).toEqual(expected);
    expect((await load()).calls).toMatchObject({ inserted: 0, updated: 0 });
    // It began before all that was loaded, and is written down when it ends.
    const late: Leg = [
      '2.1',
      '2.1',
      '105',
      '84950000000',
      'PJSIP/105-e',
      'PJSIP/trunk-f',
      'Dial',
      '09:30:00',
      '00:30:00',
      54_000,
      53_990,
      'ANSWERED',
    ];
    await database.query(`set search_path = exchange; ${insertLegs([late], '"')}; set search_path = default`);
    expect((await load()).calls).toMatchObject({ inserted: 1, updated: 0, deleted: 0 });
  });
});

describe.skipIf(!hasMariadb)('presets over MariaDB', () => {
  let maria: Mariadb;
  beforeAll(async () => {
    maria = await startMariadb();
    await maria.query(`grant all on *.* to 'reader'@'127.0.0.1'`);
  }, 60_000);
  afterAll(() => maria?.stop());
  const at = (base: string): string => maria.url.replace(/\/crm$/, `/${base}`);

  test('asterisk: the same table, the same calls', async () => {
    await maria.query(
      `create database exchange; use exchange; ${cdr.replaceAll('"', '`').replaceAll('timestamp', 'datetime')}; ${insertLegs(legs, '`')}`,
    );
    const name = (text: string): string => text.replace('  asterisk:', '  asterisk_maria:');
    const load = () => loadPreset('asterisk', database.url, { ASTERISK_DB_URL: at('exchange') }, name);
    expect((await load()).calls).toMatchObject({ read: 5, inserted: 5 });
    expect(await calls('asterisk_maria')).toEqual(expected);
    expect((await load()).calls).toMatchObject({ inserted: 0, updated: 0 });
  });

  test('freepbx: extensions have names, direction by trunk, one call for all its legs', async () => {
    const rows = [
      [
        '105',
        '84951234567',
        'from-internal',
        'PJSIP/105-1',
        'PJSIP/trunk-2',
        'Dial',
        '10:00:00',
        65,
        60,
        'ANSWERED',
        '',
        '84950000000',
        '1.1',
        '1.1',
      ],
      [
        '84951112233',
        '600',
        'ext-group',
        'PJSIP/trunk-3',
        'PJSIP/105-4',
        'Dial',
        '11:00:00',
        20,
        0,
        'NO ANSWER',
        '84950000000',
        '',
        '1.3',
        '1.3',
      ],
      [
        '84951112233',
        '600',
        'ext-group',
        'PJSIP/trunk-3',
        'Local/106@from-queue-5;1',
        'Dial',
        '11:00:05',
        35,
        20,
        'ANSWERED',
        '84950000000',
        '',
        '1.3',
        '1.3',
      ],
      [
        '84951112233',
        '106',
        'from-queue',
        'Local/106@from-queue-5;2',
        'PJSIP/106-6',
        'Dial',
        '11:00:05',
        35,
        20,
        'ANSWERED',
        '',
        '',
        '1.6',
        '1.3',
      ],
      [
        '84957654321',
        '105',
        'from-did-direct',
        'PJSIP/trunk-7',
        'PJSIP/105-8',
        'VoiceMail',
        '12:00:00',
        40,
        15,
        'ANSWERED',
        '84950000000',
        '',
        '1.7',
        '1.7',
      ],
    ];
    await maria.query(`create database asterisk character set utf8mb4; create table asterisk.users (extension varchar(20), name varchar(50));
      insert into asterisk.users values ('105', 'Anna'), ('106', 'Борис');
      create database asteriskcdrdb; use asteriskcdrdb;
      create table cdr (calldate datetime not null default '0000-00-00 00:00:00', clid varchar(80), src varchar(80), dst varchar(80),
        dcontext varchar(80), channel varchar(80), dstchannel varchar(80), lastapp varchar(80), lastdata varchar(80), duration int,
        billsec int, disposition varchar(45), amaflags int, accountcode varchar(20), uniqueid varchar(32), userfield varchar(255),
        did varchar(50), recordingfile varchar(255), cnum varchar(80), cnam varchar(80), outbound_cnum varchar(80),
        outbound_cnam varchar(80), dst_cnam varchar(80), linkedid varchar(32), peeraccount varchar(80), sequence int);
      insert into cdr (src, dst, dcontext, channel, dstchannel, lastapp, calldate, duration, billsec, disposition, did,
        outbound_cnum, uniqueid, linkedid) values ${rows.map((row) => `(${row.map((value, i) => `'${i === 6 ? `2025-01-01 ${value}` : value}'`).join(', ')})`).join(', ')}`);
    const load = () => loadPreset('freepbx', database.url, { FREEPBX_DB_URL: at('asteriskcdrdb') });
    expect(countsOf(await load())).toEqual({ extensions: 2, calls: 3 });
    expect((await load()).calls).toMatchObject({ inserted: 0, updated: 0 });
    expect(await calls('freepbx')).toMatchObject([
      { id: '1.1', direction: 'out', disposition: 'answered', talk_s: 60, wait_s: 5, employee: 'Anna' },
      {
        id: '1.3',
        direction: 'in',
        disposition: 'answered',
        duration_s: 40,
        talk_s: 20,
        wait_s: 20,
        employee: 'Борис',
      },
      { id: '1.7', direction: 'in', disposition: 'no_answer', talk_s: 0, wait_s: 40, employee: 'Anna' },
    ]);
    const people = `select name, extension from core.dim_employees where source = 'freepbx' order by name`;
    expect(await database.query(people)).toEqual([
      { name: 'Anna', extension: '105' },
      { name: 'Борис', extension: '106' },
    ]);
  });

  test('request-tracker: the same tables, the same tickets', async () => {
    await maria.query(`create database rt; use rt; ${ticketing('datetime')}`);
    const name = (text: string): string => text.replace('  request_tracker:', '  rt_maria:');
    const streams = await loadPreset('request-tracker', database.url, { RT_DB_URL: at('rt') }, name);
    expect(countsOf(streams)).toEqual({ owners: 1, requestors: 1, tickets: 2 });
    expect(await tickets('rt_maria')).toEqual(answered);
  });
});

/** Request Tracker's own tables, as far as they are read. */
const ticketing = (moment: string): string => `
  create table Queues (id int, Name varchar(200));
  create table Users (id int, Name varchar(200), RealName varchar(120), EmailAddress varchar(120), WorkPhone varchar(30), Created ${moment} null);
  create table Groups (id int, Domain varchar(64), Name varchar(200), Instance int);
  create table GroupMembers (id int, GroupId int, MemberId int);
  create table Transactions (id bigint, ObjectType varchar(64), ObjectId int, Type varchar(20), Creator int, Created ${moment} null);
  create table CustomFields (id int, Name varchar(200));
  create table ObjectCustomFieldValues (id int, CustomField int, ObjectType varchar(255), ObjectId bigint, Content varchar(255), Disabled int);
  create table Tickets (id int, EffectiveId int, Type varchar(16), Queue int, Owner int, Subject varchar(200), Status varchar(64), Priority int,
    Created ${moment} null, Started ${moment} null, Due ${moment} null, Resolved ${moment} null, LastUpdated ${moment} null);
  insert into Queues values (1, 'Service');
  insert into Users values (1, 'RT_System', null, null, null, null), (6, 'Nobody', null, null, null, null),
    (20, 'anna', 'Anna', 'anna@example.com', null, '2025-01-01'), (30, 'bob@example.com', null, 'bob@example.com', '+74950000000', '2025-01-01');
  insert into Groups values (1, 'RT::Ticket-Role', 'Requestor', 101), (2, 'RT::Ticket-Role', 'Requestor', 102);
  insert into GroupMembers values (1, 1, 30), (2, 2, 30);
  insert into CustomFields values (5, 'Cause');
  insert into ObjectCustomFieldValues values (1, 5, 'RT::Ticket', 101, 'Delivery', 0), (2, 5, 'RT::Ticket', 102, 'Old', 1);
  insert into Transactions values (1, 'RT::Ticket', 101, 'Create', 30, '2025-01-01'), (2, 'RT::Ticket', 101, 'Correspond', 30, '2025-01-01 00:10'),
    (3, 'RT::Ticket', 101, 'Correspond', 1, '2025-01-01 00:11'), (4, 'RT::Ticket', 101, 'Correspond', 20, '2025-01-01 01:00'),
    (5, 'RT::Ticket', 101, 'Correspond', 20, '2025-01-01 05:00');
  insert into Tickets values
    (101, 101, 'ticket', 1, 20, 'Broken', 'resolved', 50, '2025-01-01', '2025-01-01 00:30', '1970-01-01', '2025-01-02', '2025-01-02'),
    (102, 102, 'ticket', 1, 6, 'Late', 'new', 10, '2025-01-03', '1970-01-01', '2025-01-05', '1970-01-01', '2025-01-03'),
    (103, 101, 'ticket', 1, 20, 'Merged', 'open', 10, '2025-01-03', '1970-01-01', '1970-01-01', '1970-01-01', '2025-01-03')`;

const tickets = (source: string): Promise<Record<string, unknown>[]> =>
  database.query(
    `select c.source_id as id, c.status, c.cause, c.first_response_at, c.due_at, k.name as customer, e.name as employee
     from core.fct_complaints c left join core.dim_customers k using (customer_key)
     left join core.dim_employees e using (employee_key) where c.source = $1 order by 1`,
    [source],
  );
const answered = [
  {
    id: '101',
    status: 'resolved',
    cause: 'Delivery',
    first_response_at: new Date('2025-01-01T01:00:00Z'),
    due_at: null,
    customer: 'bob@example.com',
    employee: 'Anna',
  },
  {
    id: '102',
    status: 'new',
    cause: 'Service',
    first_response_at: null,
    due_at: new Date('2025-01-05T00:00:00Z'),
    customer: 'bob@example.com',
    employee: null,
  },
];

test('request-tracker in PostgreSQL: the first answer is not the requestor, merged tickets are one', async () => {
  const url = await makeSchema('rt', ticketing('timestamp'));
  const streams = await loadPreset('request-tracker', database.url, { RT_DB_URL: url });
  expect(countsOf(streams)).toEqual({ owners: 1, requestors: 1, tickets: 2 });
  expect(await tickets('request_tracker')).toEqual(answered);
});

test('fivetran-google-ads: devices of a day are one row, the newest name counts', async () => {
  const url = await makeSchema(
    'ads',
    `create table campaign_history (id bigint, updated_at timestamp, name text, start_date date, end_date date);
     create table campaign_stats (id bigint, date date, device text, cost_micros bigint, impressions bigint, clicks bigint);
     insert into campaign_history values (1, '2025-01-01', 'Old', '2025-01-01', null), (1, '2025-01-02', 'New', '2025-01-01', null);
     insert into campaign_stats values (1, '2025-01-01', 'MOBILE', 1500000, 10, 1), (1, '2025-01-01', 'DESKTOP', 500000, 5, 1)`,
  );
  const streams = await loadPreset('fivetran-google-ads', database.url, { FIVETRAN_DB_URL: url });
  expect(countsOf(streams)).toEqual({ campaigns: 1, spend: 1 });
  const [found] = await database.query(
    `select c.name, s.cost::float8 as cost from core.fct_marketing_spend s join core.dim_campaigns c using (campaign_key)
     where s.source = 'google_ads'`,
  );
  expect(found).toEqual({ name: 'New', cost: 2 });
});

test('config check shows five mapped rows of a preset before anything is loaded', async () => {
  const { readConfig } = await import('../../../etl/config.ts');
  const { readPreset } = await import('../../../etl/preset.ts');
  const { previewSources } = await import('../../../etl/preview.ts');
  const folder = mkdtempSync(join(tmpdir(), 'pulse-preset-'));
  const file = join(folder, 'pulse.yaml');
  writeFileSync(file, `reporting: { timezone: Europe/Moscow, currency: RUB }\n${readPreset('survey')?.text}`);
  const answers = Array.from({ length: 9 }, (_, i) => `${i},2025-01-0${i + 1} 10:00:00,${i},x`);
  writeFileSync(join(folder, 'survey.csv'), `id,submitdate,NPS,COMMENT\n${answers.join('\n')}\n`);
  const config = readConfig(file, { SURVEY_CSV: join(folder, 'survey.csv') });
  const [preview] = await previewSources(config, { warehouseUrl: database.url });
  expect(preview).toMatchObject({ error: null, read: 9, quarantined: 0 });
  expect(preview?.rows.map(({ fields }) => fields)).toMatchObject(
    [0, 1, 2, 3, 4].map((score) => ({ source_id: String(score), score, survey: 'NPS' })),
  );
});
