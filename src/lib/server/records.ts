import { find, get, viewOf, type Condition, type Metric } from '../metrics.ts';
import type { RecordBlock, RecordRow } from '../drill.ts';
import { totalQuery, type CubeQuery } from '../query.ts';
import { link } from '../state.ts';
import { columnTitle, metricTitle, valueTitle } from '../words.ts';
import * as addresses from './addresses.ts';
import * as cards from './cards.ts';
import * as cube from './cube.ts';
import { numberIn } from './figures.ts';
import { columnsOf, kinds, type RecordSpec } from './record-kinds.ts';
import { toNumber, type Row } from './result.ts';
import type { Scope } from './scope.ts';

export const pageSize = 50;

/**
 * The records behind a number: asked with the number's own measure, period and filters, one row for each
 * record, so that their sum is the number by construction.
 */
export async function load(scope: Scope, metric: Metric, more: Condition[]): Promise<RecordBlock> {
  const spec = kinds[metric.records];
  const { locale } = scope.style;
  const base = totalQuery(metric, scope);
  const filters = [...(base.filters ?? []), ...more];
  // a kind adds the count of records, which may be the metric itself
  const totals = [...new Map(spec.totals(metric).map((one) => [one.member, one])).values()];
  const [all, page] = await Promise.all([
    cube.load(scope.viewer, { ...base, measures: [...new Set(totals.map((one) => one.member))], filters }),
    cube.load(scope.viewer, pageQuery(base, filters, spec, metric, scope)),
  ]);
  const count = page.total ?? page.rows.length;
  const campaign = `${viewOf(metric)}.campaign`;
  const names = page.rows.flatMap((row) => (row[campaign] ? [String(row[campaign])] : []));
  const [toCard, addressOf] = await Promise.all([
    cards.read(scope.viewer, page.rows, `${viewOf(metric)}.customer_key`),
    addresses.read(spec, names),
  ]);
  return {
    state: 'ok',
    columns: columnsOf(spec, metric).map(({ key, kind }) => ({ key, title: columnTitle(key, locale), kind })),
    rows: page.rows.map((row) => readRow(row, spec, metric, scope, addressOf, toCard)),
    totals: totals.map(({ member, unit }) => ({
      key: member,
      title: metricTitle(member, locale),
      value: numberIn(all.rows[0], member),
      unit,
      href: wayTo(member, metric, scope),
    })),
    count,
    page: scope.state.page,
    pages: Math.max(1, Math.ceil(count / pageSize)),
  };
}

/** Down to what else the records add up to, where its page counts the very same. */
function wayTo(member: string, metric: Metric, { state }: Scope): string | null {
  const other = member === metric.name ? null : find(member);
  const isSame =
    other?.time === metric.time &&
    JSON.stringify(other.conditions) === JSON.stringify(get(metric.name).conditions);
  return isSame ? link(`/drill/${member}`, { ...state, page: 1 }) : null;
}

export function pageQuery(
  base: CubeQuery,
  filters: Condition[],
  spec: RecordSpec,
  metric: Metric,
  { state }: Scope,
): CubeQuery {
  const view = viewOf(metric);
  const member = (name: string) => `${view}.${name}`;
  const granular = spec.by
    ? (base.timeDimensions?.length ? base.timeDimensions : [{ dimension: member(spec.by) }]).map((one) => ({
        ...one,
        granularity: 'day' as const,
      }))
    : base.timeDimensions;
  const counted: Condition[] = metric.counts ? [{ member: metric.name, operator: 'gt', values: ['0'] }] : [];
  const order = spec.order(metric).map(([name, way]) => [member(name), way] as [string, 'asc' | 'desc']);
  return {
    ...base,
    measures: [...new Set([...spec.measures.map(member), ...(metric.counts ? [metric.name] : [])])],
    dimensions: spec.dimensions.map(member),
    timeDimensions: granular,
    filters: [...filters, ...(spec.filters?.(metric) ?? []), ...counted],
    order,
    limit: pageSize,
    offset: (state.page - 1) * pageSize,
    total: true,
  };
}

export function readRow(
  row: Row,
  spec: RecordSpec,
  metric: Metric,
  scope: Scope,
  addressOf: addresses.Addresses | null,
  toCard: cards.Cards = () => null,
): RecordRow {
  const view = viewOf(metric);
  const pick = (name: string) => row[`${view}.${name}`] ?? null;
  const cells = columnsOf(spec, metric).map(({ key, kind, read }) => {
    const raw = read ? read(pick) : pick(key);
    if (raw === null || typeof raw === 'boolean') return null;
    if (kind === 'day') return String(raw).slice(0, 10);
    if (kind === 'text') return valueTitle(key, String(raw), scope.style.locale);
    return toNumber(raw);
  });
  return {
    id: String(pick(spec.id) ?? ''),
    system: spec.dimensions.includes('system') ? String(pick('system') ?? '') || null : null,
    cells,
    hrefs: columnsOf(spec, metric).map(({ opens }) =>
      opens ? toCard(pick('customer_key'), pick('customer') ?? pick('name')) : null,
    ),
    url: addressOf?.(pick) ?? null,
  };
}
