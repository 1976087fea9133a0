import type { Style } from '../../../format.ts';
import type { Kpi } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { html, type Html } from './html.ts';
import type { Link } from './link.ts';
import { ink, line, paper } from './look.ts';
import { sparkSize } from './picture.ts';
import { describeKpi, describeSpark, type KpiWords } from './words.ts';

/** Two tiles in a row where there is room, one below the other where there is not, with or without media queries. */
export function tiles(all: Html[]): Html {
  const rows = all.flatMap((tile, at) => (at % 2 === 0 ? [[tile, all[at + 1]]] : []));
  return html`${rows.map(
    ([left, right]) =>
      html`<tr>
        <td style="padding:0;font-size:0;line-height:0;text-align:left">
          <!--[if mso]><table role="presentation" width="600" cellspacing="0" cellpadding="0" border="0"><tr><td width="300" valign="top"><![endif]-->
          ${half(left)}
          <!--[if mso]></td><td width="300" valign="top"><![endif]-->
          ${right && half(right)}
          <!--[if mso]></td></tr></table><![endif]-->
        </td>
      </tr>`,
  )}`;
}

function half(tile: Html | undefined): Html {
  return html`<div class="half" style="display:inline-block;width:100%;max-width:300px;vertical-align:top">
    <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
      <tr>
        <td class="edge" style="padding:0 24px">
          <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
            <tr>
              <td class="l-line" style="${line}padding:16px 0 20px">${tile}</td>
            </tr>
          </table>
        </td>
      </tr>
    </table>
  </div>`;
}

/** One number: what it is, how much, against what, and what a person would say about it. */
export function tile(kpi: Kpi, style: Style, link: Link, spark: string | null): Html {
  const title = html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${kpi.title}</div>`;
  if (kpi.state === 'failed') {
    return html`${title}
      <div ${ink('bad', 'font-size:18px;line-height:26px;font-weight:600;padding-top:4px')}>
        ${m.state_failed({}, style)}
      </div>
      <div ${ink('muted', 'font-size:14px;line-height:20px;padding-top:2px')}>${kpi.error}</div>`;
  }
  const words = describeKpi(kpi, style);
  const value = html`<span
    ${ink('text', 'font-size:28px;line-height:36px;font-weight:600;white-space:nowrap')}
    >${words.value}</span
  >`;
  return html`${title}
    <div style="font-size:28px;line-height:36px;padding-top:2px">${link(kpi.href, value)}</div>
    ${comparison(words)} ${bar(kpi, words)}
    ${
      spark &&
      html`<div style="padding:8px 0 4px">
        <img
          src="cid:${spark}"
          width="${sparkSize.width}"
          height="${sparkSize.height}"
          alt="${describeSpark(kpi, style)}"
          style="width:100%;max-width:${sparkSize.width}px;height:auto"
        />
      </div>`
    }
    ${kpi.spark_title && spark && html`<div ${ink('muted', 'font-size:12px;line-height:16px')}>${kpi.spark_title}</div>`}
    ${kpi.sentence && html`<div ${ink('text', 'font-size:14px;line-height:20px;padding-top:4px')}>${kpi.sentence}</div>`}
    ${ignored(kpi, style)}`;
}

function comparison({ change, before, arrow, mood }: KpiWords): Html | null {
  if (change === null && before === null) return null;
  return html`<div style="font-size:14px;line-height:20px">
    ${
      change &&
      html`<span ${ink(mood, 'font-weight:600;white-space:nowrap')}>${arrow && `${arrow} `}${change}</span> `
    }<span ${ink('muted')}>${before}</span>
  </div>`;
}

/** How far the plan is done, as two cells of a table: Outlook draws no other bar. */
function bar({ plan }: Kpi, words: KpiWords): Html | null {
  if (!plan || !words.plan) return null;
  const done = Math.round(Math.min(1, Math.max(0, plan.completion ?? 0)) * 100);
  const cell = (width: number, role: 'main' | 'track') =>
    width > 0 &&
    html`<td width="${width}%" height="8" ${paper(role, 'height:8px;font-size:0;line-height:0')}>&nbsp;</td>`;
  return html`<table
      role="presentation"
      width="100%"
      cellspacing="0"
      cellpadding="0"
      border="0"
      style="margin:8px 0 6px"
    >
      <tr>
        ${cell(done, 'main')}${cell(100 - done, 'track')}
      </tr>
    </table>
    <div ${ink('muted', 'font-size:13px;line-height:18px')}>${words.plan}</div>`;
}

export function ignored({ ignored_filters }: Pick<Kpi, 'ignored_filters'>, style: Style): Html | null {
  if (ignored_filters.length === 0) return null;
  const text = m.filter_ignored({ titles: ignored_filters.join(', ') }, style);
  return html`<div ${ink('muted', 'font-size:12px;line-height:16px;padding-top:4px')}>${text}</div>`;
}
