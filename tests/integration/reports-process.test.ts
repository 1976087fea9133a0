import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../harness/database.ts';
import { waitUntil } from '../harness/processes.ts';

const program = fileURLToPath(new URL('../../src/worker.ts', import.meta.url));
let database: Database;
let worker: ChildProcess | null = null;

beforeAll(async () => {
  database = await createDatabase();
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'boss@example.com', 'admin')`,
  );
  await database.query(
    `insert into app.schedules (title, page, owner_id, cron, timezone, recipients, next_run_at)
     values ('Old', 'nowhere', 'boss', '0 9 * * *', 'UTC', '[{"email": "a@example.org", "locale": "en"}]', now())`,
  );
});

afterAll(async () => {
  worker?.kill('SIGKILL');
  await database.drop();
});

test('the worker says when it is ready, does what is due, and ends with its parent', async () => {
  const child = fork(program, [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      WAREHOUSE_URL: database.url,
      CUBE_URL: 'http://127.0.0.1:9/cubejs-api',
      PULSE_SECRET: 'a secret of a test that is long',
      SMTP_URL: 'smtp://127.0.0.1:9',
    },
  });
  worker = child;
  const ended = once(child, 'exit');
  expect(await once(child, 'message')).toEqual([{ ready: true }, undefined]);
  const [row] = await waitUntil(
    () => database.query<{ status: string; error: string }>('select status, error from app.deliveries'),
    (rows) => rows[0]?.status === 'discarded',
  );
  expect(row?.error).toBe('There is no page "nowhere" any more.');
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});
