import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCompany, type Company } from './company.ts';
import { startServer } from './rest-server.ts';
import { startStorage } from './remote-storage.ts';

let company: Company;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.database.drop());

const products = (name: string) =>
  company.database.query<{ id: string; name: string }>(
    'select source_id as id, name from core.dim_products where source = $1 and not is_deleted order by 1',
    [name],
  );
const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('pulse-remote-'));

async function load(name: string, path: string, more = '', streams = ['']) {
  const before = left();
  const [run] = await company.load(`  ${name}:
    kind: files
    path: ${path}
${more ? `    ${more}\n` : ''}    streams:
${streams.map((from, i) => `      - { ${from ? `from: "${from}", ` : ''}${i ? `name: more${i}, ` : ''}entity: products, key: id, fields: { name: name } }\n`).join('')}`);
  // Copies of what a company has do not stay behind.
  expect(left().filter((folder) => !before.includes(folder))).toEqual([]);
  return run;
}

describe('a file behind an address', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let content = 'id;name\n1;Ёлка\n2;b\n';
  beforeAll(async () => {
    server = await startServer((_, response) => response.end(content));
  });
  afterAll(() => server.stop());
  const whole = (response: ServerResponse, etag: string) =>
    response.writeHead(200, { etag, 'content-length': Buffer.byteLength(content) });

  test('is fetched once for all streams, with headers, and read as any file', async () => {
    server.answer((request, response) => {
      expect(request.headers['x-key']).toBe('abc');
      response
        .writeHead(200, { etag: '"v1"', 'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT' })
        .end(content);
    });
    const run = await load('web', `${server.url}/export/a%20b.csv?sig=1`, 'headers: { x-key: abc }', [
      '',
      '*.csv',
    ]);
    expect(run).toMatchObject({ status: 'succeeded', streams: [{ read: 2 }, { read: 2 }] });
    expect(server.hits.map(({ url }) => url)).toEqual(['/export/a%20b.csv?sig=1']);
    expect(await products('web')).toEqual([
      { id: '1', name: 'Ёлка' },
      { id: '2', name: 'b' },
    ]);
    const [row] = await company.database.query(
      `select detected -> 'copied' -> 'a b.csv' as copied from ops.run_streams order by run_id desc limit 1`,
    );
    expect(row?.copied).toEqual({
      bytes: Buffer.byteLength(content),
      etag: '"v1"',
      modified: 'Wed, 01 Jan 2025 00:00:00 GMT',
    });
  });

  test('is unpacked where its name says so', async () => {
    server.answer((_, response) => response.end(gzipSync(content)));
    expect(await load('packed', `${server.url}/a.csv.gz`)).toMatchObject({
      status: 'succeeded',
      streams: [{ read: 2 }],
    });
  });

  const drop = (response: ServerResponse, bytes: number): void => {
    response.write(Buffer.from(content).subarray(0, bytes));
    setTimeout(() => response.destroy(), 100);
  };
  const ranges = () => server.hits.map(({ headers }) => [headers.range, headers['if-range']]);

  test('goes on where its transfer broke', async () => {
    content = `id;name\n${Array.from({ length: 5000 }, (_, i) => `${i};n${i}\n`).join('')}`;
    server.answer((request, response) => {
      if (server.hits.length === 1) return drop(whole(response, '"v1"'), 20_000);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
      const part = Buffer.from(content).subarray(from);
      response
        .writeHead(206, {
          etag: '"v1"',
          'content-length': part.length,
          'content-range': `bytes ${from}-${from + part.length - 1}/*`,
        })
        .end(part);
    });
    expect(await load('broken', `${server.url}/a.csv`)).toMatchObject({
      status: 'succeeded',
      streams: [{ read: 5000 }],
    });
    expect(ranges()).toEqual([
      [undefined, undefined],
      ['bytes=20000-', '"v1"'],
    ]);
    expect(await products('broken')).toHaveLength(5000);
  });

  test('begins again where it has changed in between, so that two versions never mix', async () => {
    content = `id;name\n${'1;old\n'.repeat(3000)}`;
    server.answer((request, response) => {
      if (server.hits.length === 1) {
        drop(whole(response, '"v1"'), 10_000);
        content = 'id;name\n7;new\n';
        return;
      }
      expect(request.headers['if-range']).toBe('"v1"');
      whole(response, '"v2"').end(content);
    });
    expect(await load('changed', `${server.url}/a.csv`)).toMatchObject({ streams: [{ read: 1 }] });
    expect(await products('changed')).toEqual([{ id: '7', name: 'new' }]);
  });

  test('without a mark, or with a weak one, is never put together from parts', async () => {
    content = `id;name\n${'1;old\n'.repeat(3000)}`;
    for (const headers of [{}, { etag: 'W/"v1"' }]) {
      server.answer((_, response) => {
        response.writeHead(200, { ...headers, 'content-length': content.length });
        if (server.hits.length === 1) drop(response, 10_000);
        else response.end(content);
      });
      expect(await load('unmarked', `${server.url}/a.csv`)).toMatchObject({ streams: [{ read: 3000 }] });
      expect(ranges()[1]).toEqual([undefined, undefined]);
    }
  });

  test('that is a page for people, too large, or on another host is refused; what was loaded stays', async () => {
    content = 'id;name\n1;a\n';
    server.answer((_, response) => response.end(content));
    await load('kept', `${server.url}/a.csv`);
    const cases: [(request: IncomingMessage, response: ServerResponse) => unknown, string][] = [
      [
        (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
        'a.csv is an HTML page',
      ],
      [(_, response) => response.end('x'.repeat(3 << 20)), 'more than 2 MB'],
      [
        (_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/a.csv' }).end(),
        'another host',
      ],
      [(_, response) => response.writeHead(403).end('s3cret'), 'a.csv answered 403'],
    ];
    for (const [answer, error] of cases) {
      server.answer(answer);
      const run = await load('kept', `${server.url}/a.csv?token=s3cret`, 'max_download_mb: 2');
      expect(run).toMatchObject({ status: 'failed', error: expect.stringContaining(error) as string });
      expect(run?.error).not.toContain('s3cret');
    }
    expect((await load('kept', 'http://169.254.169.254/a.csv'))?.error).toContain('link-local');
    expect(await products('kept')).toHaveLength(1);
  });
});

describe('a storage that speaks S3', () => {
  const objects = new Map([
    ['crm/2025/deals 1+2.csv', 'id,name\n1,a\n'],
    ['crm/2025/deals-Я&b.csv', 'id,name\n2,b\n'],
    ['crm/2025/deals-3.csv', 'id,name\n3,c\n'],
    ['crm/2025/people.csv', 'id,name\n9,p\n'],
    ['crm/2024/deals-0.csv', 'id,name\n0,z\n'],
    ['crm/2025/', ''],
    ['other.csv', 'id,name\n8,o\n'],
  ]);
  let storage: Awaited<ReturnType<typeof startStorage>>;
  beforeAll(async () => {
    storage = await startStorage(objects);
  });
  afterAll(() => storage.stop());
  const access = (secret = storage.key.secret) =>
    `endpoint: ${storage.url}\n    region: ${storage.key.region}\n    key_id: ${storage.key.id}\n    secret: ${secret}`;
  const ids = async (name: string) => (await products(name)).map(({ id }) => id);

  test.each([
    ['a glob', 's3://exports/crm/2025/deals*.csv', ['1', '2', '3']],
    ['a folder', 's3://exports/crm/2025/', ['1', '2', '3', '9']],
    ['one object', 's3://exports/other.csv', ['8']],
    ['folders at any depth', 's3://exports/crm/**/deals-*.csv', ['0', '2', '3']],
  ])('gives the files of %s, each request signed', async (name, path, expected) => {
    const source = `s3_${name.replaceAll(' ', '_')}`;
    expect(await load(source, path, access())).toMatchObject({
      status: 'succeeded',
      streams: [{ read: expected.length }],
    });
    expect(await ids(source)).toEqual(expected);
  });

  test('fetches only what a stream wants', async () => {
    storage.hits.length = 0;
    expect(await load('s3_some', 's3://exports/crm/2025', access(), ['people.csv'])).toMatchObject({
      streams: [{ read: 1 }],
    });
    expect(storage.hits.filter(({ url }) => url.includes('deals'))).toEqual([]);
  });

  test('notices a file that was replaced; of one that vanished the rows are kept until that is confirmed', async () => {
    const live = () => load('s3_live', 's3://exports/crm/2025/deals-*.csv', access());
    await live();
    objects.set('crm/2025/deals-3.csv', 'id,name\n4,new\n');
    await live();
    expect(await ids('s3_live')).toEqual(['2', '4']);
    objects.delete('crm/2025/deals-Я&b.csv');
    expect((await live())?.warnings[0]).toContain('deals-Я&b.csv is gone');
    expect(await ids('s3_live')).toEqual(['2', '4']);
    const [run] = await company.again({ acceptDeletions: true });
    expect(run?.warnings).toEqual([]);
    expect(await ids('s3_live')).toEqual(['4']);
  });

  test('refuses a wrong key, and tells of nothing secret', async () => {
    const run = await load('s3_wrong', 's3://exports/other.csv', access('wr0ng'));
    expect(run).toMatchObject({
      status: 'failed',
      error: 'bucket exports answered 403: check address and rights',
    });
    expect((await load('s3_none', 's3://exports/nothing*.csv', access()))?.error).toBe(
      'no file at s3://exports/nothing*.csv',
    );
    storage.meddle((_, response) => response.end('<html>'));
    expect((await load('s3_html', 's3://exports/other.csv', access()))?.error).toContain('no list of files');
    storage.meddle(null);
    await expect(load('s3_half', 's3://exports/other.csv', 'key_id: abc')).rejects.toThrow(
      'both «key_id» and «secret»',
    );
  });
});
