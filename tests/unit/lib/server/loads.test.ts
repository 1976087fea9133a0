import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatAge, formatSpan } from '#lib/components/LoadTime.ts';
import * as loads from '#lib/server/loads.ts';
import { nextOf, words } from '#lib/server/loads/schedule.ts';
import { close } from '#lib/server/warehouse.ts';
import { csvSource, openCompany, type Company } from '../../../integration/etl/company.ts';

// What the page about loading says, held against the records that loading wrote into the same database.
const hostile = '<img src=x onerror=alert(1)>';
const deals = csvSource(
  'crm',
  'deals',
  'deals.csv',
  '{ amount: sum, status: state, updated_at: changed }',
  'key: id\n        cursor: changed',
);
const spend = csvSource('ads', 'marketing_spend', 'spend.csv', '{ day: day, campaign_id: what, cost: cost }');
const broken = csvSource('pbx', 'complaints', 'calls.csv', '{ opened_at: at, status: state }', 'key: id');
const scheduled = (text: string) => text.replace('kind: files', 'kind: files\n    schedule: "*/15 * * * *"');
const header = 'id;sum;state;changed\n';

let company: Company;

beforeAll(async () => {
  company = await openCompany();
  Object.assign(process.env, {
    WAREHOUSE_URL: company.database.url,
    CUBE_URL: 'http://127.0.0.1:1',
    PULSE_SECRET: 'a secret of this test',
  });
  const { write } = company;
  write('calls.csv', 'nothing,of,this\n1,2,3\n');
  write('spend.csv', 'day,what,cost\n2025-03-01,brand,10\n2025-03-02,brand,12\n');
  write('deals.csv', `${header}1;100;won;2025-03-01\n2;200;open;2025-03-01\n2;200;open;2025-03-01\n`);
  await company.load(scheduled(deals) + spend + broken);
  write(
    'deals.csv',
    `${header}1;100;won;2025-03-01\n2;250;open;2025-03-02\n3;${hostile};open;2025-03-03\n4;a lot;open;2025-03-03\n` +
      '5;1;won;not a day\n6;7;won;2025-03-03\n',
  );
  await company.load(scheduled(deals) + spend + broken);
});

afterAll(async () => {
  await close();
  await company?.database.drop();
});

const names = ['read', 'inserted', 'updated', 'unchanged', 'duplicate', 'quarantined', 'deleted'] as const;

async function waiting(source: string): Promise<number> {
  const [row] = await company.database.query<{ n: number }>(
    `select count(*)::int as n from ops.quarantine where source = $1 and resolved_at is null`,
    [source],
  );
  return row?.n ?? 0;
}

