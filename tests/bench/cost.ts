import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Company } from './company.ts';
import type { Bench, Table } from './subject.ts';
import { crowd, signIn } from './visitor.ts';

type Process = { pid: number; parent: number; ticks: number; kilobytes: number; command: string };
type Use = { ticks: number; kilobytes: number };
const parts = ['supervisor', 'postgres', 'cube', 'app', 'worker'] as const;
type Part = (typeof parts)[number];

/** What Pulse takes of the machine: memory of each process idle and under load, disk, and CPU of a view of a page. */
export async function measure(bench: Bench): Promise<Table[]> {
  if (process.platform !== 'linux') throw new Error('cost is read from /proc, which only Linux has');
  const company = await bench.company();
  const visitor = await signIn(company, 50);
  try {
    const search = (turn: number) =>
      `/?manager=Employee+${1 + (turn % 120)}&to=2026-10-31&from=2026-10-${1 + Math.floor(turn / 120)}`;
    const before = use(company);
    bench.log('CPU of a page, new and known');
    const views = 30;
    for (let turn = 0; turn < views; turn++) await visitor.get(`${search(turn)}0`);
    const cold = use(company);
    await crowd(visitor, 50, 40, '/?from=2026-10-01&to=2026-10-31');
    const warm = use(company);
    const spent = (from: Record<Part, Use>, to: Record<Part, Use>, part: Part, count: number) =>
      (((to[part].ticks - from[part].ticks) * 10) / count).toFixed(count > 1000 ? 2 : 0);
    const total = (all: Record<Part, Use>) => parts.reduce((sum, part) => sum + all[part].kilobytes, 0);
    const megabytes = (kilobytes: number) => (kilobytes / 1024).toFixed(0);
    return [
      {
        title: 'Memory and CPU',
        about: `Megabytes that each part holds alone or shares with nobody but its kind (PSS), before and after ${views} new views of the home page and 2,000 known ones; milliseconds of CPU a view.`,
        rows: [
          ...parts.map((part) => ({
            part,
            'MB before': megabytes(before[part].kilobytes),
            'MB after': megabytes(warm[part].kilobytes),
            'CPU ms, new view': spent(before, cold, part, views),
            'CPU ms, known view': spent(cold, warm, part, 2000),
          })),
          { part: 'all', 'MB before': megabytes(total(before)), 'MB after': megabytes(total(warm)) },
        ],
      },
      { title: 'Disk', about: 'Tables with their indexes.', rows: await readDisk(company) },
    ];
  } finally {
    await visitor.close();
  }
}

function use({ stack, home }: Company): Record<Part, Use> {
  const all = processes();
  const supervisor = stack.record().pid;
  const main = all.find(
    ({ command }) => command.includes(`-D ${join(home, 'postgres')}`) && /bin\/postgres /.test(command),
  );
  const partOf = ({ pid, parent, command }: Process): Part | null => {
    if (pid === supervisor) return 'supervisor';
    if (pid === main?.pid || parent === main?.pid || pid === main?.parent) return 'postgres';
    if (parent !== supervisor) return null;
    if (command.includes('cube/serve.js')) return 'cube';
    return command.includes('/worker.js') ? 'worker' : command.includes('index.js') ? 'app' : null;
  };
  const uses = Object.fromEntries(parts.map((part) => [part, { ticks: 0, kilobytes: 0 }])) as Record<
    Part,
    Use
  >;
  for (const one of all) {
    const part = partOf(one);
    if (!part) continue;
    uses[part].ticks += one.ticks;
    uses[part].kilobytes += one.kilobytes;
  }
  return uses;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number);
        const [, parent = 0] = fields;
        // of the process itself and of its children that have ended, in hundredths of a second
        const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const memory = readFileSync(`/proc/${name}/smaps_rollup`, 'utf8');
        const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(memory)?.[1] ?? 0);
        return [{ pid: Number(name), parent, ticks, kilobytes, command }];
      } catch {
        return []; // ended meanwhile
      }
    });
}

async function readDisk({ warehouse, deals }: Company) {
  const client = new pg.Client({ connectionString: warehouse });
  await client.connect();
  try {
    const { rows } = await client.query<{ schema: string; bytes: string; rows: string; tables: string }>(`
      select n.nspname as schema, sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0))::bigint as rows,
        count(*) as tables
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('core', 'rollup') group by 1 order by 1`);
    return rows.map(({ schema, bytes, rows: count, tables }) => ({
      what: schema === 'core' ? 'facts, dimensions and what is derived of them' : 'rollups',
      tables,
      rows: Number(count).toLocaleString('en'),
      MB: (Number(bytes) / 1e6).toFixed(0),
      'bytes a deal': (Number(bytes) / deals).toFixed(0),
    }));
  } finally {
    await client.end();
  }
}
