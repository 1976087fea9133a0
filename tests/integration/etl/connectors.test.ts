import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import writeXlsx from 'write-excel-file/node';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { openCompany, type Company } from './company.ts';

let company: Company;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.database.drop());

describe('a database', () => {
  let crm: Database;
  beforeAll(async () => {
    crm = await createDatabase({ isEmpty: true });
    await crm.query(
      `create table leads (id int primary key, name text, price numeric, changed timestamptz, born timestamp)`,
    );
    await crm.query(`insert into leads values (1, 'A\tb\\n"', 10.50, '2025-01-01 10:00+03', '2025-01-01 10:00'),
      (2, E'line\\nbreak', null, '2025-01-02 10:00+03', '2025-01-02 23:30')`);
  });
  afterAll(() => crm.drop());

  const source = () => `  crm:
    kind: sql
    connection: ${crm.url}
    streams:
      - from: leads
        entity: deals
        key: id
        cursor: changed
        fields: { title: name, amount: price, created_at: born }
`;

  test('is read as it prints its values, from the last cursor on', async () => {
    const [first] = await company.load(source());
    expect(first?.streams[0]).toMatchObject({ is_full: true, read: 2, inserted: 2 });
    const rows = await company.database.query(
      'select title, amount, created_at from core.fct_deals order by source_id',
    );
    expect(rows).toEqual([
      { title: 'A\tb\\n"', amount: '10.50', created_at: new Date('2025-01-01T07:00:00Z') },
      { title: 'line\nbreak', amount: null, created_at: new Date('2025-01-02T20:30:00Z') },
    ]);
    await crm.query(`insert into leads values (3, 'new', 1, '2025-01-03 10:00+03', null)`);
    await crm.query('delete from leads where id = 1');
    const [second] = await company.load(source());
    expect(second?.streams[0]).toMatchObject({
      is_full: false,
      read: 2,
      inserted: 1,
      unchanged: 1,
      deleted: 0,
    });
  });

  test('cannot be written to by a query', async () => {
    const [run] = await company.load(`  evil:
    kind: sql
    connection: ${crm.url}
    streams:
      - query: with d as (delete from leads returning id) select id, id::text as name from d
        entity: products
        key: id
        fields: { name: name }
`);
    expect(run?.status).toBe('failed');
    expect(await crm.query('select count(*)::int as n from leads')).toEqual([{ n: 2 }]);
  });

  test('that does not answer is told of without its password', async () => {
    const [run] = await company.load(
      source().replace(crm.url, 'postgres://u:s3cret@127.0.0.1:1/x').replace('crm:', 'gone:'),
    );
    expect(run).toMatchObject({
      status: 'failed',
      error: 'nothing answers at this address: is the database up?',
    });
  });
});

