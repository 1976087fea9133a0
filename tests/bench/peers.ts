import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from '../../src/lib/server/ask.ts';
import { sign } from '../../src/lib/server/token.ts';
import { openBrowser } from '../harness/browser.ts';
import type { Company } from './company.ts';
import { median, ms, repeat, times } from './measure.ts';
import { open, readVisit, standsWithoutScript, type Visit } from './page.ts';
import { drizzleTiles } from './peers/drizzle-tiles.ts';
import { buildPage, serveFiles } from './peers/static.ts';
import { rangeOf } from './reading.ts';
import type { Bench, Table } from './subject.ts';
import { tiles } from './tiles.ts';

const folder = join(import.meta.dirname, 'peers');
const turns = 7;

/** Beside drizzle-cube, tile by tile over the same facts, and beside a page that has no server behind it. */
export async function measure(bench: Bench): Promise<Table[]> {
  if (!existsSync(join(folder, 'node_modules'))) {
    bench.log('installing the peers');
    const args = ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', '--no-package-lock'];
    await promisify(execFile)('npm', args, { cwd: folder });
  }
  const company = await bench.company();
  bench.log('tiles in drizzle-cube');
  const beside = await readDrizzle(company);
  bench.log('a page by Observable Framework');
  return [
    {
      title: 'drizzle-cube, tile by tile',
      about: `Milliseconds, median of ${turns} date ranges that were not asked before, over HTTP as a page asks it: the same facts and indexes, each with its own semantic layer; drizzle-cube ${versionOf('drizzle-cube')} with its memory cache.`,
      rows: beside,
    },
    {
      title: 'A page without a server',
      about: `Observable Framework ${versionOf('@observablehq/framework')}: twelve charts, built before, their data beside them as a file, served compressed; Pulse's home page, warm. Measured as in the table of pages: milliseconds in Chromium, median of ${turns} visits with an empty cache; KB of script before the first chart, and in all.`,
      rows: await readStatic(company),
    },
  ];
}

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> })
    .dependencies[name] ?? '';

async function readDrizzle(company: Company) {
  const { cube } = company.stack.record().urls;
  if (!cube) throw new Error('the stack has no Cube');
  const secret = readFileSync(join(company.home, 'secret'), 'utf8').trim();
  const token = sign({ user_id: 'bench', access: 'company', team_keys: [], employee_keys: [] }, secret);
  const peer = fork(join(folder, 'drizzle.mjs'), {
    env: { ...process.env, WAREHOUSE_URL: company.warehouse },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [{ port }] = (await once(peer, 'message')) as [{ port: number }];
    const rows = [];
    for (const tile of tiles) {
      const theirs = async (turn: number) => {
        const answer = await fetch(`http://127.0.0.1:${port}/cubejs-api/v1/load`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: drizzleTiles[tile.name]?.(rangeOf(turn)) }),
        });
        if (!answer.ok) throw new Error(`${tile.name}: ${await answer.text()}`);
        await answer.json();
      };
      const ours = (turn: number) => ask({ cubeUrl: cube, token, query: tile.query(rangeOf(turn)) });
      // both have been asked once: neither pays for its first plan
      await Promise.all([ours(50), theirs(50)]);
      const pulse = median(await repeat(turns, ours));
      const drizzle = median(await repeat(turns, theirs));
      rows.push({
        tile: tile.name,
        Pulse: ms(pulse),
        'drizzle-cube': ms(drizzle),
        'drizzle-cube / Pulse': times(drizzle / pulse),
      });
    }
    return rows;
  } finally {
    peer.disconnect();
    await once(peer, 'exit');
  }
}

async function readStatic(company: Company) {
  const { server, origin } = await serveFiles(await buildPage(folder, company.warehouse, company.home));
  const browser = await openBrowser();
  try {
    const theirs = await visits(async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const visit = await readVisit(await context.newPage(), `${origin}/`, { chart: 'figure', all: 12 });
      await context.close();
      return visit;
    });
    const ours = await visits(async () => {
      const context = await open(browser, company);
      const visit = await readVisit(await context.newPage(), '/');
      await context.close();
      return visit;
    });
    if (await standsWithoutScript(browser, company, '/')) ours.before = 0;
    const line = (page: string, visit: Visit) => ({
      page,
      'first byte': ms(visit.ttfb),
      'largest paint': ms(visit.lcp),
      'all charts': ms(visit.charts),
      blocked: ms(visit.tbt),
      'KB of script before': (visit.before / 1000).toFixed(0),
      'KB of script': (visit.script / 1000).toFixed(0),
    });
    return [
      line('Observable Framework', theirs),
      line('Pulse', ours),
      {
        page: 'Pulse / static',
        'largest paint': times(ours.lcp / theirs.lcp),
        'all charts': times(ours.charts / theirs.charts),
      },
    ];
  } finally {
    await browser.close();
    server.close();
  }
}

async function visits(visit: () => Promise<Visit>): Promise<Visit> {
  await visit();
  const all: Visit[] = [];
  for (let turn = 0; turn < turns; turn++) all.push(await visit());
  const of = (key: keyof Visit) => median(all.map((one) => one[key]));
  return {
    ttfb: of('ttfb'),
    lcp: of('lcp'),
    tbt: of('tbt'),
    cls: of('cls'),
    charts: of('charts'),
    before: of('before'),
    script: of('script'),
  };
}
