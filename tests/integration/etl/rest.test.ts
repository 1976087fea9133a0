import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRetryAfter } from '../../../etl/connectors/remote/call.ts';
import { parseExactly } from '../../../etl/connectors/rest/exact.ts';
import { formatSince } from '../../../etl/connectors/rest/since.ts';
import { openCompany, type Company } from './company.ts';
import { send, startServer } from './rest-server.ts';

let company: Company;
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  company = await openCompany();
  server = await startServer((_, response) => send(response, []));
});
afterAll(async () => {
  await server.stop();
  await company.database.drop();
});

const row = (id: unknown, at = '2025-01-01T00:00:00Z') => ({ id, at, name: `N${String(id)}` });

/** A source of products; `more` is what the test is about. */
function source(name: string, more = '', stream = '', url = server.url): string {
  return `  ${name}:
    kind: rest
    url: ${url}
${more ? `    ${more}\n` : ''}    streams:
      - from: items
        entity: products
        key: id
        fields: { name: name, category: '@color' }
${stream ? `        ${stream}\n` : ''}`;
}
const load = async (...args: Parameters<typeof source>) => (await company.load(source(...args)))[0];
const ids = async (name: string) =>
  (
    await company.database.query<{ id: string }>(
      'select source_id as id from core.dim_products where source = $1 and not is_deleted order by 1',
      [name],
    )
  ).map(({ id }) => id);

describe('OAuth2', () => {
  const auth = (more = '') =>
    `auth: { kind: oauth2, token_url: '${server.url}/token', client_id: me, client_secret: s3cret%/, scope: read${more} }`;

  test('a client gets a token once, and another when the first one expires within the run', async () => {
    let issued = 0;
    let expired = false;
    server.answer((request, response, body) => {
      if (request.url === '/token') {
        expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
          grant_type: 'client_credentials',
          client_id: 'me',
          client_secret: 's3cret%/',
          scope: 'read',
        });
        return send(response, { access_token: `t${++issued}`, expires_in: 3600 });
      }
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      if (page === 2) expired = true;
      if (request.headers.authorization !== (expired ? 'Bearer t2' : 'Bearer t1'))
        return response.writeHead(401).end();
      send(response, page <= 3 ? [row(page)] : []);
    });
    expect(await load('oauth', auth(), 'paginate: { kind: page }')).toMatchObject({
      status: 'succeeded',
      streams: [{ read: 3 }],
    });
    expect(issued).toBe(2);
  });

  test('a refresh token is exchanged, the next one used after it, a short token renewed by its own clock', async () => {
    const used: (string | null)[] = [];
    server.answer((request, response, body) => {
      if (request.url === '/token') {
        expect(request.headers.authorization).toBe(
          `Basic ${Buffer.from('me:s3cret%25%2F').toString('base64')}`,
        );
        used.push(new URLSearchParams(body).get('refresh_token'));
        return send(response, {
          access_token: `a${used.length}`,
          expires_in: 0.2,
          refresh_token: `r${used.length}`,
        });
      }
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      expect(request.headers.authorization).toBe(`Bearer a${used.length}`);
      setTimeout(() => send(response, page <= 2 ? [row(page)] : []), 150);
    });
    const run = await load(
      'refreshed',
      auth(', refresh_token: r0, credentials: header'),
      'paginate: { kind: page }',
    );
    expect(run).toMatchObject({ status: 'succeeded', streams: [{ read: 2 }] });
    expect(used).toEqual(['r0', 'r1', 'r2']);
  });

  test('a refresh token that each use replaces outlives the run, sealed, until the configuration names another', async () => {
    process.env.PULSE_SECRET ??= 'the secret of this installation';
    let valid = 'first';
    let issued = 0;
    let isDown = false;
    server.answer((request, response, body) => {
      if (request.url !== '/token') return isDown ? response.writeHead(404).end() : send(response, [row(1)]);
      if (new URLSearchParams(body).get('refresh_token') !== valid) return response.writeHead(400).end();
      valid = `rotated-${++issued}`;
      send(response, { access_token: 'a', refresh_token: valid });
    });
    const rotate = (first: string) => load('rotated', auth(`, refresh_token: ${first}`));
    expect((await rotate('first'))?.status).toBe('succeeded');
    isDown = true;
    expect((await rotate('first'))?.error).toContain('404');
    isDown = false;
    expect((await rotate('first'))?.status).toBe('succeeded');
    expect(issued).toBe(3);
    const kept = await company.database.query(`select * from ops.cursors where source = 'rotated'`);
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toMatch(/rotated-|first/);
    valid = 'second';
    expect((await rotate('second'))?.status).toBe('succeeded');
    expect((await rotate('second'))?.status).toBe('succeeded');
  });

  test('a token that is refused again ends the run, without the secret in its error', async () => {
    server.answer((request, response) =>
      request.url === '/token'
        ? send(response, { access_token: 't0k3n' })
        : response.writeHead(401).end('t0k3n s3cret'),
    );
    const run = await load('refused', auth());
    expect(run).toMatchObject({ status: 'failed', error: 'items answered 401: check address and rights' });
    expect(server.hits.map(({ url }) => url)).toEqual(['/token', '/items', '/token', '/items']);
    server.answer((_, response) => response.writeHead(400).end('{"client_secret":"s3cret%/"}'));
    expect((await load('refused', auth()))?.error).toBe('token_url answered 400: check address and rights');
  });
});

