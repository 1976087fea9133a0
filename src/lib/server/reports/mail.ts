import { createHash, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { createTransport, type Transporter } from 'nodemailer';
import { judge, type Outcome } from './outcome.ts';
import { cleanLine } from './message/html.ts';
import type { Mail } from './render.ts';

/** An expected failure: a sentence for the person who set up sending. */
export class MailProblem extends Error {
  override name = 'MailProblem';
}

export type Message = Mail & { to: string; messageId: string };

export type MailSettings = { url: string; from: { name: string; address: string } };

const example = 'smtp://user:password@mail.example.com:587 (smtps:// for TLS from the start)';

/** Reads SMTP_URL and SMTP_FROM; what is wrong is named, never shown: an address may carry a password. */
export function readMailSettings(source: Record<string, string | undefined> = process.env): MailSettings {
  const url = source.SMTP_URL?.trim();
  if (!url) throw new MailProblem(`Reports cannot be sent: set SMTP_URL to ${example}.`);
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol) || !new URL(url).hostname)
    throw new MailProblem(`SMTP_URL is not an address like ${example}.`);
  return { url, from: readFrom(source.SMTP_FROM, new URL(url)) };
}

function readFrom(given: string | undefined, url: URL): MailSettings['from'] {
  if (given) {
    const found = /^(?:"?([^"<>]*?)"?\s*<([^<>\s]+@[^<>\s]+)>|([^<>\s]+@[^<>\s]+))$/.exec(given.trim());
    if (!found) throw new MailProblem('SMTP_FROM is not like "Pulse <reports@example.com>".');
    return { name: cleanLine(found[1] || 'Pulse', 60), address: found[2] ?? found[3] ?? '' };
  }
  const user = decodeURIComponent(url.username);
  const host = isIP(url.hostname.replace(/[[\]]/g, '')) ? 'localhost' : url.hostname;
  return { name: 'Pulse', address: user.includes('@') ? user : `pulse@${host}` };
}

/** The same delivery has the same name however often it is tried, so a server or a reader can drop a second copy. */
export function messageId(delivery: string | null, from: string): string {
  const name = delivery ? createHash('sha256').update(delivery).digest('hex').slice(0, 32) : randomUUID();
  return `<${name}@${from.split('@').at(-1) ?? 'pulse'}>`;
}

export type Mailer = {
  from: MailSettings['from'];
  send(message: Message): Promise<Outcome>;
  close(): void;
};

const second = 1000;

/** A pool of connections to the server of SMTP_URL. */
export function open(settings: MailSettings = readMailSettings()): Mailer {
  const transport: Transporter = createTransport({
    url: settings.url,
    pool: true,
    maxConnections: 5,
    maxMessages: 100,
    connectionTimeout: 15 * second,
    greetingTimeout: 15 * second,
    // Shorter than a claim on a delivery lives: a server that hangs must not make two workers send.
    socketTimeout: 60 * second,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from: settings.from,
    close: () => transport.close(),
    async send(message) {
      if (!isAddress(message.to)) return { kind: 'refused', cause: `${message.to} is not an e-mail address` };
      try {
        const { response } = await transport.sendMail(compose(message, settings.from));
        return { kind: 'sent', response: response ?? '' };
      } catch (error) {
        return judge(error);
      }
    },
  };
}

/** What goes to the mail library; names and subject are one clean line each. */
export function compose(
  { to, messageId, subject, html, text, attachments }: Message,
  from: MailSettings['from'],
) {
  return {
    messageId,
    from,
    to: { name: '', address: to },
    subject: cleanLine(subject),
    text,
    html,
    attachments: attachments.map((one) => ({
      ...one,
      contentType: 'image/png',
      contentDisposition: 'inline' as const,
    })),
    // Holiday answers and mailing list programs leave such mails alone.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

/** One address and nothing else: no list, no comment, no line break. */
export function isAddress(text: string): boolean {
  return /^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u.test(text) && text.length <= 254;
}
