import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { rangeOf } from '../reading.ts';
import { tiles, timezone } from '../tiles.ts';

const run = promisify(execFile);
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** Builds the page of Observable Framework over the answers of the warehouse. @returns the folder with the page */
export async function buildPage(folder: string, warehouse: string, state: string): Promise<string> {
  const client = new pg.Client({ connectionString: warehouse });
  await client.connect();
  try {
    const [from, to] = rangeOf(0);
    const bounds = [`${from} 00:00 ${timezone}`, `${to} 24:00 ${timezone}`];
    const answers = [];
    for (const { name, best } of tiles) answers.push({ name, rows: (await client.query(best, bounds)).rows });
    writeFileSync(join(state, 'tiles.json'), JSON.stringify(answers));
  } finally {
    await client.end();
  }
  const env = { ...process.env, TILES: join(state, 'tiles.json') };
  await run(process.execPath, ['node_modules/@observablehq/framework/dist/bin/observable.js', 'build'], {
    cwd: folder,
    env,
  });
  return join(folder, 'dist');
}

/** A file server as such a page would have: everything compressed beforehand. */
export async function serveFiles(folder: string): Promise<{ server: Server; origin: string }> {
  const packed = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    const name = path.endsWith('/') ? `${path}index.html` : path;
    const file = join(folder, name);
    if (!packed.has(file)) {
      if (!existsSync(file)) return response.writeHead(404).end();
      packed.set(file, gzipSync(readFileSync(file)));
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(packed.get(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
