import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askForNext } from '../../../etl/connectors/rest/paging.ts';
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

const row = (id: number, at = '2025-01-01') => ({ id, at, name: `N${id}` });
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
const query = ({ url }: IncomingMessage) => new URL(url ?? '', 'http://x').searchParams;

async function load(name: string, stream: string, more = '') {
  const [run] = await company.load(`  ${name}:
    kind: rest
    url: ${server.url}
${more}    streams:
      - from: items
        entity: products
        key: id
        fields: { name: name }
        ${stream}
`);
  return { error: run?.error ?? null, ...run?.streams[0] };
}

describe('every way to page reads all and asks no further', () => {
  const all = rows(1, 7);
  test.each<[string, string, (query: URLSearchParams) => { body: unknown; link?: string }]>([
    [
      'page',
      'paginate: { kind: page, size: 3, size_parameter: size }',
      (q) => ({ body: all.slice((Number(q.get('page')) - 1) * 3, Number(q.get('page')) * 3) }),
    ],
    [
      'offset',
      'paginate: { kind: offset, limit: 3 }',
      (q) => ({ body: all.slice(Number(q.get('offset')), Number(q.get('offset')) + Number(q.get('limit'))) }),
    ],
    [
      'cursor',
      'records: data\n        paginate: { kind: cursor, parameter: after, path: next }',
      (q) => {
        const at = Number(q.get('after') ?? 0);
        return { body: { data: all.slice(at, at + 3), next: at + 3 < 7 ? String(at + 3) : null } };
      },
    ],
    [
      'link_header',
      'paginate: { kind: link_header }',
      (q) => {
        const at = Number(q.get('at') ?? 0);
        const next = `<${server.url}/items?at=${at + 3}>; rel="next", <${server.url}/items>; rel="first"`;
        return { body: all.slice(at, at + 3), ...(at + 3 < 7 && { link: next }) };
      },
    ],
    [
      'next_url',
      'records: data\n        paginate: { kind: next_url, path: links.next, more: meta.has_more }',
      (q) => {
        const at = Number(q.get('at') ?? 0);
        // The last page names a next one all the same, and says that there is none.
        return {
          body: {
            data: all.slice(at, at + 3),
            links: { next: `/items?at=${at + 3}` },
            meta: { has_more: at + 3 < 7 },
          },
        };
      },
    ],
    [
      'next_url_with_end',
      'records: data\n        paginate: { kind: next_url, path: after_url, end: end_of_stream }',
      (q) => {
        const at = Number(q.get('at') ?? 0);
        return {
          body: { data: all.slice(at, at + 3), after_url: `/items?at=${at + 3}`, end_of_stream: at + 3 >= 7 },
        };
      },
    ],
  ])('%s', async (kind, stream, answer) => {
    server.answer((request, response) => {
      const { body, link } = answer(query(request));
      if (link) response.setHeader('link', link);
      send(response, body);
    });
    expect(await load(`by_${kind}`, stream)).toMatchObject({ error: null, read: 7, inserted: 7 });
    expect(server.hits).toHaveLength(3);
  });
});

describe('a list that does not keep to what was asked', () => {
  test('gives fewer rows a page than were asked for: the rest is not left behind', async () => {
    server.answer((request, response) => {
      const at = Number(query(request).get('offset'));
      send(response, rows(1, 25).slice(at, at + 10));
    });
    expect(await load('capped', 'paginate: { kind: offset, limit: 500 }')).toMatchObject({
      read: 25,
      inserted: 25,
    });
  });

  test('says «not found» behind its last page', async () => {
    server.answer((request, response) => {
      const page = Number(query(request).get('page'));
      if (page > 2) return response.writeHead(404).end('{"detail":"Invalid page."}');
      send(response, rows(page * 10, page * 10 + 9));
    });
    expect(await load('strict', 'paginate: { kind: page }')).toMatchObject({ error: null, read: 20 });
    server.answer((_, response) => response.writeHead(404).end());
    expect((await load('strict', 'paginate: { kind: page }')).error).toBe(
      'items answered 404: check address and rights',
    );
  });

  test('gives all at once, whatever page is asked for', async () => {
    server.answer((_, response) => send(response, rows(1, 4)));
    expect(await load('at_once', 'paginate: { kind: offset, limit: 100 }')).toMatchObject({
      error: null,
      read: 4,
    });
  });

  test('grows at its front while it is read: what comes twice is counted as a duplicate', async () => {
    let list = rows(1, 9);
    server.answer((request, response) => {
      const at = Number(query(request).get('offset'));
      send(response, { total: list.length, data: list.slice(at, at + 3) });
      list = [row(100 + list.length), ...list];
    });
    const run = await load('growing', 'records: data\n        paginate: { kind: offset, limit: 3 }');
    expect(run).toMatchObject({ error: null, inserted: 9, quarantined: 0 });
    expect(run.read).toBe(9 + (run.duplicate ?? 0));
    expect(run.duplicate).toBeGreaterThan(0);
  });
});

