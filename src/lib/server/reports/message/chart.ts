import type { Style } from '../../../format.ts';
import type { ChartBlock } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { html, type Html } from './html.ts';
import { ignored } from './kpi.ts';
import type { Link } from './link.ts';
import { colourOf, light as palette } from '../../../charts/palette.ts';
import { ink, light, line } from './look.ts';
import { table } from './table.ts';
import { describeRows } from './words.ts';

/** A picture with its figures in words, and below the parts of a whole as a small table with links. */
export function chart(
  block: ChartBlock,
  style: Style,
  link: Link,
  picture: string | null,
  hasTable = true,
): Html {
  return html`<tr>
    <td class="edge" style="padding:0 24px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td class="l-line" style="${line}padding:20px 0 24px">
            <div style="font-size:18px;line-height:26px;font-weight:600">
              ${link(block.href, html`<span ${ink('text')}>${block.title}</span>`)}
            </div>
            ${block.state === 'failed' ? failed(block, style) : drawn(block, style, link, picture, hasTable)}
          </td>
        </tr>
      </table>
    </td>
  </tr>`;
}

function failed(block: ChartBlock, style: Style): Html {
  return html`<div ${ink('bad', 'font-size:15px;line-height:22px;font-weight:600;padding-top:4px')}>
      ${m.state_failed({}, style)}
    </div>
    <div ${ink('muted', 'font-size:14px;line-height:20px')}>${block.error}</div>`;
}

function drawn(block: ChartBlock, style: Style, link: Link, picture: string | null, hasTable: boolean): Html {
  const figures = describeRows(block, style);
  if (figures.length === 0) {
    return html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>
      ${block.sentence || m.state_empty({}, style)}
    </div>`;
  }
  const said = `${block.title}. ${figures.join('; ')}.`;
  return html`${block.sentence && html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${block.sentence}</div>`}
  ${ignored(block, style)}
  ${
    picture
      ? html`<table
          role="presentation"
          width="100%"
          cellspacing="0"
          cellpadding="0"
          border="0"
          style="margin-top:12px"
        >
          <tr>
            <td bgcolor="#ffffff" style="background-color:#ffffff;border-radius:6px;padding:6px 8px">
              <img
                src="cid:${picture}"
                width="536"
                alt="${said}"
                style="width:100%;max-width:536px;height:auto;color:${light.text};font-size:14px;line-height:20px"
              />
            </td>
          </tr>
        </table>`
      : 'grain' in block.spec && html`<div ${ink('text', 'font-size:14px;line-height:20px')}>${said}</div>`
  }
  ${picture && legend(block)} ${hasTable && !('grain' in block.spec) && table(block, style, link)}`;
}

/** Which line or bar is which, with the strokes of the picture; a scatter has its names at its axes. */
function legend({ spec }: ChartBlock): Html | null {
  if (spec.series.length < 2 || spec.kind === 'scatter') return null;
  const signs =
    'grain' in spec
      ? { main: '━━', comparison: '╍╍', plan: '┅┅' }
      : { main: '■', comparison: '■', plan: '┃' };
  return html`<div ${ink('muted', 'font-size:13px;line-height:18px;padding-top:8px')}>
    ${spec.series.map(
      ({ role, title }) =>
        html`<span style="white-space:nowrap"
            ><span style="color:${colourOf(role, palette)}">${signs[role]}</span> ${title}</span
          >&emsp; `,
    )}
  </div>`;
}
