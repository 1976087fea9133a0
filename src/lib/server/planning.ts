import { closest, distance } from 'fastest-levenshtein';
import {
  readPlans,
  type Fallbacks,
  type Known,
  type Line,
  type Plan,
  type TableProblem,
} from '../planning.ts';
import { plannable } from '../planning/metrics.ts';
import { normal } from '../planning/values.ts';
import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import type { Table } from './planning/table.ts';
import { callEntered } from './entered.ts';
import { actorOf } from './users.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

export type Problem = TableProblem | 'unreadable' | 'too_big' | 'nothing' | 'nothing_to_undo';
/** `before` is the plan that holds now, from whichever source. */
export type Checked = Line & { before: number | null };
export type Preview = { table: string; fallbacks: Fallbacks; lines: Checked[]; good: number; wrong: number };

export type Batch = {
  id: number;
  saved_at: string;
  actor: string;
  lines: number;
  months: string[];
  undone_by: string | null;
};
export type PlansPage = {
  timezone: string;
  metrics: string[];
  year: number;
  batches: Batch[];
  may_undo: boolean;
};

/** What was saved and by whom, the latest first. */
export async function load(): Promise<PlansPage> {
  const { timezone } = await readSettings();
  const { rows } = await warehouse().raw<{ rows: (Omit<Batch, 'saved_at'> & { saved_at: Date })[] }>(
    `select b.batch_id as id, b.saved_at, b.actor, b.undone_by, count(*)::integer as lines,
            array_agg(distinct to_char(l.month, 'YYYY-MM-DD')) as months
       from app.plan_batches b join app.plan_lines l using (batch_id)
      group by b.batch_id order by b.batch_id desc limit 30`,
  );
  const batches = rows.map((row) => ({ ...row, saved_at: row.saved_at.toISOString() }));
  const year = new Date().getFullYear();
  return {
    timezone,
    metrics: plannable,
    year,
    batches,
    may_undo: batches.some((one) => one.undone_by === null),
  };
}

/** Reads a table and says of every line what would become of it; nothing is written. */
export async function check(table: Table, fallbacks: Fallbacks): Promise<Preview | { problem: Problem }> {
  const read = readPlans(table, await readKnown(), fallbacks, nearest);
  if ('problem' in read) return read;
  const before = await present();
  const lines = read.lines.map((line): Checked => ({
    ...line,
    before: line.plan ? (before.get(keyOf(line.plan)) ?? null) : null,
  }));
  const good = lines.filter(({ plan }) => plan).length;
  return { table: JSON.stringify(table), fallbacks, lines, good, wrong: lines.length - good };
}

/** Keeps the right lines of a table; the next load, which is due at once, makes them plans. */
export async function save(
  by: Viewer,
  table: Table,
  fallbacks: Fallbacks,
): Promise<{ saved: number } | { problem: Problem }> {
  const read = readPlans(table, await readKnown(), fallbacks);
  if ('problem' in read) return read;
  const plans = read.lines.flatMap(({ plan }) => (plan ? [plan] : []));
  if (!plans.length) return { problem: 'nothing' };
  const { timezone } = await readSettings();
  await warehouse().transaction(async (trx) => {
    const [batch] = await trx('app.plan_batches')
      .insert({ user_id: by.user_id, actor: by.email })
      .returning<{ batch_id: number }[]>('batch_id');
    const rows = plans.map(({ level, ...plan }) => ({
      ...plan,
      scope_kind: level,
      batch_id: batch?.batch_id,
    }));
    await trx.batchInsert('app.plan_lines', rows, 500);
    await callEntered(trx, timezone);
  });
  await record({ action: 'plans_saved', details: { lines: plans.length }, ...actorOf(by) });
  return { saved: plans.length };
}

/** What was saved last holds no more; what held before it does again. */
export async function undo(by: Viewer): Promise<{ undone: number } | { problem: Problem }> {
  const { timezone } = await readSettings();
  const undone = await warehouse().transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { batch_id: number }[] }>(
      `update app.plan_batches set undone_at = now(), undone_by = ?
        where batch_id = (select max(batch_id) from app.plan_batches where undone_at is null)
        returning batch_id`,
      [by.email],
    );
    if (rows.length) await callEntered(trx, timezone);
    return rows[0]?.batch_id ?? null;
  });
  if (undone === null) return { problem: 'nothing_to_undo' };
  await record({ action: 'plans_undone', details: { batch: undone }, ...actorOf(by) });
  return { undone };
}

async function readKnown(): Promise<Known> {
  const { rows } = await warehouse().raw<{ rows: { level: keyof Known; name: string; id: string | null }[] }>(
    `select 'employee' as level, e.name, d.source_id as id
       from core.dim_employees d join core.employees e on e.employee_key = coalesce(d.same_as, d.employee_key)
      where not d.is_deleted
     union all select 'team', name, source_id from core.dim_teams where not is_deleted
     union all select 'product', name, source_id from core.dim_products where not is_deleted
     union all select distinct 'channel', channel, null from core.dim_campaigns where channel <> ''`,
  );
  const known: Known = { employee: [], team: [], product: [], channel: [] };
  for (const { level, name, id } of rows) known[level].push({ name, id });
  return known;
}

async function present(): Promise<Map<string, number>> {
  const { rows } = await warehouse().raw<{
    rows: { month: string; metric: string; level: Plan['level']; scope: string; plan: string }[];
  }>('select month, metric, scope_kind as level, scope, plan from core.fct_plan_fact');
  return new Map(rows.map(({ plan, ...row }) => [keyOf(row), Number(plan)]));
}

const keyOf = ({ month, metric, level, scope }: Omit<Plan, 'target'>): string =>
  [month, metric, level, level === 'company' ? '' : normal(scope)].join('\n');

/** A slip of the finger, not another person. */
function nearest(name: string, among: string[]): string | null {
  if (!among.length) return null;
  const found = closest(normal(name), among.map(normal));
  const near = among.find((one) => normal(one) === found) ?? null;
  return distance(normal(name), found) <= Math.max(1, Math.min(3, name.length / 3)) ? near : null;
}
