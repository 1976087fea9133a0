import type { Attachment, Mail } from '../render.ts';
import { m } from '../../../paraglide/messages.js';
import { wrap, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { ink } from './look.ts';

/** Gmail shows the first 102 KB of a mail and hides the rest behind a link; some is added on the way. */
export const mostBytes = 96_000;

type Letter = {
  frame: Omit<Frame, 'body'>;
  /** rows of the one column, most important first */
  parts: Html[];
  text: string;
  pictures: (Attachment | null)[];
  isIncomplete: boolean;
};

/** The finished mail: as many parts as a mail program shows, and where the others are. */
export function close({ frame, parts, text, pictures, isIncomplete }: Letter): Mail {
  const empty = Buffer.byteLength(print(frame, []));
  let room = mostBytes - empty - Buffer.byteLength(squeeze(cut(frame).text));
  const kept: Html[] = [];
  for (const part of parts) {
    room -= Buffer.byteLength(squeeze(part.text));
    if (room < 0) break;
    kept.push(part);
  }
  const isCut = kept.length < parts.length;
  const body = print(frame, isCut ? [...kept, cut(frame)] : kept);
  const attachments = pictures.filter((one) => one !== null).filter(({ cid }) => body.includes(`cid:${cid}`));
  return { subject: frame.subject, html: body, text, attachments, isIncomplete };
}

const print = (frame: Omit<Frame, 'body'>, parts: Html[]) =>
  squeeze(wrap({ ...frame, body: html`${parts}` }).text);

/** Indents are for those who read the templates. */
const squeeze = (text: string) => text.replace(/\s*\n\s*/g, '\n');

function cut({ address, style }: Omit<Frame, 'body'>): Html {
  const words = m.mail_cut({}, style);
  return html`<tr>
    <td class="edge" style="padding:8px 24px 24px">
      <div ${ink('text', 'font-size:15px;line-height:22px')}>
        ${words}
        ${
          address &&
          html`<a href="${address}" style="text-decoration:underline"
            ><span ${ink('link')}>${m.mail_open({}, style)}</span></a
          >`
        }
      </div>
    </td>
  </tr>`;
}
