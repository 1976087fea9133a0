import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ask } from '../../src/lib/server/ask.ts';
import { sign } from '../../src/lib/server/token.ts';
import type { Company } from './company.ts';
import { median, ms, p95, repeat, times } from './measure.ts';
import type { Bench, Table } from './subject.ts';
import { tiles, timezone, type Tile } from './tiles.ts';
import { crowd, pace, signIn, type Visitor } from './visitor.ts';

const pages = ['/', '/marketing', '/sales', '/managers', '/customers', '/service', '/metrics', '/explore'];
const users = 50;

/** Pages as a reader waits for them, a home page under a stream of requests, and single questions against plain SQL. */
export async function measure(bench: Bench): Promise<Table[]> {
  const company = await bench.company();
  const visitor = await signIn(company, users);
  try {
    bench.log('pages, with a filter nobody has chosen before and again');
    const seen = [];
    for (const path of pages) seen.push(await readPage(visitor, path));
    bench.log('the home page, 200 requests a second');
    const stream = await readStream(visitor);
    bench.log('twelve questions against SQL');
    return [
      {
        title: 'Pages',
        about: `Milliseconds from request to the last byte of the data of a page. Cold: a manager whom nobody has chosen before, one reader. Warm: the same address, one reader, then ${users} at once, each asking again at once. Goals at 10 million: cold p95 300, warm p95 of ${users} readers 30.`,
        rows: seen,
      },
      {
        title: 'The home page at 200 requests a second',
        about: `One app process, ${users} connections, sent at a fixed pace for ten seconds; measured from when each was due.`,
        rows: [stream],
      },
      {
        title: 'Questions',
        about:
          'Milliseconds, median of new date ranges of three months and a bit each: through Cube as the app asks, by hand over the facts, and by hand of the best table that answers. All three gave equal sums. Warm is what the app has kept.',
        rows: await readTiles(company),
      },
    ];
  } finally {
    await visitor.close();
  }
}

const addressOf = (path: string, search: string): string =>
  `${path === '/' ? '' : path}/__data.json?${search}&x-sveltekit-invalidated=001`;
const lastMonths = (count: number, now = new Date()): [string, string] => {
  const day = (months: number, date: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, date)).toISOString().slice(0, 10);
  return [day(count, 1), day(0, 0)];
};

async function readPage(visitor: Visitor, path: string) {
  const [from, to] = lastMonths(1);
  const period = `from=${from}&to=${to}`;
  const check = async (search: string) => {
    const answer = await visitor.get(addressOf(path, search));
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer;
  };
  // the way of asking is known, the answer is not
  for (let k = 101; k <= 103; k++) await check(`${period}&manager=Employee+${k}`);
  const cold = await repeat(20, (turn) => check(`${period}&manager=Employee+${turn + 1}`));
  const first = await check(period);
  const warm = await repeat(30, () => check(period));
  const many = (await crowd(visitor, users, 20, addressOf(path, period))).map((answer) => answer.ms);
  return {
    page: path,
    'cold, median': ms(median(cold)),
    'cold, p95': ms(p95(cold)),
    'warm, median': ms(median(warm)),
    'warm, p95': ms(p95(warm)),
    [`warm p95 of ${users}`]: ms(p95(many)),
    'requests a second': String(Math.round((many.length / many.reduce((a, b) => a + b, 0)) * users * 1000)),
    'KB compressed': (first.bytes / 1000).toFixed(0),
  };
}

async function readStream(visitor: Visitor) {
  const path = '/?from=2026-01-01';
  await visitor.get(path);
  const answers = await pace(visitor, 200, 10, path);
  const waits = answers.map((answer) => answer.ms);
  return {
    requests: String(answers.length),
    errors: String(answers.filter((answer) => answer.status !== 200).length),
    median: ms(median(waits)),
    p95: ms(p95(waits)),
    longest: ms(Math.max(...waits)),
  };
}

/** Each turn asks another range, so that nothing is known: it begins a day later and ends a day later. */
export function rangeOf(turn: number): [string, string] {
  const move = (day: string) => new Date(Date.parse(day) - turn * 86_400_000).toISOString().slice(0, 10);
  const [from, to] = lastMonths(3);
  return [move(from), move(to)];
}

export async function readTiles(company: Company, turns = 7) {
  const { cube } = company.stack.record().urls;
  if (!cube) throw new Error('the stack has no Cube');
  const secret = readFileSync(join(company.home, 'secret'), 'utf8').trim();
  const token = sign({ user_id: 'bench', access: 'company', team_keys: [], employee_keys: [] }, secret);
  const client = new pg.Client({ connectionString: company.warehouse });
  await client.connect();
  const rows = [];
  const all = { pulse: 0, facts: 0, best: 0 };
  try {
    for (const tile of tiles) {
      const bounds = (turn: number) => rangeOf(turn).map((day, i) => `${next(day, i)} 00:00 ${timezone}`);
      const query = (turn: number) => ask({ cubeUrl: cube, token, query: tile.query(rangeOf(turn)) });
      await compare(tile, client, bounds(turns), (await query(turns)).rows);
      const pulse = median(await repeat(turns, query));
      const facts = median(await repeat(turns, (turn) => client.query(tile.facts, bounds(turn))));
      const best = median(await repeat(turns, (turn) => client.query(tile.best, bounds(turn))));
      all.pulse += pulse;
      all.facts += facts;
      all.best += best;
      rows.push(line(tile.name, pulse, facts, best));
      await sleep(0);
    }
  } finally {
    await client.end();
  }
  return [...rows, line('all twelve', all.pulse, all.facts, all.best)];
}

const next = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

function line(question: string, pulse: number, facts: number, best: number) {
  return {
    question,
    Pulse: ms(pulse),
    'SQL over facts': ms(facts),
    'best table': ms(best),
    'facts / Pulse': times(facts / pulse),
    'Pulse / best': times(pulse / best),
  };
}

/** A fast answer to another question would be worth nothing. */
async function compare(
  { name, measure, facts, best }: Tile,
  client: pg.Client,
  bounds: string[],
  rows: Record<string, unknown>[],
): Promise<void> {
  const sum = (values: unknown[]) => values.reduce<number>((total, value) => total + Number(value ?? 0), 0);
  const pulse = sum(rows.map((row) => row[measure]));
  for (const sql of [facts, best]) {
    const found = sum((await client.query<{ v: string }>(sql, bounds)).rows.map((row) => row.v));
    if (!(pulse > 0) || Math.abs(found - pulse) > 1e-6 * pulse)
      throw new Error(`${name}: Pulse says ${pulse}, but ${sql} says ${found}`);
  }
}
