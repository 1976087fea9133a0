import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type Row = Record<string, unknown>;
type Helpdesk = { url: string; close(): Promise<void> };

const PAGE = 500;
const LIMIT = 1000;

/**
 * The demo company's helpdesk, as vendors serve theirs: bearer token, JSON, pages.
 * `/tickets` and `/users` page by next-URL, and tickets take `updated_since`; `/surveys/nps/answers` pages by number.
 */
export async function startHelpdesk(opts: {
  folder: string;
  port?: number;
  token: string;
}): Promise<Helpdesk> {
  if (opts.token === '') throw new Error('the helpdesk needs a token');
  const tickets = shelf(join(opts.folder, 'helpdesk', 'tickets.jsonl'));
  const users = shelf(join(opts.folder, 'helpdesk', 'users.jsonl'));
  const answers = shelf(join(opts.folder, 'helpdesk', 'answers.jsonl'));
  const server = createServer((request, response) => {
    try {
      serve(request, response);
    } catch (error) {
      send(response, 500, { error: 'internal error' });
      console.error('helpdesk:', error);
    }
  });

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization !== `Bearer ${opts.token}`)
      return send(response, 401, { error: 'a bearer token is needed' });
    if (request.method !== 'GET') return send(response, 405, { error: 'only GET is served' });
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const page = number(url, 'page', 1, Infinity);
    const size = number(url, 'per_page', PAGE, LIMIT);
    if (page === null || size === null)
      return send(response, 400, { error: 'page and per_page are whole numbers from 1' });
    const at = (page - 1) * size;
    if (url.pathname === '/tickets' || url.pathname === '/users') {
      const rows =
        url.pathname === '/users' ? users() : changedSince(tickets(), url.searchParams.get('updated_since'));
      if (rows === null) return send(response, 400, { error: 'updated_since is not a time' });
      const next = new URL(url);
      next.searchParams.set('page', String(page + 1));
      const more = at + size < rows.length;
      return send(response, 200, {
        data: rows.slice(at, at + size),
        total: rows.length,
        next: more ? next.href : null,
      });
    }
    if (url.pathname === '/surveys/nps/answers') {
      const rows = answers();
      const pages = Math.ceil(rows.length / size);
      return send(response, 200, {
        result: { items: rows.slice(at, at + size) },
        meta: { page, pages, total: rows.length },
      });
    }
    send(response, 404, { error: 'there is no such address' });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(opts.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Rows of a file, read again when the file is replaced by a newer day. */
function shelf(path: string): () => Row[] {
  let time = -1;
  let rows: Row[] = [];
  return () => {
    const { mtimeMs } = statSync(path);
    if (mtimeMs !== time) {
      rows = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row);
      time = mtimeMs;
    }
    return rows;
  };
}

function changedSince(rows: Row[], since: string | null): Row[] | null {
  if (since === null) return rows;
  const from = Date.parse(since);
  return Number.isNaN(from) ? null : rows.filter((row) => Date.parse(String(row.updated_at)) >= from);
}

function number(url: URL, name: string, fallback: number, most: number): number | null {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : null;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
