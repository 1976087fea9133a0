import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../etl/config.ts';
import { readPreset } from '../../../etl/preset.ts';
import { runSources, type RunSummary } from '../../../etl/run.ts';

export type Streams = Record<string, RunSummary['streams'][number]>;

/** Loads one preset as somebody would who puts it under `reporting:`, and gives its counts by stream. */
export async function loadPreset(
  name: string,
  warehouseUrl: string,
  env: Record<string, string>,
  change: (text: string) => string = (text) => text,
): Promise<Streams> {
  const preset = readPreset(name);
  if (!preset) throw new Error(`no preset ${name}`);
  const file = join(mkdtempSync(join(tmpdir(), 'pulse-preset-')), 'pulse.yaml');
  writeFileSync(file, `reporting: { timezone: Europe/Moscow, currency: RUB }\n${change(preset.text)}`);
  const [run] = await runSources({ warehouseUrl, config: readConfig(file, env) });
  if (run?.status !== 'succeeded') throw new Error(`${name}: ${run?.error}`);
  for (const s of run.streams) {
    const sum = s.inserted + s.updated + s.unchanged + s.duplicate + s.quarantined;
    if (s.read !== sum) throw new Error(`${name}.${s.stream}: ${s.read} read, ${sum} accounted for`);
  }
  return Object.fromEntries(run.streams.map((s) => [s.stream, s]));
}

/** What a system answers to a request; undefined: there is nothing of that name. */
export type Answer = (url: URL, headers: Record<string, unknown>, body: string) => unknown;

export type System = { origin: string; asked: string[]; close(): Promise<void> };

/** A real HTTP server that speaks as a system's documentation says. `origin` stands for its address in answers. */
export async function serveSystem(answer: Answer): Promise<System> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    let sent = '';
    request.on('data', (part) => (sent += part));
    request.on('end', () => {
      asked.push(decodeURIComponent(url.pathname + url.search) + sent);
      const body = answer(url, request.headers, sent);
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body ?? { error: 'not found' }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    asked,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
