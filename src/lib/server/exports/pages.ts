import type { Board } from '../../board.ts';
import type { BoardPage } from '../../exports.ts';
import type { Style } from '../../format.ts';
import type { ChartBlock, HomePage } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Dropped, State } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { metricTitle } from '../../words.ts';
import * as customers from '../customers.ts';
import * as drill from '../drill.ts';
import * as explore from '../explore.ts';
import * as home from '../home.ts';
import * as managers from '../managers.ts';
import * as marketing from '../marketing.ts';
import * as sales from '../sales.ts';
import * as service from '../service.ts';
import { boardSheets, chartSheet, figureSheet, profitSheets, riskSheet } from './blocks.ts';
import { partSheet } from './parts.ts';
import type { Frame } from './frame.ts';
import { recordSheet } from './records.ts';
import type { Sheet } from './sheet.ts';

export type Picture = Pick<ChartBlock, 'id' | 'title' | 'sentence' | 'spec' | 'rows'>;
export type Content = { frame: Frame; style: Style; sheets: Sheet[]; charts: Picture[] };

type Load = (viewer: Viewer, state: State, dropped?: Dropped[]) => Promise<Board>;

export const boards: Record<BoardPage, Load> = {
  marketing: marketing.load,
  sales: sales.load,
  managers: managers.load,
  customers: customers.load,
  service: service.load,
  explore: explore.loadAll,
};

/** What a page shows this viewer, ready to be written; null when there is no such page. */
export async function read(viewer: Viewer, page: string, state: State): Promise<Content | null> {
  if (page === 'home') return readHome(await home.load(viewer, state));
  const [, metric] = /^drill\/(.+)$/.exec(page) ?? [];
  if (metric) return readDrill(viewer, metric, state);
  return Object.hasOwn(boards, page)
    ? readBoard(await boards[page as BoardPage](viewer, state), state)
    : null;
}

function frameOf(page: Omit<Frame, 'steps'>, steps: Frame['steps'] = []): Frame {
  const { title, locale, currency, timezone, as_of, period, comparison, filters } = page;
  return { title, locale, currency, timezone, as_of, period, comparison, filters, steps };
}

function readHome(page: HomePage): Content {
  const style = { locale: page.locale, currency: page.currency };
  const charts = page.charts.filter(({ state }) => state === 'ok');
  const kpis = page.kpis.filter(({ state }) => state === 'ok');
  return {
    frame: frameOf(page),
    style,
    charts,
    sheets: [
      figureSheet('figures-kpis', page.title, kpis, style),
      ...(page.profit.state === 'ok' ? profitSheets(page.profit, style) : []),
      ...(page.risks?.state === 'ok' ? [riskSheet(page.risks, style)] : []),
      ...charts.map((block) => chartSheet(block, style)),
    ],
  };
}

function readBoard(board: Board, state: State): Content {
  const style = { locale: board.locale, currency: board.currency };
  const charts = board.sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.block === 'chart' && block.state === 'ok' ? [block] : []));
  // how the page counts is as much a part of its figures as what was filtered
  const lens = (board.switches ?? []).flatMap(({ title, choices }) =>
    choices.filter(({ is_chosen }) => is_chosen).map((choice) => ({ title, label: choice.title })),
  );
  return { frame: frameOf(board, lens), style, charts, sheets: boardSheets(board, state, style) };
}

/** Its records are asked for while they are written, not before. */
async function readDrill(viewer: Viewer, name: string, state: State): Promise<Content | null> {
  const settled = await drill.settleOn(viewer, name, state);
  if (!settled) return null;
  const { scope, metric, by, needs } = settled;
  const { style } = scope;
  const title = metricTitle(metric.name, style.locale);
  const comparison = metric.time ? scope.comparison : null;
  const as_of = scope.freshness.asOf(metric.entities);
  const steps = drill.stepsOf(metric, scope.state, scope);
  const part = drill.partOf(scope, by);
  const frame = frameOf({ ...scope, ...style, title, comparison, as_of }, part ? [...steps, part] : steps);
  // what is true now is of no period
  if (!metric.time) frame.period = { from: null, to: null, label: m.exports_now({}, style), days: '' };
  if (needs !== null) return { frame, style, sheets: [], charts: [] };
  const parts = await partSheet(scope, metric, by);
  return { frame, style, sheets: [parts.sheet, await recordSheet(settled)], charts: [parts.chart] };
}
