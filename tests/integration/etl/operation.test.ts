import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { runSources, type RunOptions } from '../../../etl/run.ts';
import * as loads from '#lib/server/loads.ts';
import { close } from '#lib/server/warehouse.ts';
import { showProgress } from '../../../src/cli/progress.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { waitUntil } from '../../harness/processes.ts';

// What loading says while it runs, when it dies, when it fails and when it finds much less than before.
let database: Database;
let folder: string;
let server: Server;
let address = '';
/** answers of the API by page; a held page is answered when it is let go */
let answer: (page: number) => Promise<{ status: number; rows: object[] }>;

beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'pulse-operation-'));
  server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    void answer(page).then(({ status, rows }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(rows));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1',
    PULSE_SECRET: 'a secret of this test',
  });
});

afterAll(async () => {
  await close();
  server.closeAllConnections();
  server.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await database.query(
    'truncate ops.sources, ops.runs, ops.run_streams, ops.run_progress, ops.cursors, core.fct_deals cascade',
  );
});

const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: from + i,
    at: '2025-03-01',
    title: 'a long title '.repeat(60),
  }));

function write(more = '', top = ''): string {
  const path = join(folder, 'pulse.yaml');
  writeFileSync(
    path,
    `reporting: { timezone: UTC, currency: RUB }
${top}
sources:
  crm:
    kind: rest
    url: ${address}
    ${more}
    streams:
      - from: deals
        entity: deals
        key: id
        records: $
        paginate: { kind: page, size_parameter: size, size: 500 }
        fields: { created_at: at, title: title, status: { value: open } }
`,
  );
  return path;
}

const run = (options: Partial<RunOptions> = {}) =>
  runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')), ...options });

/** A page that is answered when the test lets it go. */
function hold(held: number) {
  let letGo: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  answer = async (page) => {
    if (page >= held) await gone;
    return { status: 200, rows: page <= held ? rows(page * 1000, page === held ? 10 : 500) : [] };
  };
  return letGo;
}

const source = async () => (await loads.source('crm', 'en'))?.source;

describe('progress', () => {
  test('is seen while the run goes on, phase by phase, on the page and on a terminal', async () => {
    write();
    const letGo = hold(3);
    const seen: string[] = [];
    const end = showProgress(
      database.url,
      { isTTY: true, write: (text: unknown) => Boolean(seen.push(String(text))) },
      50,
    );
    const lock = 0x70756c73;
    const pg = await import('pg');
    const other = new pg.default.Client({ connectionString: database.url });
    await other.connect();
    await other.query('select pg_advisory_lock($1)', [lock]);
    const running = run();
    const reading = await waitUntil(source, (one) => (one?.last?.progress?.rows ?? 0) > 0);
    expect(reading).toMatchObject({ is_running: true, last: { status: 'running', counts: null } });
    expect(reading?.last?.progress).toMatchObject({
      phase: 'reading',
      stream: 'deals',
      streams: 1,
      stream_number: 1,
    });
    expect(reading?.last?.progress?.rows).toBeLessThanOrEqual(1000);
    letGo();
    const waiting = await waitUntil(source, (one) => one?.last?.progress?.phase === 'waiting');
    expect(waiting?.last?.progress?.rows).toBe(1010);
    await other.query('select pg_advisory_unlock($1)', [lock]);
    await other.end();
    const [summary] = await running;
    expect(summary?.streams[0]).toMatchObject({ read: 1010, inserted: 1010 });
    await end();
    expect(seen.join('')).toMatch(/crm: reading deals, [\d,]+ rows/);
    expect(await database.query('select * from ops.run_progress')).toEqual([]);
    expect((await source())?.last).toMatchObject({ status: 'succeeded', progress: null });
  });

  test('a run whose process is killed is said to have died, and counts as a failure', async () => {
    const path = write();
    const letGo = hold(2);
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'loader.ts')], {
      env: { ...process.env, WAREHOUSE_URL: database.url, PULSE_CONFIG: path },
      stdio: 'ignore',
    });
    await waitUntil(source, (one) => one?.last?.progress?.phase === 'reading', 30_000);
    child.kill('SIGKILL');
    const dead = await waitUntil(source, (one) => one?.last?.status === 'interrupted');
    expect(dead).toMatchObject({ is_running: false, last: { progress: null } });
    letGo();
    expect((await run())[0]).toMatchObject({ status: 'succeeded' });
    const runs = await database.query('select status, cause, attempt, error from ops.runs order by run_id');
    expect(runs).toEqual([
      { status: 'failed', cause: 'hand', attempt: 1, error: 'interrupted: nothing of it was kept' },
      { status: 'succeeded', cause: 'hand', attempt: 2, error: null },
    ]);
    expect(await source()).toMatchObject({ failures: 0, failing_since: null, health: 'fresh' });
  });
});

