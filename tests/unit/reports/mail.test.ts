import { describe, expect, test } from 'vitest';
import {
  MailProblem,
  isAddress,
  messageId,
  mustEncrypt,
  readMailSettings,
} from '../../../src/lib/server/reports/mail.ts';
import { judge } from '../../../src/lib/server/reports/outcome.ts';

describe('settings', () => {
  test('that are missing say what to set', () => {
    expect(() => readMailSettings({})).toThrow(/set SMTP_URL to smtp:\/\//);
    expect(() => readMailSettings({})).toThrow(MailProblem);
  });

  test.each(['mail.example.com', 'http://mail.example.com', 'smtp://'])(
    '%s is refused without being shown',
    (url) => {
      expect(() => readMailSettings({ SMTP_URL: url })).toThrow(/^SMTP_URL is not an address like/);
    },
  );

  test.each([
    [{ SMTP_URL: 'smtp://mail.example.com' }, { name: 'Pulse', address: 'pulse@mail.example.com' }],
    [{ SMTP_URL: 'smtp://127.0.0.1:25' }, { name: 'Pulse', address: 'pulse@localhost' }],
    [
      { SMTP_URL: 'smtps://bot%40example.com:x@mail.example.com' },
      { name: 'Pulse', address: 'bot@example.com' },
    ],
    [
      { SMTP_URL: 'smtp://m', SMTP_FROM: 'Отчёты <r@example.com>' },
      { name: 'Отчёты', address: 'r@example.com' },
    ],
    [
      { SMTP_URL: 'smtp://m', SMTP_FROM: 'r@example.com' },
      { name: 'Pulse', address: 'r@example.com' },
    ],
  ])('%o sends as %o', (source, from) => expect(readMailSettings(source).from).toEqual(from));

  test('what a container passes on empty is not set', () => {
    const empty = { SMTP_URL: 'smtp://m', SMTP_FROM: '', SMTP_RATE: '', SMTP_BOUNCES: '', SMTP_DKIM_KEY: '' };
    expect(readMailSettings(empty)).toEqual(readMailSettings({ SMTP_URL: 'smtp://m' }));
  });

  test('a sender that is none is named', () => {
    expect(() => readMailSettings({ SMTP_URL: 'smtp://m', SMTP_FROM: 'a@b.c\r\nBcc: x@y.z' })).toThrow(
      /SMTP_FROM/,
    );
  });
});

test.each([
  ['smtp://bot:secret@mail.example.com:587', true],
  ['smtp://bot:secret@mail.example.com:587?ignoreTLS=true', false],
  ['smtp://mail.example.com', false],
  ['smtp://bot:secret@localhost:25', false],
  ['smtp://bot:secret@[::1]:25', false],
])('%s must be encrypted: %s', (url, expected) => expect(mustEncrypt(url)).toBe(expected));

test.each(['fast', '0', '-1', '0.01'])('SMTP_RATE %s is refused', (rate) =>
  expect(() => readMailSettings({ SMTP_URL: 'smtp://m', SMTP_RATE: rate })).toThrow(/SMTP_RATE/),
);

test('the same delivery has the same name, another has another', () => {
  const name = messageId('schedule|run|a@example.com', 'pulse@example.com');
  expect(name).toBe(messageId('schedule|run|a@example.com', 'pulse@example.com'));
  expect(name).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
  expect(messageId('schedule|run|b@example.com', 'pulse@example.com')).not.toBe(name);
});

test.each([
  ['anna@example.com', true],
  ['анна@пример.рф', true],
  ['a@b@c', false],
  ['a@b, c@d', false],
  ['a@b\r\nRCPT TO:<c@d>', false],
  ['Anna <a@b>', false],
  ['', false],
])('%j as an address: %s', (text, expected) => expect(isAddress(text)).toBe(expected));

test.each([
  [{ code: 'EENVELOPE', responseCode: 550, response: '550 5.1.1 no such user' }, 'refused', /no such user/],
  [
    { code: 'EENVELOPE', responseCode: 451, response: '451 4.7.1 greylisted' },
    'retry',
    /wants it later: 451/,
  ],
  [{ code: 'EMESSAGE', responseCode: 552, response: '552 too\r\nlarge' }, 'refused', /552 too large$/],
  [{ code: 'EAUTH', responseCode: 535 }, 'retry', /user and password in SMTP_URL/],
  [{ code: 'ECONNREFUSED' }, 'retry', /does not take connections/],
  [{ code: 'ETIMEDOUT' }, 'retry', /did not answer in time/],
  // words without a number: no server refused anything
  [{ code: 'EENVELOPE', response: 'HTTP/1.1 200 OK' }, 'retry', /not SMTP \(HTTP/],
  [{ code: 'EENVELOPE' }, 'refused', /address cannot be used/],
  [{}, 'retry', /^Strange$/],
])('%o is judged %s', (error, kind, cause) => {
  const judged = judge(Object.assign(new Error('Strange'), error));
  expect(judged.kind).toBe(kind);
  expect(judged.cause).toMatch(cause);
});
