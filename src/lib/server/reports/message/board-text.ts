import type { Block, Section, TableBlock } from '../../../board.ts';
import type { Style } from '../../../format.ts';
import type { IncidentBlock } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import type { State } from '../../../state.ts';
import { isTabled, toKpi } from '../board.ts';
import { printCell } from '../../../cell.ts';
import { columnsOf, firstRows, restOf } from './grid.ts';
import { writeIncidents } from './incidents.ts';
import { join, writeChart, writeKpi } from './text.ts';

type Letter = {
  sections: Section[];
  incidents: IncidentBlock;
  state: State;
  style: Style;
  head: string[];
  alerts: string[];
  foot: string[];
};

/** The sections for those who read no HTML. */
export function writeBoard({ sections, incidents, state, style, head, alerts, foot }: Letter): string {
  const written = sections.flatMap((section) => {
    const blocks = section.blocks
      .map((block) => (isTabled(block, section) ? lead(block) : writeBlock(block, state, style)))
      .filter(({ length }) => length);
    if (blocks.length === 0) return [];
    return [[section.title.toUpperCase(), ...(section.sentence ? [section.sentence] : [])], ...blocks];
  });
  return join([head, writeIncidents(incidents, style), alerts, ...written, foot]);
}

/** Of a chart whose rows follow as a table. */
const lead = ({ title, sentence }: Block): string[] => (sentence ? [title.toUpperCase(), sentence] : []);

function writeBlock(block: Block, state: State, style: Style): string[] {
  if (block.state === 'failed') return [`${block.title}: ${m.state_failed({}, style)}. ${block.error ?? ''}`];
  if (block.block === 'figures') return block.figures.flatMap((one) => writeKpi(toKpi(one), style));
  if (block.block === 'notes') return block.notes.map(({ text }) => `- ${text}`);
  return block.block === 'chart' ? writeChart(block, style) : writeTable(block, state, style);
}

/** A record to a paragraph: columns of a wide table would not line up in any program. */
function writeTable(block: TableBlock, state: State, style: Style): string[] {
  const rows = firstRows(block, state, style);
  const columns = columnsOf(block);
  const rest = restOf(block, rows.length, style);
  return [
    ...[block.title.toUpperCase(), block.sentence].filter(Boolean),
    ...(rows.length === 0 ? [m.state_empty({}, style)] : []),
    ...rows.map(({ cells }) => {
      const [name, ...figures] = columns.map(({ column, at }) => ({
        title: column.title,
        text: cells[at] ? printCell(cells[at], column, style) : '',
      }));
      return `- ${name?.text ?? ''} – ${figures.map(({ title, text }) => `${title}: ${text}`).join('; ')}`;
    }),
    ...(rest ? [rest] : []),
  ];
}