test('XML is read with attributes, one row as a list of one, numbers as they are written', async () => {
  const items = [
    '<item color="red"><id>007</id><name>A &amp; B &#1071;</name></item><item><id>2.50</id><name>C</name></item>',
    '<item><id>3</id><name>D</name></item>',
    '',
  ];
  server.answer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    send(
      response,
      `<?xml version="1.0"?><data><items>${items[page - 1] ?? ''}</items></data>`,
      'text/xml; charset=utf-8',
    );
  });
  const run = await load('xml', '', 'records: $.data.items.item\n        paginate: { kind: page }');
  expect(run).toMatchObject({ status: 'succeeded', streams: [{ read: 3 }] });
  expect(
    await company.database.query(
      `select source_id, name, category from core.dim_products where source = 'xml' order by 1`,
    ),
  ).toEqual([
    { source_id: '007', name: 'A & B Я', category: 'red' },
    { source_id: '2.50', name: 'C', category: null },
    { source_id: '3', name: 'D', category: null },
  ]);
  for (const bad of ['<data><items>', '<!DOCTYPE d [<!ENTITY a "b">]><data>&a;</data>']) {
    server.answer((_, response) => send(response, bad, 'application/xml'));
    expect((await load('xml', '', 'records: $.data.items.item'))?.error).toContain('not XML');
  }
  expect(await ids('xml')).toHaveLength(3);
});

test('requests keep the pace that was asked for', async () => {
  server.answer((request, response) =>
    send(response, request.url?.endsWith('page=5') ? [] : [row(request.url)]),
  );
  const run = await load('paced', 'rate: { per_second: 10 }', 'paginate: { kind: page }');
  expect(run?.streams[0]?.read).toBe(4);
  // a busy machine makes single ones late, never all of them early
  const [first, last] = [server.hits[0], server.hits.at(-1)];
  expect(server.hits).toHaveLength(5);
  expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(4 * 80);
});

