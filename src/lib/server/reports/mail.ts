import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import { carry } from './carried.ts';
import { judge, type Outcome } from './outcome.ts';
import { m } from '../../paraglide/messages.js';
import { unsubscribeMark } from './message/frame.ts';
import { cleanLine, escape } from './message/html.ts';
import { light } from './message/look.ts';
import type { Mail } from './render.ts';
import { sign } from './token.ts';

/** An expected failure: a sentence for the person who set up sending. */
export class MailProblem extends Error {
  override name = 'MailProblem';
}

/** `shown` are the addresses the mail names, whoever of them this copy goes to; `wayOut` ends the mailing. */
export type Message = Mail & {
  to: string;
  /** whose rows the links to large files give */
  reader?: string | null;
  messageId: string;
  shown?: { to: string[]; cc: string[] };
  wayOut?: string | null;
};

export type MailSettings = {
  url: string;
  from: { name: string; address: string };
  dkim?: { domainName: string; keySelector: string; privateKey: string } | null;
  /** messages a second, null as many as the server takes */
  rate?: number | null;
  /** where other servers send letters back to */
  bounces?: string | null;
  /** milliseconds of silence after which a server is taken for dead */
  patience?: number;
};

const example = 'smtp://user:password@mail.example.com:587 (TLS: smtps://)';

/** Reads SMTP_URL and SMTP_FROM; what is wrong is named, never shown: an address may carry a password. */
export function readMailSettings(source: Record<string, string | undefined> = process.env): MailSettings {
  const url = source.SMTP_URL?.trim();
  if (!url) throw new MailProblem(`Reports cannot be sent: set SMTP_URL to ${example}.`);
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol) || !new URL(url).hostname)
    throw new MailProblem(`SMTP_URL is not an address like ${example}.`);
  return {
    url,
    from: readFrom(source.SMTP_FROM, new URL(url)),
    dkim: readDkim(source),
    rate: readRate(source.SMTP_RATE),
    bounces: readBounces(source.SMTP_BOUNCES),
  };
}

/** SMTP_DKIM_DOMAIN, SMTP_DKIM_SELECTOR and the private key (PEM) as SMTP_DKIM_KEY, or a file that holds it. */
function readDkim(source: Record<string, string | undefined>): MailSettings['dkim'] {
  const { SMTP_DKIM_DOMAIN, SMTP_DKIM_SELECTOR, SMTP_DKIM_KEY } = source;
  if (!SMTP_DKIM_DOMAIN && !SMTP_DKIM_SELECTOR && !SMTP_DKIM_KEY) return null;
  if (!SMTP_DKIM_DOMAIN || !SMTP_DKIM_SELECTOR || !SMTP_DKIM_KEY)
    throw new MailProblem('DKIM needs all of SMTP_DKIM_DOMAIN, SMTP_DKIM_SELECTOR and SMTP_DKIM_KEY.');
  const isText = SMTP_DKIM_KEY.includes('PRIVATE KEY');
  if (!isText && !existsSync(SMTP_DKIM_KEY))
    throw new MailProblem('SMTP_DKIM_KEY is neither a private key in PEM nor a file that holds one.');
  const privateKey = isText ? SMTP_DKIM_KEY.replaceAll('\\n', '\n') : readFileSync(SMTP_DKIM_KEY, 'utf8');
  try {
    createPrivateKey(privateKey);
  } catch {
    throw new MailProblem('SMTP_DKIM_KEY holds no private key that can be read.');
  }
  return { domainName: SMTP_DKIM_DOMAIN, keySelector: SMTP_DKIM_SELECTOR, privateKey };
}

function readBounces(address: string | undefined): string | null {
  if (address && !isAddress(address)) throw new MailProblem('SMTP_BOUNCES is not an e-mail address.');
  return address || null;
}

/** Slower, and claims on what waits for its turn would end. */
const slowest = 0.1;

function readRate(text: string | undefined): number | null {
  if (!text) return null;
  const rate = Number(text);
  if (!(rate >= slowest))
    throw new MailProblem(`SMTP_RATE is not a number of messages a second, ${slowest} or more.`);
  return rate;
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
  /** Resolves when the rate allows one more message; not part of `send`, whose time is limited. */
  turn(): Promise<void>;
  send(message: Message): Promise<Outcome>;
  close(): void;
};

const second = 1000;

