import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';

const server = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/local/sbin/mariadbd'].find(existsSync);
const install = ['/usr/bin/mariadb-install-db', '/usr/local/bin/mariadb-install-db'].find(existsSync);

export const hasMariadb = server !== undefined && install !== undefined;

export type Mariadb = {
  url: string;
  query(sql: string): Promise<unknown>;
  stop(): Promise<void>;
};

/** A MariaDB of one's own, in a temporary folder, on a free port of this host. */
export async function startMariadb(): Promise<Mariadb> {
  const home = mkdtempSync(join(tmpdir(), 'pulse-mariadb-'));
  chmodSync(home, 0o755);
  const data = join(home, 'data');
  const socket = join(home, 's');
  const user = userInfo().uid === 0 ? 'nobody' : userInfo().username;
  const log = join(home, 'log');
  if (userInfo().uid === 0) spawnSync('chown', [user, home]);
  const made = spawnSync(
    install as string,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--user=${user}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stderr}${made.stdout}`);
  const port = await freePort();
  const child: ChildProcess = spawn(
    server as string,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--user=${user}`,
      `--pid-file=${join(home, 'pid')}`,
      `--log-error=${log}`,
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const connect = () =>
    mysql.createConnection({ socketPath: socket, user: 'root', multipleStatements: true });
  let admin: mysql.Connection | null = null;
  for (let left = 150; !admin; left--) {
    admin = await connect().catch(() => null);
    if (admin) break;
    if (left === 0 || child.exitCode !== null) throw new Error('MariaDB did not start');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await admin.query(`create database crm character set utf8mb4; create user 'reader'@'127.0.0.1' identified by 'p@ss/w:rd';
    grant all on crm.* to 'reader'@'127.0.0.1'; use crm; set sql_mode = ''`);
  const known = admin;
  return {
    url: `mariadb://reader:${encodeURIComponent('p@ss/w:rd')}@127.0.0.1:${port}/crm`,
    query: async (sql) => (await known.query(sql))[0],
    async stop() {
      await known.end().catch(() => undefined);
      child.kill('SIGKILL');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
