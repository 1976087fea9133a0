import { render } from 'svelte/server';
import type { Block, Board, TableBlock } from '#lib/board.ts';
import Rows from '#lib/components/board/Rows.svelte';
import type { Place } from '#lib/charts/room.ts';
import { formatMoment } from '#lib/dates.ts';
import type { DrillPage } from '#lib/drill.ts';
import type { Style } from '#lib/format.ts';
import type { AsOf, HomePage, Locale } from '#lib/page.ts';
import { illustrate, withMarkup, type Look } from '#lib/server/pictures.ts';
import { parse, type State } from '#lib/state.ts';
import { firstRows, sortingOf, sortRows } from '#lib/table.ts';

const places: Record<string, Place> = { won_trend: 'whole', lost_parts: 'last' };

/** The home page with its charts drawn. */
export function home(page: HomePage, look: Look): HomePage {
  const charts = page.charts.map((block) => illustrate(block, page, places[block.id] ?? 'pair', look));
  return { ...page, charts, as_of: tell(page) };
}

/** The page of one figure with the chart of its parts drawn. */
export function drill(page: DrillPage, look: Look): DrillPage {
  const as_of = tell(page);
  return {
    ...page,
    as_of,
    parts: { ...page.parts, chart: illustrate(page.parts.chart, page, 'beside', look) },
  };
}

/** A page of sections with its charts drawn and its tables written: what no script has to touch needs none. */
export function board<Page extends Board>(page: Page, look: Look): Page {
  const { state } = parse(new URLSearchParams(page.state));
  const { locale, currency } = page;
  const finish = (block: Block): Block => {
    if (block.block === 'chart') return illustrate(block, page, 'whole', look);
    return block.block === 'table' ? write(block, state, { locale, currency }, look) : block;
  };
  const sections = page.sections.map((section) => ({ ...section, blocks: section.blocks.map(finish) }));
  return { ...page, sections, as_of: tell(page) };
}

function tell({ as_of, locale, timezone }: { as_of: AsOf; locale: Locale; timezone: string }): AsOf {
  const told = ({ at }: { at: string | null }) => formatMoment(at, locale, timezone);
  const sources = as_of.sources.map((source) => ({ ...source, told: told(source) }));
  return { ...as_of, sources, told: told(as_of) };
}

function write(block: TableBlock, { sort, whole }: State, style: Style, look: Look): TableBlock {
  const all = sortRows(block, sortingOf(block, sort), style.locale);
  const first = firstRows(all);
  const rows = whole.includes(block.id) ? all : first;
  const { body } = render(Rows, { props: { block: { ...block, rows }, style } });
  const html = rows.length ? body.replace(/<!--.*?-->/g, '') : '';
  const fold = first.length < all.length ? { shown: rows.length, all: all.length } : undefined;
  return withMarkup({ ...block, fold, rows: [], total: null }, 'html', html, look);
}