describe('all sources', () => {
  test('those in trouble come first, with the sentence of what happened', async () => {
    const { sources, problems } = await loads.list('en');
    expect(sources.map(({ source, health }) => [source, health])).toEqual([
      ['pbx', 'failing'],
      ['ads', 'fresh'],
      ['crm', 'fresh'],
    ]);
    expect(sources[0]).toMatchObject({ failures: 2, as_of: null, last: { status: 'failed', counts: null } });
    expect(sources[0]?.error).toContain('calls.csv');
    expect(problems).toEqual({ failing: 1, stale: 0, never: 0, waiting: await waiting('crm') });
    expect(problems.waiting).toBeGreaterThan(0);
  });

  test('the last run of each has the counts of its streams and the time it took', async () => {
    const { sources } = await loads.list('en');
    for (const { source, last } of sources.filter(({ health }) => health === 'fresh')) {
      const [row] = await company.database.query<Record<string, string>>(
        `select ${names.map((name) => `sum(${name})::int as ${name}`).join(', ')},
                extract(epoch from max(r.finished_at - r.started_at))::float8 as seconds
           from ops.runs r join ops.run_streams using (run_id)
          where r.run_id = (select last_run_id from ops.sources where source = $1)`,
        [source],
      );
      const { seconds, ...counts } = row ?? {};
      expect(last?.counts).toEqual(counts);
      expect(last?.seconds).toBeCloseTo(Number(seconds), 6);
      expect(last?.per_second).toBeCloseTo(Number(counts.read) / Number(seconds), 3);
    }
  });

  test('a source is late after a day and two hours by its schedule, and one loaded by hand never is', async () => {
    const later = new Date(Date.now() + 27 * 3_600_000);
    const { sources, problems } = await loads.list('en', later);
    expect(problems).toMatchObject({ failing: 1, stale: 1 });
    expect(sources.map(({ source }) => source)).toEqual(['pbx', 'crm', 'ads']);
    expect(sources[1]?.age_seconds).toBeGreaterThan(26 * 3600);
    expect(sources[1]?.schedule?.words).toBe('every 15 minutes');
    expect(sources[2]?.schedule).toBeNull();
  });

  test('a run goes on only while somebody holds the lock of its source', async () => {
    const { query } = company.database;
    const [run] = await query<{ run_id: string }>(
      `insert into ops.runs (source, status) values ('ads', 'running') returning run_id`,
    );
    const statusOf = async () => (await loads.source('ads', 'en'))?.runs[0]?.status;
    expect(await statusOf()).toBe('interrupted');
    const pg = await import('pg');
    const loader = new pg.default.Client({ connectionString: company.database.url });
    await loader.connect();
    try {
      await loader.query(`select pg_advisory_lock(hashtextextended('pulse source ads', 0))`);
      expect(await statusOf()).toBe('running');
      const { sources } = await loads.list('en');
      expect(sources.filter(({ is_running }) => is_running).map(({ source }) => source)).toEqual(['ads']);
    } finally {
      await loader.end();
      await query('delete from ops.runs where run_id = $1', [run?.run_id]);
    }
  });

  test('one that the settings no longer name is said to be so, and its data stay', async () => {
    await company.database.query(`update ops.sources set is_configured = false where source = 'ads'`);
    const { sources } = await loads.list('en');
    expect(sources.at(-1)).toMatchObject({ source: 'ads', health: 'removed' });
    await company.database.query(`update ops.sources set is_configured = true where source = 'ads'`);
  });
});

describe('one source', () => {
  test('every run and stream adds up', async () => {
    const found = await loads.source('crm', 'en');
    expect(found?.runs).toHaveLength(2);
    for (const { counts, streams } of found?.runs ?? []) {
      for (const one of [counts, ...streams.map((stream) => stream.counts)]) {
        expect(one?.read).toBe(
          (one?.inserted ?? 0) +
            (one?.updated ?? 0) +
            (one?.unchanged ?? 0) +
            (one?.duplicate ?? 0) +
            (one?.quarantined ?? 0),
        );
      }
    }
    expect(found?.runs[1]?.counts).toMatchObject({ read: 3, inserted: 2, duplicate: 1 });
    expect(found?.runs[0]?.counts?.quarantined).toBe(await waiting('crm'));
  });

  test('says what was found out about a file, and how far it came', async () => {
    const found = await loads.source('crm', 'en');
    const detected = found?.runs[0]?.streams[0]?.detected;
    expect(detected).toContainEqual({ of: 'deals.csv', name: 'delimiter', value: ';' });
    const cursors = await company.database.query(
      `select stream, cursor from ops.cursors where source = 'crm'`,
    );
    expect(found?.cursors.map(({ stream, cursor }) => ({ stream, cursor }))).toEqual(cursors);
  });

  test('there is none of another name', async () => {
    expect(await loads.source("crm' or true --", 'en')).toBeNull();
    expect(await loads.source('crm\0', 'en')).toBeNull();
    expect(await loads.quarantine('nothing', 'en', { group: null, page: 1 })).toBeNull();
  });
});