describe('an API', () => {
  let server: Server;
  let address: string;
  let hits: string[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      hits.push(request.url ?? '');
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const source = (paginate: string) => `  desk:
    kind: rest
    url: ${address}
    auth: { kind: bearer, token: abc }
    streams:
      - from: /tickets
        records: $.data
        paginate: ${paginate}
        entity: complaints
        key: id
        fields: { opened_at: { from: at, format: epoch }, status: state, subject: info.subject }
`;
  const ticket = (id: number) => ({ id, at: 1_700_000_000 + id, state: 'new', info: { subject: `S${id}` } });

  test('is paged, throttled and answered with rows that keep their nested values', async () => {
    hits = [];
    let throttled = false;
    answer = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer abc');
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? '1');
      if (page === 2 && !throttled) {
        throttled = true;
        response.writeHead(429, { 'retry-after': '0' }).end();
        return;
      }
      const data = page === 1 ? [ticket(1), ticket(2)] : [ticket(3)];
      response.end(JSON.stringify({ data, next: page === 1 ? '/api/v1/tickets?page=2' : null }));
    };
    const [run] = await company.load(source('{ kind: next_url, path: next }'));
    expect(run?.streams[0]).toMatchObject({ read: 3, inserted: 3 });
    expect(hits).toEqual(['/api/v1/tickets', '/api/v1/tickets?page=2', '/api/v1/tickets?page=2']);
    const rows = await company.database.query(
      'select subject, opened_at from core.fct_complaints order by source_id limit 1',
    );
    expect(rows).toEqual([{ subject: 'S1', opened_at: new Date(1_700_000_001_000) }]);
  });

  test('that answers a page with HTML keeps the last good data', async () => {
    answer = (_, response) => response.end('<html>maintenance</html>');
    const [run] = await company.load(source('{ kind: next_url, path: next }'));
    expect(run).toMatchObject({ status: 'failed', error: expect.stringContaining('not JSON') });
    expect(
      await company.database.query('select count(*)::int as n from core.fct_complaints where not is_deleted'),
    ).toEqual([{ n: 3 }]);
  });

  test('does not get our token sent to another host', async () => {
    answer = (_, response) =>
      response.end(JSON.stringify({ data: [ticket(1)], next: 'http://127.0.0.2:1/steal' }));
    const [run] = await company.load(source('{ kind: next_url, path: next }'));
    expect(run?.error).toContain('another host');
  });

  test('that never stops giving the same page is left', async () => {
    answer = (_, response) => response.end(JSON.stringify({ data: [ticket(1)], next: '/api/v1/tickets' }));
    const [run] = await company.load(source('{ kind: next_url, path: next }'));
    expect(run?.error).toContain('read already');
  });

  test('pages by offset until a page is short', async () => {
    hits = [];
    answer = (request, response) => {
      const offset = Number(new URL(request.url ?? '', 'http://x').searchParams.get('offset'));
      response.end(JSON.stringify({ data: [1, 2, 3].slice(offset, offset + 2).map(ticket) }));
    };
    const [run] = await company.load(source('{ kind: offset, limit: 2 }'));
    expect(run?.streams[0]).toMatchObject({ read: 3, unchanged: 3 });
    expect(hits).toHaveLength(2);
  });
});

describe('files of other kinds', () => {
  test('a workbook gives typed cells, JSON Lines nested values and broken lines', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'pulse-xlsx-')), 'plans.xlsx');
    await writeXlsx([
      [{ value: 'Месяц' }, { value: 'Показатель' }, { value: 'План' }],
      [
        { value: new Date(Date.UTC(2025, 0, 1)), type: Date, format: 'dd.mm.yyyy' },
        { value: 'won_amount' },
        { value: 1234.5 },
      ],
      [{ value: '2025-02' }, { value: 'won_amount' }, { value: 10 }],
    ] as never).toFile(file);
    company.write('people.jsonl', '{"id":7,"name":"Я","contact":{"mail":"a@b.ru"}}\n{oops\n');
    const runs = await company.load(`  plans:
    kind: files
    path: ${file}
    streams:
      - entity: plans
        fields: { month: Месяц, metric: Показатель, scope_kind: { value: company }, target: План }
  people:
    kind: files
    path: people.jsonl
    streams:
      - entity: employees
        key: id
        fields: { name: name, email: contact.mail }
`);
    expect(runs[0]?.streams[0]).toMatchObject({ read: 2, inserted: 2 });
    expect(await company.database.query('select month::text, target from core.fct_plans order by 1')).toEqual(
      [
        { month: '2025-01-01', target: '1234.5' },
        { month: '2025-02-01', target: '10' },
      ],
    );
    expect(runs[1]?.streams[0]).toMatchObject({ read: 2, inserted: 1, quarantined: 1 });
    expect(
      await company.database.query(`select email from core.dim_employees where source = 'people'`),
    ).toEqual([{ email: 'a@b.ru' }]);
    expect(
      await company.database.query(`select position, reason from ops.quarantine where source = 'people'`),
    ).toEqual([{ position: 'people.jsonl:2', reason: 'not JSON: {oops' }]);
  });
});
