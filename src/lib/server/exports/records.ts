import { m } from '../../paraglide/messages.js';
import { viewOf, type Condition } from '../../metrics.ts';
import { totalQuery, type CubeQuery } from '../../query.ts';
import { columnTitle } from '../../words.ts';
import * as addresses from '../addresses.ts';
import * as cube from '../cube.ts';
import type { settleOn } from '../drill.ts';
import { columnsOf, kinds } from '../record-kinds.ts';
import { pageQuery, readRow } from '../records.ts';
import type { Row } from '../result.ts';
import type { Line, Sheet, SheetColumn } from './sheet.ts';

type Settled = NonNullable<Awaited<ReturnType<typeof settleOn>>>;

/** how many records are asked for, and held, at a time */
export const batch = 5000;

/**
 * All records behind a figure, by the very question of the page, so that their sum is the figure. What fits into one
 * question comes in the order of the page. More is read on by the record's id, which no other order allows without
 * skipping or repeating records when a load comes between; such a load is told in a note.
 */
export async function recordSheet({ scope, metric, narrowed }: Settled): Promise<Sheet> {
  const spec = kinds[metric.records];
  const { style } = scope;
  const shown = columnsOf(spec, metric);
  const hasId = spec.id.endsWith('_id') && !shown.some(({ key }) => key === spec.id);
  const hasSystem = spec.dimensions.includes('system');
  const addressOf = await addresses.read(spec);
  const columns: SheetColumn[] = [
    ...shown.map(({ key, kind }) => ({ title: columnTitle(key, style.locale), kind })),
    ...(hasSystem ? [{ title: m.exports_column_system({}, style), kind: 'text' as const }] : []),
    ...(hasId ? [{ title: m.exports_column_id({}, style), kind: 'text' as const }] : []),
    ...(addressOf ? [{ title: m.exports_column_link({}, style), kind: 'text' as const }] : []),
  ];
  const seen = new Set<number>();

  async function* rows(): AsyncGenerator<Line> {
    const base = totalQuery(metric, scope);
    const state = { ...scope.state, page: 1 };
    const filters = [...(base.filters ?? []), ...narrowed];
    const query = { ...pageQuery(base, filters, spec, metric, { ...scope, state }), limit: batch };
    const member = `${viewOf(metric)}.${spec.id}`;
    for await (const row of readAll((more) => read({ ...query, ...more }), query, member)) {
      const { cells, id, system, url } = readRow(row, spec, metric, scope, addressOf);
      yield [...cells, ...(hasSystem ? [system] : []), ...(hasId ? [id] : []), ...(addressOf ? [url] : [])];
    }
  }

  async function read(query: CubeQuery) {
    seen.add(await cube.dataVersion());
    return cube.loadOnce(scope.viewer, query);
  }

  return {
    id: 'records',
    title: m.drill_records({}, style),
    columns,
    rows: rows(),
    total: null,
    notes: () => (seen.size > 1 ? [m.exports_note_changed({}, style)] : []),
  };
}

type Read = (more: Partial<CubeQuery>) => Promise<cube.Result>;

/** @param id the member that the reading goes on by; several rows may share it, and some may have none */
export async function* readAll(read: Read, query: CubeQuery, id: string): AsyncGenerator<Row> {
  const limit = query.limit ?? batch;
  const first = await read({ offset: 0, total: true });
  if ((first.total ?? 0) <= limit) return yield* first.rows;
  const filters = query.filters ?? [];
  yield* readKeyed(read, query, id);
  yield* readOn(read, { ...query, filters: [...filters, { member: id, operator: 'notSet' }] });
}

/** Rows of one id stay together: the last id of a full answer may go on behind its end, so it is asked for again. */
async function* readKeyed(read: Read, query: CubeQuery, id: string): AsyncGenerator<Row> {
  const limit = query.limit ?? batch;
  const order = orderBy(query, id);
  let after: Condition = { member: id, operator: 'set' };
  let offset = 0;
  for (;;) {
    const filters = [...(query.filters ?? []), after];
    const { rows } = await read({ filters, order, offset, total: false });
    if (rows.length < limit) return yield* rows;
    const last = String(rows.at(-1)?.[id]);
    const end = rows.findIndex((row) => String(row[id]) === last);
    if (end === 0) {
      yield* rows;
      offset += limit;
      continue;
    }
    yield* rows.slice(0, end);
    after = { member: id, operator: 'gt', values: [String(rows[end - 1]?.[id])] };
    offset = 0;
  }
}

async function* readOn(read: Read, query: CubeQuery): AsyncGenerator<Row> {
  const limit = query.limit ?? batch;
  const order = orderBy(query, null);
  for (let offset = 0; ; offset += limit) {
    const { rows } = await read({ filters: query.filters ?? [], order, offset, total: false });
    yield* rows;
    if (rows.length < limit) return;
  }
}

/** Every key of a row, so that the order is the same each time. */
function orderBy({ dimensions = [], timeDimensions = [] }: CubeQuery, first: string | null) {
  const days = timeDimensions.filter(({ granularity }) => granularity).map(({ dimension }) => dimension);
  const all = [...new Set([...(first ? [first] : []), ...dimensions, ...days])];
  return all.map((member): [string, 'asc'] => [member, 'asc']);
}
