import type { Cell, Column, Row, TableBlock } from '../../../board.ts';
import { formatCount, type Style } from '../../../format.ts';
import { m } from '../../../paraglide/messages.js';
import type { State } from '../../../state.ts';
import { sortingOf, sortRows } from '../../../table.ts';
import { isNumber, printCell } from '../../../cell.ts';
import { html, type Html } from './html.ts';
import { ignored } from './kpi.ts';
import type { Link } from './link.ts';
import { ink, light, line } from './look.ts';

/** As much of a table as fits a column of a mail: text takes more room than figures. */
export const mostRows = 6;
const mostColumns = 5;
const mostTexts = 3;

/** Which columns are shown, as places in a row; those that are `near` on a phone too, its figures first. */
export function columnsOf({ columns }: TableBlock): { at: number; column: Column; isNear: boolean }[] {
  const texts = columns.filter(({ kind }) => kind === 'text').slice(0, mostTexts);
  const shown = columns
    .map((column, at) => ({ at, column }))
    .filter(({ column }) => column.kind !== 'text' || texts.includes(column))
    .slice(0, mostColumns);
  const [first, ...rest] = shown;
  const figures = rest.filter(({ column }) => isNumber(column)).slice(0, 2);
  const near = [
    first,
    ...figures,
    ...(figures.length < 2 ? rest.filter((one) => !figures.includes(one)).slice(0, 1) : []),
  ];
  return shown.map((one) => ({ ...one, isNear: near.includes(one) }));
}

type Place = { style: Style; state: State; link: Link; path: string };

/** The first rows of a table in the order of the page, and where the others are. */
export function grid(block: TableBlock, place: Place): Html {
  const { style, link, path } = place;
  const rows = firstRows(block, place.state, style);
  const columns = columnsOf(block);
  const rest = restOf(block, rows.length, style);
  return html`<tr>
    <td class="edge" style="padding:0 24px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td class="l-line" style="${line}padding:16px 0 20px">
            ${
              block.title &&
              html`<div style="font-size:16px;line-height:24px;font-weight:600">
                ${link(path, html`<span ${ink('text')}>${block.title}</span>`)}
              </div>`
            }
            ${block.sentence && html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${block.sentence}</div>`}
            ${ignored(block, style)}
            ${rows.length ? table(block, rows, columns, place) : html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${m.state_empty({}, style)}</div>`}
            ${rest && html`<div style="font-size:13px;line-height:18px;padding-top:6px">${link(path, html`<span ${ink('link')}>${rest}</span>`)}</div>`}
          </td>
        </tr>
      </table>
    </td>
  </tr>`;
}

export function firstRows(block: TableBlock, state: State, style: Style): Row[] {
  return sortRows(block, sortingOf(block, state.sort), style.locale).slice(0, mostRows);
}

/** How much more there is on the page; null when the mail has it all. */
export function restOf(block: TableBlock, shown: number, style: Style): string | null {
  const count = (value: number) => formatCount(value, style.locale);
  const more = block.rows.length - shown + block.hidden;
  const wider = block.columns.length - columnsOf(block).length;
  if (more > 0 && wider > 0) return m.mail_more_both({ rows: count(more), columns: count(wider) }, style);
  if (more > 0) return m.mail_more_rows({ rows: count(more) }, style);
  return wider > 0 ? m.mail_more_columns({ columns: count(wider) }, style) : null;
}

const size = 'font-size:13px;line-height:18px;';
type Shown = ReturnType<typeof columnsOf>[number];
const far = ({ isNear }: Shown) => (isNear ? '' : 'far');
const name = ({ column }: Shown) => (column.kind === 'text' ? 'name' : '');

function table(block: TableBlock, rows: Row[], columns: Shown[], place: Place): Html {
  return html`<table
    width="100%"
    cellspacing="0"
    cellpadding="0"
    border="0"
    style="margin-top:8px;border-collapse:collapse"
  >
    <tr>
      ${columns.map(
        (one) =>
          html`<th
            scope="col"
            align="${isNumber(one.column) ? 'right' : 'left'}"
            valign="bottom"
            class="${far(one)}"
            style="${pad(one.at)}${size}font-weight:400"
          >
            <div ${ink('muted')}>${one.column.title}</div>
          </th>`,
      )}
    </tr>
    ${rows.map(
      ({ cells }) =>
        html`<tr>
          ${columns.map((one) => td(cells[one.at], one, place))}
        </tr>`,
    )}
    ${
      block.total &&
      html`<tr>
        ${columns.map((one) => td(block.total?.[one.at], one, place, true))}
      </tr>`
    }
  </table>`;
}

const pad = (at: number) => (at === 0 ? 'padding:4px 8px 4px 0;' : 'padding:4px 0 4px 8px;');
const signs = { good: '✓', bad: '✗', warn: '!' } as const;
const inks = { good: 'good', bad: 'bad', warn: 'alertText' } as const;

function td(cell: Cell | undefined, shown: Shown, { style, link }: Place, isTotal = false): Html {
  const { column, at } = shown;
  const text = cell ? printCell(cell, column, style) : '';
  const tone = cell?.tone ?? null;
  const role = tone ? inks[tone] : at === 0 && cell?.href ? 'link' : 'text';
  const side = isNumber(column) ? 'right' : 'left';
  const wrap = at === 0 || !isNumber(column) ? 'word-break:break-word' : 'white-space:nowrap';
  const look = `${line}${pad(at)}${size}${wrap}${isTotal ? ';font-weight:600' : ''}`;
  const words = html`${tone && `${signs[tone]} `}${text}`;
  // One link to a row: each costs as much room as ten figures.
  if (at === 0 && cell?.href)
    return html`<td class="l-line ${name(shown)}" align="${side}" valign="top" style="${look}">
      ${link(cell.href, html`<span ${ink(role)}>${words}</span>`, `color:${light.link};text-decoration:none`)}
    </td>`;
  return html`<td
    class="${['l-line', `c-${role}`, far(shown), name(shown)].filter(Boolean).join(' ')}"
    align="${side}"
    valign="top"
    style="color:${light[role]};${look}"
  >
    ${words}
  </td>`;
}
