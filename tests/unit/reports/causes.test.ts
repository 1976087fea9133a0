import { describe, expect, test } from 'vitest';
import { paused } from '../../../src/lib/server/reports/deliveries.ts';
import { closed, noRows } from '../../../src/lib/server/reports/failures.ts';
import { tell } from '../../../src/lib/server/reports/causes.ts';
import { judge } from '../../../src/lib/server/reports/outcome.ts';

const failures = [
  ...[
    'ECONNREFUSED',
    'ENOTFOUND',
    'ETIMEDOUT',
    'ECONNRESET',
    'EPROTOCOL',
    'ETLS',
    'EAUTH',
    'ENOAUTH',
    'EENVELOPE',
  ].map((code) => ({ code })),
  { responseCode: 550, response: '550 5.1.1 no such user' },
  { responseCode: 451, response: '451 4.7.1 later' },
  { response: 'HTTP/1.1 200 OK' },
];
const causes = [
  ...failures.map((failure) => judge(Object.assign(new Error('x'), failure)).cause),
  ...[paused, closed, noRows, 'There is no page "old" any more.', 'Выручка is 5, not above 7.5.'],
  'Given up after 6 tries. The mail server wants it later: 451 4.7.1 later',
];

describe('a cause', () => {
  test.each(causes)('%s is told in Russian', (cause) => {
    expect(tell(cause, 'en')).toBe(cause);
    const [first = ''] = tell(cause, 'ru').split(/[:(]/);
    expect(first.replace(/«.*?»|SMTP\w*/g, '')).not.toMatch(/[A-Za-z]/);
  });

  test('keeps the words of the server', () =>
    expect(tell('Given up after 6 tries. The mail server refuses it: 550 5.1.1 no such user', 'ru')).toBe(
      'Оставлено после 6 попыток. Почтовый сервер отказал: 550 5.1.1 no such user',
    ));

  test('that nobody knows stays as it is', () => expect(tell('Strange', 'ru')).toBe('Strange'));
});
