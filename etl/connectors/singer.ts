import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SingerSource } from '../config-sources.ts';
import { SourceError, type LandedRow } from './connector.ts';
import { toValues } from './json.ts';
import type { ScopedLanding, ScopedRequest } from './remote/scope.ts';
import { select } from './singer/catalog.ts';
import { readState, saveState } from './singer/state.ts';
import { listen, type Heard } from './singer/listen.ts';
import { openFolder } from './singer/spool.ts';
import { runTap } from './singer/tap.ts';

type SingerStream = SingerSource['streams'][number];

/** Reads one stream of a Singer tap. The tap runs once for all streams of a run. */
export async function readSinger(
  source: SingerSource,
  stream: SingerStream,
  request: ScopedRequest,
): Promise<ScopedLanding> {
  const { heard, since } = await request.scope.share(() => run(source, request));
  const known = heard.streams.get(stream.from);
  if (!known?.isAnnounced && since === null)
    throw new SourceError(
      `the tap gave no stream ${stream.from}; others that it gave: ${[...heard.others].join(', ') || 'none'}`,
    );
  const rows = async function* (): AsyncGenerator<LandedRow> {
    let number = 0;
    for await (const line of known?.spool.read() ?? []) {
      const position = `${stream.from}#${++number}`;
      if (line.startsWith('!')) {
        const problem = `the tap printed what is no message: ${line.slice(1, 81)}`;
        yield {
          position,
          values: request.wanted.map(() => null),
          problem,
          raw: JSON.stringify({ line: line.slice(1) }),
        };
      } else {
        yield { position, values: toValues(JSON.parse(line), request.wanted), raw: line };
      }
    }
  };
  return {
    columns: request.wanted,
    rows: rows(),
    isFull: since === null || (known?.isWhole ?? false),
    detected: { since: since !== null, ...heard.counts },
  };
}

async function run(
  source: SingerSource,
  request: ScopedRequest,
): Promise<{ heard: Heard; since: string | null }> {
  const { scope } = request;
  const folder = await openFolder();
  scope.onEnd(() => rm(folder, { recursive: true, force: true }));
  const wanted = [...new Set(source.streams.map(({ from }) => from))].sort();
  const since =
    scope.run && !request.isWhole ? await readState(scope.run.client, scope.source, wanted) : null;
  const { configPath, signal } = request;
  const file = (name: string): string => join(folder, name);
  const keep = (name: string, text: string): Promise<void> => writeFile(file(name), text, { mode: 0o600 });
  const config = file('config.json');
  await keep('config.json', JSON.stringify(source.config));
  if (since !== null) await keep('state.json', since);
  if (source.discover) {
    let told = '';
    for await (const line of runTap(source, { config, isDiscovery: true }, configPath, signal)) told += line;
    await keep('catalog.json', select(told, wanted));
  }
  const files = {
    config,
    catalog: source.discover ? file('catalog.json') : (source.catalog ?? null),
    state: since === null ? null : file('state.json'),
  };
  const heard = await listen(runTap(source, files, configPath, signal), wanted, folder);
  await rm(files.config, { force: true });
  const { state } = heard;
  if (state !== null && scope.run) {
    const { id } = scope.run;
    scope.onCommit((client) => saveState(client, scope.source, wanted, state, id));
  }
  return { heard, since };
}