/** With a password, unless the server is this machine or the address says `?ignoreTLS=true`. */
export function mustEncrypt(address: string): boolean {
  const { hostname, password, searchParams } = new URL(address);
  const isHere = /^(localhost|127\..*|\[?::1\]?)$/i.test(hostname);
  return password !== '' && !isHere && searchParams.get('ignoreTLS') !== 'true';
}

/** A pool of connections to the server of SMTP_URL. */
export function open(settings: MailSettings = readMailSettings()): Mailer {
  // Shorter than a claim on a delivery lives: a server that hangs must not make two workers send.
  const { patience = 60 * second, rate } = settings;
  let next = 0;
  const transport: Transporter = createTransport({
    url: settings.url,
    pool: true,
    maxConnections: 5,
    maxMessages: 100,
    // A password never goes over a network in the open, even where someone on the way hides that the server can TLS.
    requireTLS: mustEncrypt(settings.url),
    ...(settings.dkim && { dkim: settings.dkim }),
    connectionTimeout: Math.min(15 * second, patience),
    greetingTimeout: Math.min(15 * second, patience),
    socketTimeout: patience,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from: settings.from,
    close: () => transport.close(),
    async turn() {
      if (!rate) return;
      const now = performance.now();
      next = Math.max(now, next) + second / rate;
      await sleep(next - second / rate - now);
    },
    async send(message) {
      if (!isAddress(message.to)) return { kind: 'refused', cause: `${message.to} is not an e-mail address` };
      try {
        const { response } = await transport.sendMail(
          await compose(message, settings.from, settings.bounces),
        );
        return { kind: 'sent', response: response ?? '' };
      } catch (error) {
        return judge(error);
      }
    },
  };
}

/** What goes to the mail library; names and subject are one clean line each. */
export async function compose(message: Message, from: MailSettings['from'], bounces: string | null = null) {
  const { to, messageId, subject, attachments, enclosures = [], wayOut = null } = message;
  const shown = { to: message.shown?.to ?? [to], cc: message.shown?.cc ?? [] };
  const named = (address: string) => ({ name: '', address });
  const texts = personalise(message);
  return {
    messageId,
    from,
    to: (shown.to.length + shown.cc.length > 0 ? shown.to : [to]).map(named),
    ...(shown.cc.length > 0 && { cc: shown.cc.map(named) }),
    // Each gets a copy of their own, whoever else it names.
    envelope: { from: bounces ?? from.address, to: [to] },
    subject: cleanLine(subject),
    text: texts.text,
    // Quoted-printable would take half of all the work of a mail, and write three signs for each byte of Russian.
    html: { content: texts.html, contentTransferEncoding: 'base64' as const },
    attachments: await Promise.all([...attachments, ...enclosures].map(carry)),
    headers: {
      // Holiday answers and mailing list programs leave such mails alone.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      // RFC 8058: the mail program's own button, without a visit.
      ...(wayOut && {
        'List-Unsubscribe': { prepared: true, value: `<${wayOut}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  };
}

const fileLife = 7 * 86_400;

type Own = Pick<Message, 'html' | 'text' | 'links' | 'reader' | 'wayOut'>;

/** Texts with the recipient's own way out of the mailing and own links to files, or without any. */
export function personalise({ links = [], reader = null, wayOut = null, ...texts }: Own) {
  let { html, text } = texts;
  const locale = html.includes('<html lang="ru"') ? 'ru' : 'en';
  const link = (address: string, words: string, role: 'muted' | 'alertText') =>
    `<a href="${escape(address)}" class="c-${role}" style="color:${light[role]};text-decoration:underline">${escape(words)}</a>`;
  const until = Math.floor(Date.now() / 1000) + fileLife;
  for (const { mark, claim } of links) {
    const address = reader ? mark.replace(/[^/]+$/, sign('file', [reader, ...claim], until)) : '';
    html = html.replaceAll(
      mark,
      () => address && link(address, m.mail_file_get({}, { locale }), 'alertText'),
    );
    text = text.replaceAll(mark, () => address);
  }
  const out = wayOut ? ` · ${link(wayOut, m.mail_unsubscribe({}, { locale }), 'muted')}` : '';
  return {
    html: html.replace(unsubscribeMark, () => out),
    text: wayOut ? `${text}\n${m.mail_unsubscribe_here({ address: wayOut }, { locale })}\n` : text,
  };
}

/** One address and nothing else: no list, no comment, no line break. */
export function isAddress(text: string): boolean {
  return /^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u.test(text) && text.length <= 254;
}
