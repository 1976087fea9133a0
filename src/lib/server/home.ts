import { formatDay } from '../dates.ts';
import { get, names } from '../metrics.ts';
import type { AsOf, ChartBlock, HomePage, Kpi, NotConnected, Notice } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { monthOf } from '../period.ts';
import { print, type Dropped, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import * as cube from './cube.ts';
import * as drivers from './drivers.ts';
import * as forecast from './forecast.ts';
import { loadParts, loadTrend } from './home/charts.ts';
import * as complaints from './home/complaints.ts';
import { load as loadKpi, specs } from './home/kpi.ts';
import * as plan from './home/plan.ts';
import * as incidents from './incidents.ts';
import { log } from './log.ts';
import { settle, type Scope } from './scope.ts';

/** The home page as this viewer sees it. The page and the mail both come from here. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<HomePage> {
  const scope = await settle(viewer, state, dropped);
  const [wrong, kpis, profit, risks, charts, version] = await Promise.all([
    incidents.block(scope),
    loadKpis(scope),
    drivers.load(scope),
    forecast.loadRisks(scope),
    loadCharts(scope),
    cube.dataVersion(),
  ]);
  const notices = [...scope.notices, ...(await explainEmptiness(scope, kpis))];
  return {
    title: m.home_title({}, scope.style),
    locale: scope.style.locale,
    currency: scope.style.currency,
    timezone: scope.timezone,
    generated_at: new Date().toISOString(),
    data_version: version,
    as_of: pageAsOf(scope),
    period: scope.period,
    comparison: scope.comparison,
    filters: scope.filters,
    notices,
    state: print(scope.state),
    incidents: wrong,
    kpis,
    profit,
    risks,
    charts,
    not_connected: notConnected(kpis),
  };
}

async function loadKpis(scope: Scope): Promise<Kpi[]> {
  const [won, conversion, romi, nps] = specs;
  if (!won || !conversion || !romi || !nps) return [];
  return Promise.all([
    loadKpi(scope, won),
    plan.load(scope),
    loadKpi(scope, conversion),
    loadKpi(scope, romi),
    loadKpi(scope, nps),
    complaints.load(scope),
  ]);
}

function loadCharts(scope: Scope): Promise<ChartBlock[]> {
  const { style } = scope;
  const won = [
    { dimension: 'team', title: m.chart_won_by_team({}, style) },
    { dimension: 'owner', title: m.chart_won_by_owner({}, style) },
  ];
  const romi = [{ dimension: 'channel', title: m.chart_romi_by_channel({}, style) }];
  const lost = [
    { dimension: 'lost_reason', title: m.chart_lost_reasons({}, style) },
    { dimension: 'owner', title: m.chart_lost_by_owner({}, style) },
  ];
  return Promise.all([
    loadTrend(scope, 'won_trend', 'sales.won_amount'),
    loadParts(scope, { id: 'won_parts', metric: 'sales.won_amount', cuts: won, shown: 8 }),
    loadParts(scope, { id: 'romi_parts', metric: 'marketing.romi', cuts: romi, shown: 8 }),
    loadParts(scope, { id: 'lost_parts', metric: 'sales.lost_amount', cuts: lost, shown: 8 }),
  ]);
}

function pageAsOf({ freshness }: Scope): AsOf {
  return freshness.asOf([...new Set(names.flatMap((name) => get(name).entities))]);
}

function notConnected(kpis: Kpi[]): NotConnected[] {
  return kpis
    .filter(({ state }) => state === 'not_connected')
    .map(({ metric, title, sentence }) => ({ metric, title, needs: sentence }));
}

/** A company whose data end years ago opens on an empty month; say where the data are. */
async function explainEmptiness(scope: Scope, kpis: Kpi[]): Promise<Notice[]> {
  const won = kpis[0];
  if (!scope.range || won?.state !== 'ok' || won.value) return [];
  try {
    const { rows } = await cube.load(scope.viewer, {
      measures: ['sales.deals_won'],
      timeDimensions: [{ dimension: 'sales.closed_at', granularity: 'day' }],
      filters: [{ member: 'sales.status', operator: 'equals', values: ['won'] }],
      order: [['sales.closed_at', 'desc']],
      limit: 2,
      timezone: scope.timezone,
    });
    const last = rows
      .map((row) => String(row['sales.closed_at.day'] ?? '').slice(0, 10))
      .find((day) => day !== '');
    if (!last) return [];
    const day = formatDay(last, scope.style.locale);
    const href = `/?${print({ ...scope.state, period: monthOf(last) })}`;
    return [{ code: 'empty_period', text: m.notice_empty_period({ day }, scope.style), href }];
  } catch (error) {
    log.warn({ err: error }, 'The last day with data cannot be found');
    return [];
  }
}
