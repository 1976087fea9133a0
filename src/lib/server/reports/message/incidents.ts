import { formatDay } from '../../../dates.ts';
import { formatCount, formatValue, type Style } from '../../../format.ts';
import type { IncidentBlock, IncidentLine } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { html, type Html } from './html.ts';
import type { Link } from './link.ts';
import { ink, paper } from './look.ts';

/** `3.1M at stake · Since 12 Jan 2026 · Owner …` */
export function factsOf(one: IncidentLine, style: Style): string {
  const day = one.since && formatDay(one.since, style.locale);
  return [
    ...(one.stake === null
      ? []
      : [m.incidents_value({ stake: formatValue(one.stake, 'money', style) }, style)]),
    ...(day
      ? [one.is_older ? m.incidents_since_older({ day }, style) : m.incidents_since({ day }, style)]
      : []),
    one.owner,
  ].join(' · ');
}

/** What is wrong, before any figure. Where nothing is, one calm line. */
export function incidentRows(incidents: IncidentBlock, style: Style, link: Link): Html | null {
  const { state, title, sentence, rows, error } = incidents;
  if (state === 'not_connected') return null;
  const words = state === 'failed' ? `${m.state_failed({}, style)}. ${error ?? ''}` : sentence;
  return html`<tr>
    <td class="edge" style="padding:0 24px 12px">
      <div ${ink('text', 'font-size:18px;line-height:26px;font-weight:600')}>
        ${link('/incidents', html`<span ${ink('text')}>${title}</span>`)}
      </div>
      <div ${ink('muted', 'font-size:14px;line-height:20px;padding-bottom:8px')}>${words}</div>
      ${rows.map((one) => incident(one, style, link))}
      ${restOf(incidents, style).map((text) => html`<div style="font-size:14px;line-height:20px">${link('/incidents', html`<span ${ink('link')}>${text}</span>`)}</div>`)}
    </td>
  </tr>`;
}

function incident(one: IncidentLine, style: Style, link: Link): Html {
  const { title, sentence, why, href } = one;
  return html`<table
    role="presentation"
    width="100%"
    cellspacing="0"
    cellpadding="0"
    border="0"
    style="margin-bottom:8px"
  >
    <tr>
      <td ${paper('alertBack', 'border-radius:6px;padding:10px 14px')}>
        <div ${ink('alertText', 'font-size:15px;line-height:21px')}>
          ${link(href, html`<strong ${ink('alertText')}>${title}</strong>`)}
        </div>
        <div ${ink('alertText', 'font-size:14px;line-height:20px')}>${[sentence, ...why].join(' ')}</div>
        <div ${ink('alertText', 'font-size:13px;line-height:18px')}>${factsOf(one, style)}</div>
      </td>
    </tr>
  </table>`;
}

/** The same for those who read no HTML. */
export function writeIncidents(incidents: IncidentBlock, style: Style): string[] {
  const { state, title, sentence, rows, error } = incidents;
  if (state === 'not_connected') return [];
  return [
    title.toUpperCase(),
    state === 'failed' ? `${m.state_failed({}, style)}. ${error ?? ''}` : sentence,
    ...rows.flatMap((one) => [
      `- ${one.title}. ${[one.sentence, ...one.why].join(' ')}`,
      `  ${factsOf(one, style)}`,
    ]),
    ...restOf(incidents, style),
  ];
}

function restOf({ total, rows, elsewhere }: IncidentBlock, style: Style): string[] {
  const said = (count: number, say: typeof m.incidents_mail_more) =>
    count > 0 ? [say({ shown: formatCount(count, style.locale) }, style)] : [];
  return [...said(total - rows.length, m.incidents_mail_more), ...said(elsewhere, m.incidents_elsewhere)];
}