describe('quarantine', () => {
  test('rows of equal field and reason are one group, and the groups add up', async () => {
    const found = await loads.quarantine('crm', 'en', { group: null, page: 1 });
    const groups = await company.database.query(
      `select field, reason, count(*)::int as count from ops.quarantine
        where source = 'crm' and resolved_at is null group by 1, 2 order by 3 desc, 1, 2`,
    );
    expect(found?.groups.map(({ field, reason, count }) => ({ field, reason, count }))).toEqual(groups);
    expect(found?.waiting).toBe(await waiting('crm'));
    expect(found?.open).toBeNull();
  });

  test('a group opens to its rows as they came; a page beyond the last is the last', async () => {
    const { groups = [] } = (await loads.quarantine('crm', 'en', { group: null, page: 1 })) ?? {};
    const amount = groups.find(({ field }) => field === 'amount');
    expect(amount?.count).toBe(2);
    const found = await loads.quarantine('crm', 'en', { group: amount?.id ?? '', page: 99 });
    expect(found?.open).toMatchObject({ page: 1, pages: 1 });
    const [row] = found?.open?.rows ?? [];
    expect(row?.value).toBe(hostile);
    expect(Object.fromEntries(row?.cells ?? [])).toEqual({
      id: '3',
      sum: hostile,
      state: 'open',
      changed: '2025-03-03',
    });
    expect(row?.position).toMatch(/deals\.csv:4/);
  });

  test('what was understood since is not shown', async () => {
    const before = await waiting('crm');
    await company.database.query(
      `update ops.quarantine set resolved_at = now() where source = 'crm' and value = 'a lot'`,
    );
    const found = await loads.quarantine('crm', 'en', { group: null, page: 1 });
    expect(found?.waiting).toBe(before - 1);
    expect(found?.groups.find(({ field }) => field === 'amount')?.count).toBe(1);
    await company.database.query(`update ops.quarantine set resolved_at = null where value = 'a lot'`);
  });

  test('a row that is no object, or an endless one, is shown all the same', async () => {
    const held = { list: '[1, 2]', long: JSON.stringify({ text: 'x'.repeat(5000) }) };
    for (const [hash, row] of Object.entries(held)) {
      await company.database.query(
        `insert into ops.quarantine (source, stream, entity, row_hash, position, row, field, reason, first_run_id, last_run_id)
         values ('ads', 's', 'deals', $1, 'here', $2, '', 'not a row', 1, 1)`,
        [hash, row],
      );
    }
    const { groups = [] } = (await loads.quarantine('ads', 'en', { group: null, page: 1 })) ?? {};
    const found = await loads.quarantine('ads', 'en', { group: groups[0]?.id ?? '', page: 1 });
    expect(found?.open?.rows.map(({ cells }) => cells[0]?.[1]?.length)).toEqual([6, 1000]);
    await company.database.query(`delete from ops.quarantine where source = 'ads'`);
  });
});

describe('a schedule in words', () => {
  test.each([
    ['* * * * *', 'every minute', 'каждую минуту'],
    ['*/15 * * * *', 'every 15 minutes', 'каждые 15 минут'],
    ['5 * * * *', 'every hour at :05', 'каждый час в :05'],
    ['0 */2 * * *', 'every 2 hours', 'каждые 2 часа'],
    ['0 4 * * *', 'daily at 04:00', 'ежедневно в 04:00'],
    ['30 9,18 * * *', 'daily at 09:30 and 18:30', 'ежедневно в 09:30 и 18:30'],
    ['0 8 * * 1-5', 'on workdays at 08:00', 'по будням в 08:00'],
    ['0 8 * * 1,7', 'Mon and Sun at 08:00', 'пн и вс в 08:00'],
    ['0 6 1 * *', 'on day 1 of each month at 06:00', '1-го числа каждого месяца в 06:00'],
    ['*/7 * * * *', 'by the line “*/7 * * * *”', 'по строке «*/7 * * * *»'],
    ['0 0 1 1 *', 'by the line “0 0 1 1 *”', 'по строке «0 0 1 1 *»'],
  ])('%s', (line, en, ru) => {
    expect(words(line, 'en')).toBe(en);
    expect(words(line, 'ru')).toBe(ru);
  });

  test('the next run is by the clock of the company, and a line nobody can read names none', () => {
    const now = new Date('2026-03-01T00:30:00Z');
    expect(nextOf('0 4 * * *', 'Europe/Moscow', now)).toBe('2026-03-01T01:00:00.000Z');
    expect(nextOf('every day', 'Europe/Moscow', now)).toBeNull();
  });
});

describe('how long and how long ago', () => {
  test.each([
    [0.024, '24 мс', 'сейчас'],
    [0.4, '0,4 с', 'сейчас'],
    [59.7, '1 мин', 'сейчас'],
    [192, '3 мин 12 с', '3 минуты назад'],
    [7500, '2 ч 5 мин', '2 часа назад'],
    [200_000, '55 ч 33 мин', 'позавчера'],
  ])('%s s', (seconds, span, age) => {
    const plain = (text: string) => text.replace(/\s/g, ' ');
    expect(plain(formatSpan(seconds, 'ru'))).toBe(span);
    expect(plain(formatAge(seconds, 'ru'))).toBe(age);
  });
});
