import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Log } from './log.ts';
import { Problem, explainFileError } from './problem.ts';
import { chooseAccount, spawnOptions } from './postgres/account.ts';
import { findBinaries, reachBinaries } from './postgres/binaries.ts';
import { USER, createCluster } from './postgres/cluster.ts';
import { keepSecret, rotate } from './postgres/files.ts';
import { choosePlace, chooseShared, writePlace } from './postgres/place.ts';
import { findPort } from './postgres/port.ts';
import { isAlive } from './postgres/processes.ts';
import { recoverCluster, stopServer } from './postgres/recover.ts';
import { chooseSettings } from './postgres/settings.ts';

export type Postgres = {
  /** database `pulse` */
  url: string;
  /** database `postgres` */
  adminUrl: string;
  dataFolder: string;
  port: number;
  version: string;
  /** Resolves with a sentence if the server ends without having been asked to. */
  crashed: Promise<string>;
  stop(): Promise<void>;
};

type Options = { home: string; log: Log; settings?: Record<string, string> };

/** Starts this home's own PostgreSQL. The caller holds the home: two at once on one home are not arbitrated here. */
export async function startPostgres({ home, log, settings = {} }: Options): Promise<Postgres> {
  try {
    return await start(home, log, settings);
  } catch (error) {
    throw explainFileError(error, 'starting PostgreSQL');
  }
}

async function start(home: string, log: Log, settings: Record<string, string>): Promise<Postgres> {
  const account = chooseAccount();
  mkdirSync(join(home, 'logs'), { recursive: true, mode: account ? 0o711 : 0o700 });
  const found = findBinaries();
  const place = choosePlace(home, account, log);
  writePlace(home, place);
  const binaries = reachBinaries(account, found, () => chooseShared(account));
  const password = keepSecret(join(home, 'postgres.password'));
  const dataFolder = createCluster(place.folder, account, binaries, password);
  await recoverCluster(dataFolder, log);

  const logFile = join(home, 'logs', 'postgres.log');
  rotate(logFile);
  const given = Object.entries({ ...chooseSettings(), ...settings }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  for (let attempt = 1; ; attempt++) {
    const port = await findPort(attempt === 1 ? place.port : null);
    const guard = fork(
      fileURLToPath(new URL('./postgres/guard.js', import.meta.url)),
      [
        JSON.stringify({
          file: binaries.postgres,
          args: ['-D', dataFolder, '-p', String(port), ...given],
          options: spawnOptions(account),
          log: logFile,
        }),
      ],
      // A session of its own: neither Ctrl-C nor "kill -9 -<group>" reaches the guard before its work is done.
      { detached: true, execArgv: [], stdio: 'ignore', cwd: '/' },
    );
    const server = watch(guard);
    const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
    const failure = await waitUntilReady(url('postgres'), server, log);
    if (failure === null) {
      writePlace(home, { ...place, port });
      await createDatabase(url('postgres'), 'pulse');
      log.info({ port, dataFolder }, 'PostgreSQL is up');
      const { version } = binaries;
      return { url: url('pulse'), adminUrl: url('postgres'), dataFolder, port, version, ...server.handle };
    }
    // What never came to be has written no log.
    const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : [];
    // Someone took the port between our look and PostgreSQL's.
    if (attempt < 5 && /could not bind|Address already in use/.test(lines.slice(-10).join('\n'))) continue;
    const reason = lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? failure;
    throw new Problem(
      `PostgreSQL does not start (${reason.replace(/^.*(FATAL|PANIC|ERROR): +/, '')}): see ${logFile}.`,
    );
  }
}

function watch(guard: ChildProcess) {
  let pid = 0;
  let stopping = false;
  guard.on('message', (message: { pid?: number }) => (pid = message.pid ?? pid));
  const ended = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve());
    guard.once('error', () => resolve());
  });
  const crashed = new Promise<string>((resolve) => {
    void ended.then(async () => {
      if (stopping) return;
      // The guard itself was killed: nobody owns the server now but us.
      if (pid > 0 && isAlive(pid)) await stopServer(pid).catch(() => undefined);
      resolve('PostgreSQL ended unexpectedly');
    });
  });
  const stop = async () => {
    stopping = true;
    if (guard.connected) guard.send('stop', () => undefined);
    await ended;
    if (pid > 0 && isAlive(pid)) await stopServer(pid);
  };
  return { handle: { crashed, stop }, hasEnded: () => guard.exitCode !== null || guard.signalCode !== null };
}

async function waitUntilReady(
  url: string,
  server: { hasEnded(): boolean },
  log: Log,
): Promise<string | null> {
  const began = Date.now();
  let said = began;
  while (!server.hasEnded()) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return null;
    } catch (error) {
      await client.end().catch(() => undefined);
      // Wrong password: the home's password file was replaced; waiting will not help.
      if ((error as { code?: string }).code === '28P01') {
        throw new Problem(
          'PostgreSQL refuses the password kept in PULSE_HOME/postgres.password: restore that file.',
        );
      }
    }
    if (Date.now() - said > 10_000) {
      said = Date.now();
      log.info(`PostgreSQL is still replaying its log after ${Math.round((said - began) / 1000)} s`);
    }
    await sleep(40);
  }
  return 'it ended at once';
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