describe('another try', () => {
  const state = async () => {
    const [row] = await database.query<Record<string, unknown>>(
      `select failures, is_lasting, extract(epoch from retry_at - now())::float8 / 60 as minutes from ops.sources`,
    );
    return row;
  };
  const plan = (due: string) => database.query(`update ops.sources set due_at = now() + interval '${due}'`);
  const daily = 'schedule: "0 4 * * *"';

  test('comes after growing pauses, and not after the schedule', async () => {
    write(daily, 'loading: { retry_minutes: [10, 60] }');
    answer = async () => ({ status: 200, rows: [] });
    await run();
    await plan('20 hours');
    rmSync(join(folder, 'gone.csv'), { force: true });
    answer = async () => ({ status: 200, rows: 'no list' as never });
    for (const [least, most] of [
      [8, 12],
      [48, 72],
      [48, 72],
    ] as const) {
      expect((await run())[0]?.status).toBe('failed');
      const { minutes } = (await state()) ?? {};
      expect(minutes).toBeGreaterThan(least - 0.1);
      expect(minutes).toBeLessThan(most);
    }
    expect((await source())?.retry).toMatchObject({ attempt: 4 });
    await plan('5 minutes');
    await run();
    expect(await state()).toMatchObject({ failures: 4, minutes: null });
    answer = async () => ({ status: 200, rows: [] });
    await run();
    expect(await state()).toMatchObject({ failures: 0, minutes: null });
  });

  test('is not made of what it cannot heal, nor of what has no schedule', async () => {
    write(daily);
    answer = async () => ({ status: 403, rows: [] });
    await run();
    expect(await state()).toMatchObject({ failures: 1, is_lasting: true, minutes: null });
    expect(await source()).toMatchObject({ is_lasting: true, retry: null });
    write();
    answer = async () => ({ status: 200, rows: 'no list' as never });
    await run();
    expect(await state()).toMatchObject({ failures: 2, minutes: null });
  });

  test('a run that is stopped from outside is no fault of the source', async () => {
    write(daily);
    hold(1);
    const ending = new AbortController();
    const running = run({ signal: ending.signal });
    await waitUntil(source, (one) => one?.is_running === true);
    ending.abort();
    expect((await running)[0]?.status).toBe('failed');
    const after = await state();
    expect(after).toMatchObject({ failures: 0 });
    expect(after?.minutes).toBeLessThanOrEqual(0);
  });
});

describe('a full landing that is too poor', () => {
  const lines = (ids: number[]) => ['id,at', ...ids.map((id) => `${id},2025-03-01`)].join('\n');
  const range = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);
  const file = (name: string, ids: number[]) => writeFileSync(join(folder, name), lines(ids));
  const alive = async () =>
    (
      await database.query<{ n: number }>(
        'select count(*)::int as n from core.fct_deals where not is_deleted',
      )
    )[0]?.n;

  beforeEach(() => {
    for (const name of ['one.csv', 'two.csv']) rmSync(join(folder, name), { force: true });
    writeFileSync(
      join(folder, 'pulse.yaml'),
      `reporting: { timezone: UTC, currency: RUB }
sources:
  crm:
    kind: files
    path: "*.csv"
    streams:
      - entity: deals
        key: id
        fields: { created_at: at, status: { value: open } }
`,
    );
  });

  test.each([
    ['no row at all', range(3), [], true],
    ['under half of many', range(40), range(19), true],
    ['half of many', range(40), range(20), false],
    ['little of a short list', range(10), range(1), false],
    ['others altogether', range(40), range(40, 100), true],
  ])('%s', async (_, before, after, isKept) => {
    file('one.csv', before);
    await run();
    file('one.csv', after);
    const [summary] = await run();
    const vanished = before.filter((id) => !after.includes(id)).length;
    const added = after.filter((id) => !before.includes(id)).length;
    expect(summary).toMatchObject({ status: 'succeeded', streams: [{ deleted: isKept ? 0 : vanished }] });
    expect(await alive()).toBe(before.length + added - (isKept ? 0 : vanished));
    expect(summary?.warnings).toHaveLength(isKept ? 1 : 0);
    if (!isKept) return;
    expect(summary?.warnings[0]).toContain('pulse etl run crm --accept-deletions');
    const [last] = (await loads.source('crm', 'en'))?.runs ?? [];
    expect(last?.warnings).toEqual([{ code: 'rows_kept', stream: 'deals', known: before.length, vanished }]);
    const [confirmed] = await run({ acceptDeletions: true });
    expect(confirmed).toMatchObject({ warnings: [], streams: [{ deleted: vanished }] });
    expect(await alive()).toBe(after.length);
  });

  test('a file that is gone takes no row along, however often the rest is loaded, until somebody confirms', async () => {
    file('one.csv', range(30));
    file('two.csv', range(5, 100));
    await run();
    rmSync(join(folder, 'two.csv'));
    for (let time = 0; time < 2; time++) {
      const [summary] = await run();
      expect(summary?.warnings[0]).toContain('two.csv is gone; its 5 rows were kept');
      expect(await alive()).toBe(35);
    }
    expect((await run({ acceptDeletions: true }))[0]?.streams[0]?.deleted).toBe(5);
    expect((await run())[0]?.warnings).toEqual([]);
  });

  test('a row that goes away alone is marked as ever', async () => {
    file('one.csv', range(30));
    file('two.csv', range(5, 100));
    await run();
    file('two.csv', range(4, 100));
    expect((await run())[0]).toMatchObject({ warnings: [], streams: [{ deleted: 1 }] });
  });
});
