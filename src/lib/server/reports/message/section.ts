import type { NotesBlock } from '../../../board.ts';
import { html, type Html } from './html.ts';
import type { Link } from './link.ts';
import { ink, line } from './look.ts';

/** The title of a section, a link to it on the page, and what is said about all of it. */
export function heading(title: string, said: string[], path: string, link: Link): Html {
  return html`<tr>
    <td class="edge" style="padding:20px 24px 8px">
      <div style="font-size:20px;line-height:28px;font-weight:700">
        ${link(path, html`<span ${ink('text')}>${title}</span>`)}
      </div>
      ${said.map((text) => html`<div ${ink('muted', 'font-size:14px;line-height:20px')}>${text}</div>`)}
    </td>
  </tr>`;
}

/** Sentences under a title of their own. */
export function lines(title: string, said: string[], notes: string[]): Html {
  return row(
    html`${title && html`<div ${ink('text', 'font-size:16px;line-height:24px;font-weight:600')}>${title}</div>`}
    ${said.map((text) => html`<div ${ink('bad', 'font-size:14px;line-height:20px;padding-top:2px')}>${text}</div>`)}
    ${notes.map((text) => html`<div ${ink('muted', 'font-size:12px;line-height:16px')}>${text}</div>`)}`,
  );
}

const inks = { good: 'good', bad: 'bad', warn: 'alertText' } as const;
const signs = { good: '✓', bad: '✗', warn: '!' } as const;

/** What stands out, one sentence each; a judgement has a sign beside its colour. */
export function notes({ title, notes }: NotesBlock, link: Link): Html {
  return row(
    html`${title && html`<div ${ink('text', 'font-size:16px;line-height:24px;font-weight:600')}>${title}</div>`}
    ${notes.map(
      ({ text, href, tone }) =>
        html`<div style="font-size:14px;line-height:20px;padding-top:4px">
          ${tone && html`<span ${ink(inks[tone], 'font-weight:600')}>${signs[tone]}</span> `}${link(href, html`<span ${ink('text')}>${text}</span>`)}
        </div>`,
    )}`,
  );
}

function row(inside: Html): Html {
  return html`<tr>
    <td class="edge" style="padding:0 24px">
      <table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">
        <tr>
          <td class="l-line" style="${line}padding:14px 0 18px">${inside}</td>
        </tr>
      </table>
    </td>
  </tr>`;
}
