import type { Block, Board } from '../board.ts';
import { drawInline } from '../charts/inline.ts';
import type { Drawn } from '../charts/picture.ts';
import { roomFor, type Place } from '../charts/room.ts';
import type { DrillPage } from '../drill.ts';
import type { Style } from '../format.ts';
import type { HomePage } from '../page.ts';
import type { Screen } from '../screen.ts';
import { log } from './log.ts';
import { Lru } from './lru.ts';

/** Who will look at the page; `isDataRequest` where a page that is open already asks for data. */
export type Look = { isDataRequest: boolean; locals: { screen: Screen } };

const drawn = new Lru<string>(16 * 1024 * 1024);
const places: Record<string, Place> = { won_trend: 'whole', lost_parts: 'last' };

/** The home page with its charts drawn. */
export function onHome(page: HomePage, look: Look): HomePage {
  return { ...page, charts: page.charts.map((block) => show(block, page, places[block.id] ?? 'pair', look)) };
}

/** A page of sections with its charts drawn. */
export function onBoard<Page extends Board>(board: Page, look: Look): Page {
  const draw = (block: Block) => (block.block === 'chart' ? show(block, board, 'whole', look) : block);
  const sections = board.sections.map((section) => ({ ...section, blocks: section.blocks.map(draw) }));
  return { ...board, sections };
}

/** The page of one figure with the chart of its parts drawn. */
export function onDrill(page: DrillPage, look: Look): DrillPage {
  return { ...page, parts: { ...page.parts, chart: show(page.parts.chart, page, 'beside', look) } };
}

/**
 * The same block with `svg`. Data of a document do not list it, since it stands in the HTML already: the server that
 * renders sees it, the serializer passes over it. A chart that cannot be drawn is empty text, and is shown as a table.
 */
function show<Block extends Drawn & { svg?: string }>(
  block: Block,
  { locale, currency }: Style,
  place: Place,
  { isDataRequest, locals }: Look,
): Block {
  const { spec, rows } = block;
  if (!rows.length) return block;
  const width = Math.round(roomFor(place, locals.screen));
  const style = { locale, currency };
  const key = JSON.stringify([width, style, spec, rows]);
  let svg = drawn.get(key);
  if (svg === undefined) {
    try {
      svg = drawInline({ spec, rows }, style, width);
    } catch (error) {
      log.warn({ err: error, kind: spec.kind }, 'A chart could not be drawn');
      return { ...block, svg: '' };
    }
    drawn.set(key, svg, svg.length + key.length);
  }
  return Object.defineProperty({ ...block }, 'svg', { value: svg, enumerable: isDataRequest });
}
