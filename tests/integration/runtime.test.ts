import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { canEnter } from '../../schema/postgres/account.ts';
import { startPostgres } from '../../schema/postgres.ts';
import type { Postgres } from '../../schema/postgres.ts';
import { findProcesses, waitUntil } from '../harness/processes.ts';

const log = pino({ level: 'silent' });
const isRoot = process.getuid?.() === 0;
const clean: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (let step = clean.pop(); step; step = clean.pop()) await step();
});

/** A folder with spaces in its path that any user may pass through. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pulse runtime '));
  chmodSync(folder, 0o755);
  clean.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(home: string): Promise<Postgres> {
  const postgres = await startPostgres({ home, log });
  clean.push(() => postgres.stop());
  return postgres;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

type Owner = { process: ChildProcess; url: string; port: number; dataFolder: string };

async function own(home: string, account: { uid?: number; gid?: number } = {}): Promise<Owner> {
  const child = fork(join(import.meta.dirname, '../harness/owner.ts'), [home], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...account,
  });
  clean.push(() => child.kill('SIGKILL'));
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as Omit<Owner, 'process'>),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the owner ended with ${code}`))),
  ]);
  return { process: child, ...answer };
}

const noneLeft = (folder: string) =>
  waitUntil(
    () => findProcesses(folder),
    (found) => found.length === 0,
  );

test('a cluster is UTF-8, sorted the same everywhere, checksummed, in UTC, and open to loopback with a password only', async () => {
  const home = join(makeFolder(), 'home');
  const { url, adminUrl, port } = await open(home);
  const [row] = await ask(
    url,
    `select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
            current_setting('TimeZone') as zone, current_setting('listen_addresses') as addresses,
            current_setting('unix_socket_directories') as sockets, current_setting('server_version_num')::int / 10000 as major,
            (select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()) as locale`,
  );
  expect(row).toEqual({
    encoding: 'UTF8',
    checksums: 'on',
    zone: 'UTC',
    addresses: '127.0.0.1',
    sockets: '',
    major: 18,
    locale: 'b C.UTF-8',
  });
  expect(adminUrl).toMatch(/\/postgres$/);
  expect(statSync(join(home, 'postgres.password')).mode & 0o777).toBe(0o600);
  await expect(ask(`postgres://pulse:wrong@127.0.0.1:${port}/pulse`, 'select 1')).rejects.toThrow(/password/);
});

test('the owner is killed outright: no process is left, and what was committed is there at the next start', async () => {
  const home = join(makeFolder(), 'home');
  const owner = await own(home);
  await ask(owner.url, 'create table kept as select 42 as answer');
  owner.process.kill('SIGKILL');
  await noneLeft(home);
  const { url } = await open(home);
  expect(await ask(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('owner and guard are killed outright: the next start ends the orphaned server and recovers', async () => {
  const home = join(makeFolder(), 'home');
  const owner = await own(home);
  await ask(owner.url, 'create table kept as select 42 as answer');
  const guard = findProcesses(home).find(({ command }) => command.includes('guard.js'));
  if (!guard) throw new Error('the server has no guard');
  process.kill(guard.pid, 'SIGKILL');
  owner.process.kill('SIGKILL');
  const orphan = Number(readFileSync(join(owner.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const { url } = await open(home);
  expect(await ask(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(findProcesses(home).map(({ pid }) => pid)).not.toContain(orphan);
});

test('the server is killed: its owner hears of it', async () => {
  const home = join(makeFolder(), 'home');
  const { crashed, dataFolder } = await open(home);
  process.kill(Number(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  expect(await crashed).toMatch(/PostgreSQL ended unexpectedly/);
  await noneLeft(home);
});

test('a lock file that names a process id in use by another program does not stop the start', async () => {
  const home = join(makeFolder(), 'home');
  const first = await startPostgres({ home, log });
  const lock = readFileSync(join(first.dataFolder, 'postmaster.pid'), 'utf8');
  await first.stop();
  writeFileSync(join(first.dataFolder, 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
  const { url } = await open(home);
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('two homes run side by side, and the port of last time is left to whoever took it', async () => {
  const folder = makeFolder();
  const first = await startPostgres({ home: join(folder, 'one'), log });
  await first.stop();
  const taken = createServer().listen(first.port, '127.0.0.1');
  await once(taken, 'listening');
  clean.push(() => taken.close());
  const [one, two] = await Promise.all([open(join(folder, 'one')), open(join(folder, 'two'))]);
  expect(new Set([first.port, one.port, two.port]).size).toBe(3);
  await ask(one.url, 'create table mine ()');
  await expect(ask(two.url, 'select from mine')).rejects.toThrow(/does not exist/);
});

if (isRoot) {
  test('root, under a folder that the unprivileged user cannot enter: the data lives where it can', async () => {
    const closed = join(makeFolder(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const home = join(closed, 'home');
    const first = await startPostgres({ home, log });
    clean.push(() => rmSync(dirname(first.dataFolder), { recursive: true, force: true }));
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(first.dataFolder.startsWith(closed)).toBe(false);
    const again = await open(home);
    expect(again.dataFolder).toBe(first.dataFolder);
    expect(await ask(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  const nobody = { name: 'nobody', uid: 65534, gid: 65534 };
  if (canEnter(nobody, import.meta.dirname)) {
    test('an ordinary user runs its own server as itself', async () => {
      const folder = makeFolder();
      chownSync(folder, nobody.uid, nobody.gid);
      const owner = await own(join(folder, 'home'), nobody);
      expect(statSync(owner.dataFolder).uid).toBe(nobody.uid);
      expect(await ask(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      owner.process.kill('SIGKILL');
      await noneLeft(folder);
      expect(existsSync(join(owner.dataFolder, 'postmaster.pid'))).toBe(false);
    });
  }
}
