import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { runPulse } from '../harness/stack.ts';
import { columns, type Company } from './company.ts';
import { median, ms, repeat, time, times } from './measure.ts';
import { readTiles } from './reading.ts';
import type { Bench, Table } from './subject.ts';
import { crowd, signIn } from './visitor.ts';

const changed = 5_000;
type Figures = { warm: number; cold: number; questions: number; load: number };

/** The same company a tenth as large and at the size asked for: what grows with the data and what does not. */
export async function measure(bench: Bench): Promise<Table[]> {
  const sizes = [bench.deals / 10, bench.deals];
  const figures: Figures[] = [];
  for (const deals of sizes) {
    const company = await bench.company(deals);
    bench.log(`growth: ${deals.toLocaleString('en')} deals`);
    figures.push(await read(company));
  }
  const [small, large] = figures as [Figures, Figures];
  const line = (what: string, key: keyof Figures, goal: string) => ({
    what,
    [`${sizes[0]?.toLocaleString('en')} deals`]: ms(small[key]),
    [`${sizes[1]?.toLocaleString('en')} deals`]: ms(large[key]),
    ratio: times(large[key] / small[key]),
    // the power of the size by which it grows: 0 not at all, 1 in step
    slope: Math.log10(large[key] / small[key]).toFixed(2),
    goal,
  });
  return [
    {
      title: 'Ten times the data',
      about: `Milliseconds, median. The same staff, products and campaigns; ten times the deals, calls and customers in the same three years. The load brings ${changed.toLocaleString('en')} changed deals by CSV.`,
      rows: [
        line('home page, warm, one of 50 readers', 'warm', '1.1 ×'),
        line('home page, new filter', 'cold', '1.5 ×'),
        line('twelve questions, new ranges', 'questions', ''),
        line('load of equal changes', 'load', '1.3 ×'),
      ],
    },
  ];
}

async function read(company: Company): Promise<Figures> {
  const visitor = await signIn(company, 50);
  try {
    const page = (manager: number) =>
      visitor.get(`/__data.json?from=2026-10-01&to=2026-10-31&manager=Employee+${manager}`);
    for (let manager = 101; manager <= 103; manager++) await page(manager);
    const cold = median(await repeat(15, (turn) => page(turn + 61)));
    await page(1);
    const address = '/__data.json?from=2026-10-01&to=2026-10-31&manager=Employee+1';
    const warm = median((await crowd(visitor, 50, 20, address)).map((answer) => answer.ms));
    const questions = Number((await readTiles(company, 5)).at(-1)?.Pulse);
    return { warm, cold, questions, load: await readLoad(company) };
  } finally {
    await visitor.close();
  }
}

/** The first load pays for what is fresh after the making; the median of three others is told. */
async function readLoad(company: Company): Promise<number> {
  const took: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await writeChanges(company, turn);
    const load = () =>
      runPulse(['etl', 'run'], company.home, { PULSE_CONFIG: join(company.home, 'pulse.yaml') }).ended;
    let failed = '';
    const milliseconds = await time(async () => {
      const { code, stderr } = await load();
      if (code !== 0) failed = stderr;
    });
    if (failed) throw new Error(`the load failed: ${failed}`);
    if (turn > 0) took.push(milliseconds);
  }
  return median(took);
}

/** Deals of the last months with another amount, as an export of the CRM has them. */
async function writeChanges({ warehouse, home, deals }: Company, turn: number): Promise<void> {
  const client = new pg.Client({ connectionString: warehouse });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(
      `select source_id as id, created_at, closed_at, status, owner_id as owner, customer_id as customer, product_id as product,
         amount + $1 as amount, cost, now() as updated_at
       from core.fct_deals where deal_key > $2 order by deal_key limit $3`,
      [turn + 1, deals - changed * 4 + turn * changed, changed],
    );
    const cell = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value ?? ''));
    const lines = rows.map((row) =>
      columns
        .split(',')
        .map((name) => cell(row[name]))
        .join(','),
    );
    writeFileSync(join(home, 'exports/deals.csv'), `${[columns, ...lines].join('\n')}\n`);
  } finally {
    await client.end();
  }
}
