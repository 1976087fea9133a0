import type { Style } from '../../../format.ts';
import type { HomePage } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { Html, html } from './html.ts';
import { ink, light, line, paper } from './look.ts';
import { shell } from './shell.ts';
import { describeKpi } from './words.ts';

export type Frame = {
  subject: string;
  company: string;
  page: Pick<HomePage, 'title' | 'locale' | 'timezone' | 'kpis'>;
  style: Style;
  address: string | null;
  head: string[];
  alerts: string[];
  foot: string[];
  /** rows before the alerts: what is wrong, of all the figures */
  first: Html | null;
  body: Html;
};

/** Where the way out of a mailing is written in, which is another one for each recipient. No text can hold it. */
export const unsubscribeMark = '<!--unsubscribe-->';

/** Head, incidents, alerts, body and foot. */
export function wrap(frame: Frame): Html {
  const { subject, page, body, alerts, first } = frame;
  return shell({
    locale: page.locale,
    subject,
    preview: preview(frame),
    rows: [
      header(frame),
      ...(first ? [first] : []),
      ...alerts.map((text) => alert(html`${text}`)),
      body,
      footer(frame),
    ],
  });
}

/** What a list of messages shows beside the subject: the figures that come after the main one. */
function preview({ page, style }: Frame): string {
  return page.kpis
    .filter(({ state }) => state === 'ok')
    .slice(1)
    .map((kpi) => `${kpi.title} ${describeKpi(kpi, style).value}`)
    .join(' · ');
}

function header({ company, page, head, style, address }: Frame): Html {
  const [period, ...rest] = head;
  return html`<tr>
    <td class="edge" style="padding:28px 24px 20px">
      <div ${ink('muted', 'font-size:14px;line-height:20px')}>${page.title}</div>
      <h1 ${ink('text', 'margin:0;font-size:24px;line-height:32px;font-weight:700')}>${company}</h1>
      <div ${ink('text', 'font-size:16px;line-height:24px;padding-top:4px')}>${period}</div>
      ${rest.map((text) => html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${text}</div>`)}
      ${button(address, style)}
    </td>
  </tr>`;
}

/** A cell with a colour is the only button that Outlook draws. */
function button(address: string | null, style: Style): Html | null {
  if (!address) return null;
  return html`<table role="presentation" cellspacing="0" cellpadding="0" border="0" style="margin-top:14px">
    <tr>
      <td bgcolor="${light.main}" style="background-color:${light.main};border-radius:6px">
        <a
          href="${address}"
          style="display:inline-block;padding:9px 18px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none"
          >${m.mail_open({}, style)}</a
        >
      </td>
    </tr>
  </table>`;
}

function alert(text: Html): Html {
  return html`<tr>
    <td class="edge" style="padding:0 24px 12px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td ${paper('alertBack', 'border-radius:6px;padding:10px 14px')}>
            <div ${ink('alertText', 'font-size:14px;line-height:20px')}>${text}</div>
          </td>
        </tr>
      </table>
    </td>
  </tr>`;
}

function footer({ foot, page }: Frame): Html {
  return html`<tr>
    <td class="edge" style="padding:0 24px 28px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td class="l-line" style="${line}padding-top:16px">
            ${foot.map((text) => html`<div ${ink('muted', 'font-size:12px;line-height:18px')}>${text}</div>`)}
            <div ${ink('muted', 'font-size:12px;line-height:18px')}>
              Pulse · ${page.timezone}${new Html(unsubscribeMark)}
            </div>
          </td>
        </tr>
      </table>
    </td>
  </tr>`;
}
