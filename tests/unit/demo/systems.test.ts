import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHelpdesk } from '../../../demo/systems.ts';

const folder = mkdtempSync(join(tmpdir(), 'pulse-helpdesk-'));
const tickets = join(folder, 'helpdesk', 'tickets.jsonl');
const write = (count: number): void => {
  const rows = Array.from({ length: count }, (_, i) => ({
    id: i,
    updated_at: new Date(i * 1000).toISOString(),
  }));
  writeFileSync(tickets, rows.map((row) => JSON.stringify(row) + '\n').join(''));
};
let helpdesk: Awaited<ReturnType<typeof startHelpdesk>>;
const get = (path: string, token = 'secret'): Promise<Response> =>
  fetch(new URL(path, helpdesk.url), { headers: { authorization: `Bearer ${token}` } });

beforeAll(async () => {
  mkdirSync(join(folder, 'helpdesk'));
  write(7);
  writeFileSync(join(folder, 'helpdesk', 'answers.jsonl'), '{"answer_id":"a","score":9}\n');
  helpdesk = await startHelpdesk({ folder, token: 'secret' });
});
afterAll(async () => {
  await helpdesk.close();
  rmSync(folder, { recursive: true });
});

describe('helpdesk', () => {
  test('listens on loopback only', () => expect(helpdesk.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/));

  test('pages lead to each other and end', async () => {
    const ids: number[] = [];
    let next: string | null = '/tickets?per_page=3';
    let pages = 0;
    while (next !== null) {
      const body = (await (await get(next)).json()) as { data: { id: number }[]; next: string | null };
      ids.push(...body.data.map((row) => row.id));
      next = body.next;
      pages++;
    }
    expect(pages).toBe(3);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('gives what has changed since a moment, that moment included', async () => {
    const body = (await (await get('/tickets?updated_since=1970-01-01T00:00:05Z')).json()) as {
      data: { id: number }[];
    };
    expect(body.data.map((row) => row.id)).toEqual([5, 6]);
  });

  test('answers beyond the last page are empty', async () => {
    const body = (await (await get('/surveys/nps/answers?page=2')).json()) as {
      result: { items: unknown[] };
    };
    expect(body.result.items).toEqual([]);
  });

  test.each([
    ['/tickets', 'wrong', 401],
    ['/nothing', 'secret', 404],
    ['/tickets?page=0', 'secret', 400],
    ['/tickets?per_page=x', 'secret', 400],
    ['/tickets?updated_since=soon', 'secret', 400],
  ])('%s with token %s gives %d', async (path, token, status) => {
    expect((await get(path, token)).status).toBe(status);
  });

  test('sees a newer day without a restart', async () => {
    write(9);
    utimesSync(tickets, new Date(), new Date(Date.now() + 5000));
    const body = (await (await get('/tickets')).json()) as { total: number };
    expect(body.total).toBe(9);
  });
});
