import { render } from 'svelte/server';
import type { Block, Board, TableBlock } from '#lib/board.ts';
import Rows from '#lib/components/board/Rows.svelte';
import type { Place } from '#lib/charts/room.ts';
import type { DrillPage } from '#lib/drill.ts';
import type { Style } from '#lib/format.ts';
import type { HomePage } from '#lib/page.ts';
import { illustrate, withMarkup, type Look } from '#lib/server/pictures.ts';
import { parse } from '#lib/state.ts';

const places: Record<string, Place> = { won_trend: 'whole', lost_parts: 'last' };

/** The home page with its charts drawn. */
export function home(page: HomePage, look: Look): HomePage {
  const charts = page.charts.map((block) => illustrate(block, page, places[block.id] ?? 'pair', look));
  return { ...page, charts };
}

/** The page of one figure with the chart of its parts drawn. */
export function drill(page: DrillPage, look: Look): DrillPage {
  return { ...page, parts: { ...page.parts, chart: illustrate(page.parts.chart, page, 'beside', look) } };
}

/** A page of sections with its charts drawn and its tables written: what no script has to touch needs none. */
export function board<Page extends Board>(page: Page, look: Look): Page {
  const { sort } = parse(new URLSearchParams(page.state)).state;
  const { locale, currency } = page;
  const finish = (block: Block): Block => {
    if (block.block === 'chart') return illustrate(block, page, 'whole', look);
    return block.block === 'table' ? write(block, sort, { locale, currency }, look) : block;
  };
  const sections = page.sections.map((section) => ({ ...section, blocks: section.blocks.map(finish) }));
  return { ...page, sections };
}

function write(block: TableBlock, sort: string | null, style: Style, look: Look): TableBlock {
  const { body } = render(Rows, { props: { block, sort, style } });
  const html = block.rows.length ? body.replace(/<!--.*?-->/g, '') : '';
  return withMarkup({ ...block, rows: [], total: null }, 'html', html, look);
}