describe('a list without an end is left', () => {
  test('when it leads back', async () => {
    server.answer((request, response) => {
      const at = query(request).get('after') ?? 'a';
      send(response, { data: [row(at.charCodeAt(0))], next: { a: 'b', b: 'c', c: 'b' }[at] });
    });
    const { error } = await load(
      'round',
      'records: data\n        paginate: { kind: cursor, parameter: after, path: next }',
    );
    expect(error).toBe('items answers with a next page that was read already');
    expect(server.hits).toHaveLength(3);
  });

  test('when the same page comes under ever new cursors', async () => {
    let n = 0;
    server.answer((_, response) => send(response, { data: rows(1, 3), next: `c${++n}` }));
    const { error } = await load(
      'same',
      'records: data\n        paginate: { kind: cursor, parameter: after, path: next }',
    );
    expect(error).toBe('items answers with the same page again; does it know the paging parameter?');
    expect(server.hits).toHaveLength(2);
  });

  test('when ever new rows come', async () => {
    let n = 0;
    server.answer((_, response) => send(response, { data: [row(++n)], next: `c${n}` }));
    const stream =
      'records: data\n        max_pages: 20\n        paginate: { kind: cursor, parameter: after, path: next }';
    expect((await load('endless', stream)).error).toBe(
      'items goes on after 20 pages; raise max_pages if it really has more',
    );
    expect(server.hits).toHaveLength(20);
    expect(await company.database.query(`select from core.dim_products where source = 'endless'`)).toEqual(
      [],
    );
  });
});

describe('what a later load asks for', () => {
  test('days before the cursor are read again, and today is a value', async () => {
    server.answer((_, response) => send(response, { data: [row(1, '2025-03-10'), row(2, '2025-03-20')] }));
    const stream = `query: { range: '{since}..{today}' }
        records: data
        cursor: at
        since_start: 2025-01-01
        lookback_days: 7`;
    expect(await load('ads', stream)).toMatchObject({ inserted: 2, is_full: true });
    const today = new Date().toISOString().slice(0, 10);
    expect(decodeURIComponent(server.hits[0]?.url ?? '')).toBe(`/items?range=2025-01-01..${today}`);
    server.answer((_, response) => send(response, { data: [row(2, '2025-03-20'), row(3, '2025-03-19')] }));
    expect(await load('ads', stream)).toMatchObject({
      inserted: 1,
      unchanged: 1,
      deleted: 0,
      is_full: false,
    });
    expect(decodeURIComponent(server.hits[0]?.url ?? '')).toBe(`/items?range=2025-03-13..${today}`);
  });

  test('an answer without the list is an error, unless the list may be left out', async () => {
    server.answer((_, response) => send(response, { fieldMask: 'id' }));
    expect((await load('silent', 'records: $.results')).error).toBe('items has no list of rows at $.results');
    expect(await load('silent', 'records: $.results?')).toMatchObject({ error: null, read: 0 });
  });

  test('rows below a list know the row that they lie below', async () => {
    server.answer((request, response) => {
      if (request.url?.startsWith('/groups'))
        return send(response, {
          list: [
            { no: 0, title: 'First' },
            { no: 9, title: 'Ninth' },
          ],
        });
      send(response, { data: [{ id: Number(query(request).get('group')) }] });
    });
    const stream = `query: { group: '{parent}' }
        records: data
        for_each: { from: groups, id: no, records: 'list[no=9]' }`;
    const [run] = await company.load(`  below:
    kind: rest
    url: ${server.url}
    streams:
      - from: items
        entity: products
        key: id
        fields: { name: _parent.title }
        ${stream}
`);
    expect(run?.streams[0]).toMatchObject({ read: 1, inserted: 1 });
    const [found] = await company.database.query(
      `select source_id, name from core.dim_products where source = 'below'`,
    );
    expect(found).toEqual({ source_id: '9', name: 'Ninth' });
  });
});

test('a next page on another host gets none of our credentials', () => {
  const at = { url: new URL('https://crm.example/items'), body: undefined };
  const page = {
    document: { next: 'https://evil.example/items' },
    link: null,
    ask: at,
    page: 1,
    count: 1,
    got: 1,
    largest: 1,
  };
  const stream = { from: 'items', paginate: { kind: 'next_url', path: 'next' } } as Parameters<
    typeof askForNext
  >[1];
  expect(() => askForNext(at, stream, page)).toThrow('another host');
});
