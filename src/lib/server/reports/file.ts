import { createTransport } from 'nodemailer';
import { compose, personalise, type Message } from './mail.ts';
import type { Mail } from './render.ts';

/** The mail as one HTML file: pictures stand in it, so that any browser shows it. */
export function toHtml(mail: Mail & { reader?: string }): string {
  return mail.attachments.reduce(
    (text, { cid, content }) =>
      text.replaceAll(`src="cid:${cid}"`, `src="data:image/png;base64,${content.toString('base64')}"`),
    personalise(mail).html,
  );
}

/** The mail as it would go over the wire. */
export async function toEml(message: Message, from: { name: string; address: string }): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message: eml } = await transport.sendMail(await compose(message, from));
  return eml as Buffer;
}
