import { formatValue, type Style } from '../../../format.ts';
import type { HomePage } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { html, type Html } from './html.ts';
import type { Link } from './link.ts';
import { ink, line } from './look.ts';

/** A part of the page that is told rather than drawn. */
export type Insight = { title: string; lines: string[]; notes: string[]; isFailed: boolean };

/** What made the profit change, and whose plan is about to fail, in the page's own sentences. */
export function tellInsights({ profit, risks }: HomePage, style: Style): Insight[] {
  const found: Insight[] = [];
  if (profit.state === 'ok' && profit.views.length) {
    const lines = profit.views.map(({ key, title, sentence }) => {
      const against = key === 'period' ? m.profit_against_period({ period: title }, style) : title;
      return `${against}. ${sentence}`;
    });
    found.push({ title: profit.title, lines, notes: profit.views[0]?.notes ?? [], isFailed: false });
  }
  if (risks?.state === 'ok') {
    const money = (value: number) => formatValue(value, 'money', style);
    const lines = risks.rows.map(({ name, plan, forecast, missing }) =>
      m.risk_line({ name, forecast: money(forecast), plan: money(plan), missing: money(missing) }, style),
    );
    found.push({ title: risks.title, lines: [risks.sentence, ...lines], notes: [], isFailed: false });
  }
  for (const block of [profit, risks])
    if (block?.state === 'failed')
      found.push({ title: block.title, lines: [block.error ?? ''], notes: [], isFailed: true });
  return found;
}

export function insight(
  { title, lines, notes, isFailed }: Insight,
  state: string,
  style: Style,
  link: Link,
): Html {
  const path = state ? `/?${state}` : '/';
  return html`<tr>
    <td class="edge" style="padding:0 24px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td class="l-line" style="${line}padding:20px 0 24px">
            <div style="font-size:18px;line-height:26px;font-weight:600">
              ${link(path, html`<span ${ink('text')}>${title}</span>`)}
            </div>
            ${isFailed && html`<div ${ink('bad', 'font-size:15px;line-height:22px')}>${m.state_failed({}, style)}</div>`}
            ${lines.map((text) => html`<div ${ink('text', 'font-size:14px;line-height:20px;padding-top:4px')}>${text}</div>`)}
            ${notes.map((text) => html`<div ${ink('muted', 'font-size:12px;line-height:16px;padding-top:4px')}>${text}</div>`)}
          </td>
        </tr>
      </table>
    </td>
  </tr>`;
}
