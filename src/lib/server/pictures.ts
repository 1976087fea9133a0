import { drawInline } from '../charts/inline.ts';
import type { Drawn } from '../charts/picture.ts';
import { roomFor, type Place } from '../charts/room.ts';
import type { Style } from '../format.ts';
import type { Screen } from '../screen.ts';
import { log } from './log.ts';
import { Lru } from './lru.ts';

/** Who will look at the page; `isDataRequest` where a page that is open already asks for data. */
export type Look = { isDataRequest: boolean; locals: { screen: Screen } };

const drawn = new Lru<string>(16 * 1024 * 1024);

/** The same block with `svg`, its picture for this screen: empty if it cannot be drawn, and shown as a table then. */
export function illustrate<Block extends Drawn & { svg?: string }>(
  block: Block,
  { locale, currency }: Style,
  place: Place,
  look: Look,
): Block {
  const { spec, rows } = block;
  if (!rows.length) return block;
  const width = Math.round(roomFor(place, look.locals.screen));
  const style = { locale, currency };
  const key = JSON.stringify([width, style, spec, rows]);
  let svg = drawn.get(key);
  if (svg === undefined) {
    try {
      svg = drawInline({ spec, rows }, style, width);
    } catch (error) {
      log.warn({ err: error, kind: spec.kind }, 'A chart could not be drawn');
      svg = '';
    }
    drawn.set(key, svg, svg.length + key.length);
  }
  return withMarkup(block, 'svg', svg, look);
}

/**
 * The same block with a part of the page that is made already. Data of a document do not list it, since it stands in
 * the HTML: the server that renders sees it, the serializer passes over it.
 */
export function withMarkup<Block extends object>(
  block: Block,
  key: string & keyof Block,
  text: string,
  { isDataRequest }: Look,
): Block {
  return Object.defineProperty({ ...block }, key, { value: text, enumerable: isDataRequest || !text });
}
