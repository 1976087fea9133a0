import type { Style } from '../../../format.ts';
import type { ChartBlock } from '../../../page.ts';
import { html, type Html } from './html.ts';
import type { Link } from './link.ts';
import { ink, light, line } from './look.ts';
import { tabulate } from './words.ts';

const mostRows = 10;
const size = 'font-size:13px;line-height:18px;';
const linkStyle = `color:${light.link};text-decoration:none`;

/** The parts of a chart in full figures, each name a link one level down. */
export function table(block: ChartBlock, style: Style, link: Link): Html {
  const { head, body } = tabulate(block, style);
  const rows = body.slice(0, mostRows).map((cells, at) => row(cells, block.rows[at]?.href ?? null, link));
  return html`<table
    width="100%"
    cellspacing="0"
    cellpadding="0"
    border="0"
    style="margin-top:12px;border-collapse:collapse"
  >
    <tr>
      ${head.map((text, at) => heading(text, at))}
    </tr>
    ${rows}
  </table>`;
}

/** Where it gets narrow, names and figures of now stay, those of the past go. */
const width = (at: number) => (at > 1 ? 'far' : '');
const side = (at: number) => (at === 0 ? 'left' : 'right');
const space = (at: number) => (at === 0 ? '0 8px 0 0' : '0 0 0 8px');

function heading(text: string, at: number): Html {
  return html`<th
    scope="col"
    align="${side(at)}"
    class="${width(at)}"
    style="padding:${space(at)};${size}font-weight:400"
  >
    <div ${ink('muted', 'padding:4px 0')}>${text}</div>
  </th>`;
}

function row([name = '', ...figures]: string[], href: string | null, link: Link): Html {
  return html`<tr>
    <td class="l-line name" align="left" style="${line}padding:6px 8px 6px 0;${size}word-break:break-word">
      ${link(href, html`<span ${ink(href ? 'link' : 'text')}>${name}</span>`, linkStyle)}
    </td>
    ${figures.map(
      (text, at) =>
        html`<td
          class="l-line ${width(at + 1)}"
          align="right"
          style="${line}padding:6px 0 6px 8px;${size}white-space:nowrap"
        >
          <span ${ink(at === 0 ? 'text' : 'muted')}>${text}</span>
        </td>`,
    )}
  </tr>`;
}
