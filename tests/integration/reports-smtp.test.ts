import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageId, open, type Mailer, type MailSettings } from '../../src/lib/server/reports/mail.ts';
import { openRudeServer, stages, type RudeServer } from './reports-rude-server.ts';
import { certificate, openServer, type TestServer } from './reports-server.ts';

const from = { name: 'Отчёты', address: 'reports@example.com' };
const letter = {
  subject: 'Вектор: 12,3 млн ₽',
  html: '<html lang="ru"><body><p>12,3 млн ₽</p></body></html>',
  text: '12,3 млн ₽\n',
  attachments: [],
  isIncomplete: false,
};
const message = (to: string) => ({ ...letter, to, messageId: messageId(to, from.address) });

let mailer: Mailer;
const use = (settings: Partial<MailSettings> & { url: string }) =>
  (mailer = open({ from, patience: 400, ...settings }));
afterEach(() => mailer.close());

describe('a server that misbehaves', () => {
  let server: RudeServer;
  beforeAll(async () => void (server = await openRudeServer()));
  afterAll(() => server.close());
  beforeEach(() => {
    server.texts.length = 0;
    use({ url: server.url });
  });

  const rudenesses = [
    'close',
    'hang',
    'HTTP/1.1 200 OK',
    '\u0000\u0001\u0002',
    '451 4.7.1 greylisted, try later',
    '421 closing',
  ];
  test.each(stages.flatMap((stage) => rudenesses.map((rudeness) => [stage, rudeness] as const)))(
    'at %s with %j costs a try at most',
    async (stage, rudeness) => {
      server.next(stage, rudeness);
      const first = await mailer.send(message('a@example.org'));
      // Before a letter is spoken of, another connection or the older HELO may do without costing a try.
      if (first.kind === 'sent') expect(['greeting', 'EHLO']).toContain(stage);
      else {
        expect(first).toMatchObject({ kind: 'retry', cause: expect.stringMatching(/^[A-Z]/) });
        if (rudeness.startsWith('4')) expect(first.cause).toContain(rudeness.slice(4));
        expect(await mailer.send(message('a@example.org'))).toMatchObject({ kind: 'sent' });
      }
      // what was taken without a word of it comes again under the same name
      const names = await Promise.all(server.texts.map(async (text) => (await simpleParser(text)).messageId));
      expect(names).toHaveLength(stage === 'text' ? 2 : 1);
      expect(new Set(names)).toEqual(new Set([messageId('a@example.org', from.address)]));
    },
  );

  test.each(stages.filter((stage) => stage !== 'greeting' && stage !== 'EHLO'))(
    'that refuses for good at %s is not asked again, and says why',
    async (stage) => {
      server.next(stage, '550 5.7.1 not from you');
      expect(await mailer.send(message('a@example.org'))).toEqual({
        kind: 'refused',
        cause: expect.stringContaining('550 5.7.1 not from you'),
      });
      expect(await mailer.send(message('b@example.org'))).toMatchObject({ kind: 'sent' });
    },
  );
});

describe('a connection', () => {
  let server: TestServer;
  afterEach(() => server.close());

  test.each(['starttls', 'implicit'] as const)(
    'by TLS (%s) is made with a server that proves itself',
    async (tls) => {
      server = await openServer(tls);
      use({ url: `${server.url}?tls.ca=${encodeURIComponent(certificate())}` });
      expect(await mailer.send(message('a@example.org'))).toMatchObject({ kind: 'sent' });
      expect(server.received.map(({ isSecure }) => isSecure)).toEqual([true]);
    },
  );

  test.each(['starttls', 'implicit'] as const)(
    'by TLS (%s) is refused with one that does not',
    async (tls) => {
      server = await openServer(tls);
      use({ url: server.url });
      expect(await mailer.send(message('a@example.org'))).toEqual({
        kind: 'retry',
        cause: expect.stringContaining('certificate'),
      });
      expect(server.seen).toEqual([]);
    },
  );

  test('is used for many letters', async () => {
    server = await openServer();
    use({ url: server.url });
    const all = Array.from({ length: 60 }, (_, at) => mailer.send(message(`r${at}@example.org`)));
    expect((await Promise.all(all)).every(({ kind }) => kind === 'sent')).toBe(true);
    expect(new Set(server.received.map(({ to }) => to)).size).toBe(60);
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  test('takes no more letters a second than it may', async () => {
    server = await openServer();
    const rate = 20;
    use({ url: server.url, rate });
    const began = performance.now();
    await Promise.all(
      Array.from({ length: 25 }, async (_, at) => {
        await mailer.turn();
        await mailer.send(message(`r${at}@example.org`));
      }),
    );
    // By the server's own record, however slow the machine is: not one comes before its time. Timers may be 2 ms early.
    expect(server.received).toHaveLength(25);
    server.received.forEach(({ at }, index) =>
      expect(at - began).toBeGreaterThan((index * 1000) / rate - 2 * (index + 1)),
    );
  });
});

test('a letter is signed so that anybody can verify it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = await openServer();
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  use({ url: server.url, dkim: { domainName: 'example.com', keySelector: 'pulse', privateKey: pem } });
  await mailer.send({
    ...message('a@example.org'),
    text: 'A line  with spaces \n.\nдвадцать\n\n\n',
    wayOut: 'https://pulse.example/unsubscribe/x',
  });
  const [{ source } = { source: '' }] = server.received;
  await server.close();
  const { tags, isBodyTrue, signed, signature } = readSignature(source);
  expect(tags).toMatchObject({ a: 'rsa-sha256', c: 'relaxed/relaxed', d: 'example.com', s: 'pulse' });
  expect(tags.h?.toLowerCase().split(':')).toEqual(
    expect.arrayContaining(['from', 'to', 'subject', 'message-id']),
  );
  expect(isBodyTrue).toBe(true);
  const verify = (text: string) =>
    createVerify('RSA-SHA256').update(text).verify(publicKey, signature, 'base64');
  expect(verify(signed)).toBe(true);
  expect(verify(signed.replace('reports@', 'others@'))).toBe(false);
});

/** RFC 6376, relaxed/relaxed, written from its text rather than from the library that signs. */
function readSignature(source: string) {
  const at = source.indexOf('\r\n\r\n');
  const headers = source.slice(0, at).split(/\r\n(?![ \t])/);
  const relax = (header: string) => {
    const colon = header.indexOf(':');
    const value = header
      .slice(colon + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim();
    return `${header.slice(0, colon).trim().toLowerCase()}:${value}`;
  };
  const named = (name: string) =>
    headers.filter((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  const own = named('DKIM-Signature')[0] ?? '';
  const tags = Object.fromEntries(
    own
      .slice(own.indexOf(':') + 1)
      .split(';')
      .map((tag) => [
        tag.slice(0, tag.indexOf('=')).trim(),
        tag.slice(tag.indexOf('=') + 1).replace(/\s+/g, ''),
      ]),
  ) as Record<string, string>;
  const body = source
    .slice(at + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)*$/, '\r\n');
  const hash = createHash('sha256').update(body).digest('base64');
  const taken = new Map<string, number>();
  const chosen = (tags.h ?? '').split(':').flatMap((name) => {
    const all = named(name).reverse();
    const index = taken.get(name) ?? 0;
    taken.set(name, index + 1);
    return all[index] ? [relax(all[index])] : [];
  });
  const signed = [...chosen, relax(own).replace(/(;\s*b=)[^;]*/, '$1')].join('\r\n');
  return { tags, isBodyTrue: hash === tags.bh, signed, signature: tags.b ?? '' };
}
