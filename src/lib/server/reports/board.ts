import type { Block, Board, Figure, NotesBlock, Section } from '../../board.ts';
import type { Style } from '../../format.ts';
import type { IncidentBlock, Kpi } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { parse, type State } from '../../state.ts';
import { chart } from './message/chart.ts';
import { incidentRows } from './message/incidents.ts';
import { close } from './message/fit.ts';
import { html, type Html } from './message/html.ts';
import { tile, tiles } from './message/kpi.ts';
import { linkTo, type Link } from './message/link.ts';
import { heading, lines, notes } from './message/section.ts';
import { grid } from './message/grid.ts';
import { writeSubject } from './message/subject.ts';
import { describeRows } from './message/words.ts';
import { writeBoard } from './message/board-text.ts';
import { describe, drawAll, plain, type Mail, type Options } from './render.ts';

/**
 * A page of sections as a letter: the same object that the page draws, in the same order.
 * @param name the page's own name, as in `pageOf`
 * @param incidents what is wrong of what it shows
 */
export async function renderBoard(
  board: Board,
  incidents: IncidentBlock,
  name: string,
  options: Options,
): Promise<Mail> {
  const style: Style = { locale: board.locale, currency: board.currency };
  const sections = board.sections.map((section) => ({
    ...section,
    blocks: section.blocks.filter(({ state }) => state !== 'not_connected'),
  }));
  const blocks = sections.flatMap((section) => section.blocks);
  const charts = blocks.filter((block) => block.block === 'chart');
  const pictures = await drawAll(charts, style);
  const failed = [
    ...(incidents.state === 'failed' ? [incidents.title] : []),
    ...blocks.filter(({ state }) => state === 'failed').map(titleIn(sections)),
  ];
  const words = describe(board, failed, options, name);
  const lens = (board.switches ?? []).flatMap(({ title, choices }) =>
    choices.filter(({ is_chosen }) => is_chosen).map((one) => `${title}: ${one.title}`),
  );
  words.head.splice(-1, 0, ...lens);
  if (board.callout) words.alerts.unshift(board.callout.text);
  const kpis = blocks.flatMap((block) => (block.block === 'figures' ? block.figures.map(toKpi) : []));
  const page = { ...board, kpis };
  const said = blocks.map((block) => firstWords(block, style)).find(Boolean);
  const subject = writeSubject(page, options.company, failed.length > 0, style, said);
  const { state } = parse(new URLSearchParams(board.state));
  const place: Place = {
    style,
    state,
    link: linkTo(options.baseUrl),
    path: pathOf(name, board.state),
    pictureOf: (id) => pictures[charts.findIndex((block) => block.id === id)]?.cid ?? null,
  };
  return close({
    frame: { ...words, ...options, subject, first: incidentRows(incidents, style, place.link), page, style },
    parts: sections.flatMap((section) => rowsOf(section, place)),
    text: writeBoard({ sections, incidents, state, style, ...plain(words, options, board, style) }),
    pictures,
    isIncomplete: failed.length > 0,
  });
}

/** What a block without a figure of its own says first. */
function firstWords(block: Block, style: Style): string {
  const [first] = block.block === 'chart' && block.state === 'ok' ? describeRows(block, style) : [];
  return first ? `${block.title} – ${first}` : block.sentence;
}

const pathOf = (name: string, state: string) => (state ? `/${name}?${state}` : `/${name}`);

type Place = {
  style: Style;
  state: State;
  link: Link;
  path: string;
  pictureOf: (chart: string) => string | null;
};

function rowsOf(section: Section, place: Place): Html[] {
  const rows = section.blocks.flatMap((block) => {
    const row = rowOf(block, section, place);
    return row ? [row] : [];
  });
  const chosen = section.choices.filter(({ is_chosen }) => is_chosen).map(({ title }) => title);
  const said = [chosen.join(', '), section.sentence].filter(Boolean);
  const [first, ...rest] = rows;
  if (!first) return [];
  // A heading never stands alone where a mail is cut.
  return [
    html`${heading(section.title, said, `${place.path}#${section.id}`, place.link)}${first}`,
    ...rest,
    ...(section.note ? [lines('', [], [section.note])] : []),
  ];
}

function rowOf(block: Block, section: Section, place: Place): Html | null {
  const { style, link } = place;
  if (block.state === 'failed')
    return lines(titleOf(block, section), [m.state_failed({}, style), block.error ?? ''], []);
  if (block.block === 'figures')
    return block.figures.length
      ? tiles(block.figures.map((one) => tile(toKpi(one), style, link, null)))
      : null;
  if (block.block === 'notes') return block.notes.length ? notes(block as NotesBlock, link) : null;
  if (block.block === 'chart')
    return chart(block, style, link, place.pictureOf(block.id), !isTabled(block, section));
  return grid(block, { ...place, path: `${place.path}#table-${block.id}` });
}

/** Whether the rows of a chart follow it as a table of their own. */
export const isTabled = (chart: Block, { blocks }: Section): boolean =>
  chart.block === 'chart' && blocks.some(({ block, id }) => block === 'table' && id === chart.id);

const titleOf = (block: Block, section: Section | undefined) => block.title || (section?.title ?? '');
const titleIn = (sections: Section[]) => (block: Block) =>
  titleOf(
    block,
    sections.find(({ blocks }) => blocks.includes(block)),
  );

/** A figure of a board is a tile without plan and course. */
export function toKpi({ note, ...figure }: Figure): Kpi {
  return {
    ...figure,
    plan: null,
    outlook: null,
    spark: [],
    spark_grain: 'day',
    spark_title: null,
    state: 'ok',
    why: null,
    sentence: note,
    ignored_filters: [],
    as_of: { at: null, worst_source: null, sources: [] },
  };
}
