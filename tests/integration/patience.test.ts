import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from '../../src/lib/server/cube.ts';
import { serve } from '../../src/lib/server/reader.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { boss } from '../harness/viewer.ts';
import { secret, startCube, type Cube } from './cube/server.ts';

let database: Database;
let cube: Cube;
/** Holds the calls, so that every question about them takes for ever. */
let holder: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  await database.query(readFileSync(new URL('./cube/company.sql', import.meta.url), 'utf8'));
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
  holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('begin; lock table core.fct_calls in access exclusive mode');
}, 120_000);

afterAll(async () => {
  await holder?.end();
  await close();
  await cube?.stop();
  await database?.drop();
});

const callsOf = (day: number) => ({
  measures: ['calls.calls'],
  timeDimensions: [
    { dimension: 'calls.started_at', dateRange: ['2025-01-01', `2025-02-${10 + day}`] as [string, string] },
  ],
});

/** Asks as somebody who waits in person and may leave. */
function reader(viewer = boss) {
  const ending = new AbortController();
  const ask = (query: Parameters<typeof load>[1]) => {
    const answer = serve(ending.signal, () => load(viewer, query));
    answer.catch(() => undefined);
    return answer;
  };
  return { ask, leave: () => ending.abort(new Error('left')) };
}

/** How many questions about calls PostgreSQL works at. */
async function working(): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'fct_calls'
        and datname = current_database()`,
  );
  return Number(row?.count);
}

test('a question that two have asked goes on when one of them leaves, and ends in PostgreSQL with the other', async () => {
  const [ann, bob] = [reader(), reader()];
  const answers = [ann.ask(callsOf(0)), bob.ask(callsOf(0))];
  await expect.poll(working).toBe(1);
  ann.leave();
  const alone = reader();
  const other = alone.ask(callsOf(1));
  await expect.poll(working).toBe(2);
  bob.leave();
  await expect.poll(working).toBe(1);
  alone.leave();
  await expect.poll(working).toBe(0);
  for (const answer of [...answers, other]) await expect(answer).rejects.toThrow();
});

test('whoever asks for very much keeps no other from an answer, and is told when it takes too long', async () => {
  const greedy = reader();
  const answers = Array.from({ length: 8 }, (_, day) => greedy.ask(callsOf(2 + day)));
  await expect.poll(working).toBe(6);
  const { rows } = await reader({ ...boss, user_id: 'other' }).ask({ measures: ['sales.won_amount'] });
  expect(Number(rows[0]?.['sales.won_amount'])).toBeGreaterThan(0);
  expect(await working()).toBe(6);
  for (const answer of answers.slice(0, 6))
    await expect(answer).rejects.toMatchObject({ code: 'figures_slow' });
  // what was given up is not gone on with: its places are taken by what has waited
  await expect.poll(working).toBe(2);
  greedy.leave();
  await expect.poll(working).toBe(0);
}, 90_000);