test('a POST carries its body, pages within it, and the cursor in the form the API wants', async () => {
  server.answer((_, response, body) => {
    const { Page } = JSON.parse(body) as { Page: { Offset: number } };
    send(response, {
      data: [row(1), row(2, '2025-03-01T12:00:00+03:00'), row(3)].slice(Page.Offset, Page.Offset + 2),
    });
  });
  const stream = `method: POST
        body: { filter: { after: "{since}" }, Page: { Limit: 0 } }
        parameters_in: body
        paginate: { kind: offset, parameter: Page.Offset, limit_parameter: Page.Limit, limit: 2 }
        records: data
        cursor: at
        since_format: epoch_ms
        since_start: 2020-01-01`;
  expect((await load('posted', '', stream))?.streams[0]).toMatchObject({
    read: 3,
    inserted: 3,
    is_full: true,
  });
  expect(server.hits.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([
    ['POST', { filter: { after: '1577836800000' }, Page: { Limit: 2, Offset: 0 } }],
    ['POST', { filter: { after: '1577836800000' }, Page: { Limit: 2, Offset: 2 } }],
  ]);
  server.hits.length = 0;
  expect((await load('posted', '', stream))?.streams[0]).toMatchObject({ is_full: false, deleted: 0 });
  expect(JSON.parse(server.hits[0]?.body ?? '')).toMatchObject({ filter: { after: '1740819600000' } });
});

test('the cursor is written in any form of time', () => {
  const at = '2025-03-01T12:00:00+03:00';
  expect(formatSince(at, undefined, 'UTC')).toBe(at);
  expect(formatSince(at, 'epoch', 'UTC')).toBe('1740819600');
  expect(formatSince(at, 'iso', 'UTC')).toBe('2025-03-01T09:00:00Z');
  expect(formatSince('1740819600', 'dd.MM.yyyy HH:mm', 'Europe/Moscow')).toBe('01.03.2025 12:00');
  expect(formatSince('2025-03-01 12:00:00', 'epoch', 'Europe/Moscow')).toBe('1740819600');
  expect(() => formatSince('abc', 'epoch', 'UTC')).toThrow('not a time');
});

test('a list below each row of another list is read, each row with the id it lies below', async () => {
  server.answer((request, response) => {
    if (request.url?.startsWith('/parents?'))
      return send(response, request.url.endsWith('2') ? [] : [{ no: 'a/b' }, { no: 7 }]);
    send(response, [{ id: `${request.url}`, name: 'x' }]);
  });
  const run = await company.load(
    source('nested', '', 'for_each: { from: parents, id: no, paginate: { kind: page } }')
      .replace('from: items', 'from: parents-of/{parent}/items')
      .replace("'@color'", '_parent_id'),
  );
  expect(run[0]).toMatchObject({ status: 'succeeded', streams: [{ read: 2 }] });
  expect(
    await company.database.query(
      `select source_id, category from core.dim_products where source = 'nested' order by 1`,
    ),
  ).toEqual([
    { source_id: '/parents-of/7/items', category: '7' },
    { source_id: '/parents-of/a%2Fb/items', category: 'a/b' },
  ]);
});

describe('a server that misbehaves', () => {
  test('is asked again when the connection drops within an answer', async () => {
    server.answer((_, response) => {
      if (server.hits.length > 1) return send(response, [row(1), row(2)]);
      response.writeHead(200, { 'content-length': 1000 });
      response.write('[{"id":1,"name":"half');
      setTimeout(() => response.destroy(), 50);
    });
    expect(await load('dropped')).toMatchObject({ status: 'succeeded', streams: [{ read: 2 }] });
    expect(server.hits).toHaveLength(2);
  });

  test.each([
    ['seconds', () => '2', 2000],
    ['a date', () => new Date(Date.now() + 3000).toUTCString(), 1900],
  ])('gets the pause that it asks for in %s', async (_, header, least) => {
    server.answer((_, response) => {
      if (server.hits.length > 1) return send(response, [row(1)]);
      response.writeHead(429, { 'retry-after': header() }).end();
    });
    expect(await load('throttled')).toMatchObject({ status: 'succeeded' });
    expect((server.hits[1]?.at ?? 0) - (server.hits[0]?.at ?? 0)).toBeGreaterThanOrEqual(least);
  });

  test('is left when it asks for hours', async () => {
    server.answer((_, response) => response.writeHead(503, { 'retry-after': '7200' }).end());
    expect((await load('throttled'))?.error).toBe(
      'items answered 503 and asks to wait 7200 s; the next run tries again',
    );
    expect(readRetryAfter('soon')).toBeNull();
  });

  test('that answers with a page for people keeps the last good data', async () => {
    server.answer((_, response) => send(response, [row(1), row(2)]));
    await load('good');
    server.answer((_, response) => send(response, '<!doctype html><p>s3cret</p>', 'text/html'));
    expect((await load('good'))?.error).toBe('items answered with something that is not JSON: an HTML page');
    expect(await ids('good')).toEqual(['1', '2']);
  });

  test('that answers without an end is left at the limit', async () => {
    server.answer((_, response) => {
      const pour = setInterval(() => response.write('x'.repeat(1 << 18)), 1);
      response.on('close', () => clearInterval(pour));
    });
    expect((await load('endless', 'max_answer_mb: 2'))?.error).toContain('more than 2 MB');
    expect(server.hits).toHaveLength(1);
  });
});

describe('credentials and addresses', () => {
  const auth = 'auth: { kind: header, name: x-key, value: s3cret }';

  test('a redirect is followed on the same host, and on no other', async () => {
    server.answer((request, response) => {
      if (request.url === '/items') return response.writeHead(302, { location: '/moved' }).end();
      expect(request.headers['x-key']).toBe('s3cret');
      send(response, [row(1)]);
    });
    expect(await load('moved', auth)).toMatchObject({ status: 'succeeded', streams: [{ read: 1 }] });
    const other = await startServer((_, response) => send(response, [row(1)]));
    for (const location of [`${other.url}/items`, 'http://169.254.169.254/latest']) {
      server.answer((_, response) => response.writeHead(302, { location }).end());
      expect((await load('stolen', auth))?.error).toBe(
        '/items redirects to another host; it is not followed'.slice(1),
      );
    }
    expect(other.hits).toEqual([]);
    await other.stop();
  });

  test('an address with a secret in it is not repeated by an error', async () => {
    server.answer((_, response) => response.writeHead(500).end());
    const { port } = server;
    await server.stop();
    const run = await load('hidden', '', '', `http://127.0.0.1:${port}/rest/1/s3cret`);
    expect(run?.error).toBe('items cannot be reached (ECONNREFUSED), 5 times; the next run tries again');
    server = await startServer((_, response) => send(response, []));
  }, 60_000);
});

test('a number that JavaScript would round stays as it is written', () => {
  expect(
    parseExactly(
      '{"a":12345678901234567890,"b":"12345678901234567890 \\" 1234567890123456789","c":[0.12345678901234567,1]}',
    ),
  ).toEqual({
    a: '12345678901234567890',
    b: '12345678901234567890 " 1234567890123456789',
    c: ['0.12345678901234567', 1],
  });
});
