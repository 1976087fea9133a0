import type { Locale } from '../../../page.ts';
import type { Mail } from '../render.ts';
import { cleanLine, html, type Html } from './html.ts';
import { ink, light } from './look.ts';
import { shell } from './shell.ts';

type Letter = {
  locale: Locale;
  company: string;
  timezone: string;
  title: string;
  /** where it says more than the title */
  subject?: string;
  parts: Html[];
  /** the same in plain lines */
  text: string[];
  /** the first is the main one; those without an address are left out */
  buttons: { text: string; address: string | null }[];
  /** why the reader gets it */
  why: string;
};

/** A short mail in words, as of an incident: no page stands behind it. */
export function write({
  locale,
  company,
  timezone,
  title,
  subject = title,
  parts,
  text,
  buttons,
  why,
}: Letter): Mail {
  const line = cleanLine(`${company}: ${subject}`);
  const shown = buttons.filter((one) => one.address !== null);
  const row = html`<tr>
    <td class="edge" style="padding:28px 24px">
      <div ${ink('muted', 'font-size:14px;line-height:20px')}>${company}</div>
      <h1 ${ink('text', 'margin:0 0 8px;font-size:22px;line-height:30px;font-weight:700')}>${title}</h1>
      ${parts} ${shown.map((one, at) => button(one.text, one.address ?? '', at === 0))}
      <p ${ink('muted', 'margin:18px 0 0;font-size:12px;line-height:18px')}>${why} Pulse · ${timezone}</p>
    </td>
  </tr>`;
  const body = shell({ locale, subject: line, preview: text[0] ?? '', rows: [row] });
  const plain = [title, '', ...text, '', ...shown.map((one) => `${one.text}: ${one.address}`), '', why];
  return {
    subject: line,
    html: body.text.replace(/\s*\n\s*/g, '\n'),
    text: `${plain.map((one) => cleanLine(one, 2000)).join('\n')}\n`,
    attachments: [],
    isIncomplete: false,
  };
}

export const paragraph = (text: string): Html =>
  html`<p ${ink('text', 'margin:0 0 10px;font-size:16px;line-height:24px')}>${text}</p>`;

function button(text: string, address: string, isMain: boolean): Html {
  const look = isMain
    ? `background-color:${light.main};color:#ffffff;border:1px solid ${light.main}`
    : `background-color:${light.card};color:${light.link};border:1px solid ${light.link}`;
  return html`<p style="margin:14px 0 0">
    <a
      href="${address}"
      style="display:inline-block;padding:9px 18px;border-radius:6px;font-size:15px;line-height:20px;font-weight:600;text-decoration:none;${look}"
      >${text}</a
    >
  </p>`;
}
