import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../etl/config.ts';
import { canRun, chooseAccount } from '../../schema/postgres/account.ts';
import { findBinaries } from '../../schema/postgres/binaries.ts';
import { tryPort } from '../../schema/postgres/port.ts';
import { findBrowser } from './browser.ts';
import type { Place } from './place.ts';
import { askSources } from './sources.ts';
import { readStack } from './stack/record.ts';

/** `note` is worth knowing, `wrong` stops Pulse. */
export type Finding = { name: string; state: 'fine' | 'note' | 'wrong'; text: string };

const GB = 1024 ** 3;

export async function examine(place: Place): Promise<Finding[]> {
  const findings: Finding[] = [];
  const check = async (
    name: string,
    look: () => Promise<[Finding['state'], string]> | [Finding['state'], string],
  ) => {
    try {
      const [state, text] = await look();
      findings.push({ name, state, text });
    } catch (error) {
      findings.push({ name, state: 'wrong', text: error instanceof Error ? error.message : String(error) });
    }
  };

  await check('Node.js', () => ['fine', `${process.versions.node} on ${process.platform}-${process.arch}`]);
  await check('Machine', () => {
    const memory = totalmem() / GB;
    return [
      memory < 1.5 ? 'note' : 'fine',
      `${availableParallelism()} cores, ${memory.toFixed(1)} GB of memory`,
    ];
  });
  await check('Configuration', () => {
    if (!place.config) return ['fine', 'none: the demo company is shown'];
    return ['fine', `${place.config} with ${Object.keys(readConfig(place.config).sources).join(', ')}`];
  });
  await check('State', () => checkHome(place.home));
  await check('PostgreSQL', () => {
    if (process.env.WAREHOUSE_URL) return ['fine', 'from WAREHOUSE_URL'];
    const account = chooseAccount();
    const binaries = findBinaries();
    const who = account ? `as the user ${account.name}` : 'as this user';
    if (canRun(account, binaries.postgres)) return ['fine', `${binaries.version} from npm, ${who}`];
    return ['note', `${binaries.version} from npm, ${who}, who cannot reach it: it will be copied`];
  });
  await check('Port', async () => {
    const wished = Number(process.env.PORT ?? 3000);
    if ((await tryPort(wished, process.env.HOST ?? '127.0.0.1')) !== null)
      return ['fine', `${wished} is free`];
    return process.env.PORT
      ? ['wrong', `${wished} is taken: set PORT to another`]
      : ['note', `${wished} is taken: the next is used`];
  });
  await check('Browser', async () => {
    const browser = await findBrowser();
    return browser ? ['fine', browser] : ['note', 'none found: reports as PDF need one, set CHROMIUM to it'];
  });
  await check('Mail', () =>
    process.env.SMTP_URL ? ['fine', 'from SMTP_URL'] : ['note', 'SMTP_URL is not set: reports are not sent'],
  );
  await check('Running', () => {
    const stack = readStack(place.home);
    return [
      'fine',
      stack ? `process ${stack.pid}, ${stack.phase}${stack.urls.app ? `, ${stack.urls.app}` : ''}` : 'no',
    ];
  });
  await check('Sources', async () => {
    const warehouse = readStack(place.home)?.urls.warehouse;
    if (!warehouse) return ['fine', 'looked at while Pulse runs'];
    const overview = await askSources(place, warehouse);
    const sources = overview && 'sources' in overview ? overview.sources : [];
    const ill = sources.filter(({ health }) => health === 'failing' || health === 'stale');
    if (!ill.length) return ['fine', `${sources.length}, all in time`];
    return [
      'note',
      `${ill.map(({ source, health }) => `${source} is ${health}`).join(', ')}: see "pulse etl status"`,
    ];
  });
  await check('Rollups', async () => {
    const warehouse = readStack(place.home)?.urls.warehouse;
    if (!warehouse) return ['fine', 'looked at while Pulse runs'];
    const misses = await readMisses(warehouse);
    if (!misses.length) return ['fine', 'every figure asked for in the last seven days came from one'];
    return [
      'note',
      [
        'figures of the last seven days that had to be counted from the records:',
        ...misses.map(({ members, asked, reason }) => `  ${asked} × ${members}: ${reason}`),
      ].join('\n'),
    ];
  });
  return findings;
}

type Miss = { members: string; reason: string; asked: string };

/** Kinds of questions (measures | cuts | filters) that no rollup answered, the most asked first. */
async function readMisses(warehouse: string): Promise<Miss[]> {
  const client = new pg.Client({ connectionString: warehouse });
  await client.connect();
  try {
    const { rows } = await client.query<Miss>(`
      select members, reason, asked from ops.rollup_misses
      where last_at > now() - interval '7 days' order by asked desc, members limit 20`);
    return rows;
  } finally {
    await client.end();
  }
}

function checkHome(home: string): [Finding['state'], string] {
  let folder = home;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return ['wrong', `${folder} is not writable: set PULSE_HOME to a folder that is`];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / GB;
  return [free < 1 ? 'wrong' : free < 5 ? 'note' : 'fine', `${home}, ${free.toFixed(1)} GB free`];
}
