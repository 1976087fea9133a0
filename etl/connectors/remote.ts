import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import picomatch from 'picomatch';
import type { FilesSource, RemoteSource } from '../config-sources.ts';
import { SourceError, type Landing } from './connector.ts';
import { readFiles } from './files.ts';
import { download, type Downloaded } from './remote/download.ts';
import { openAgent, readAddress } from './remote/guard.ts';
import { findObjects, type Found } from './remote/s3.ts';
import type { ScopedRequest } from './remote/scope.ts';

type Copies = { folder: string; files: Record<string, Downloaded> };

/** Reads files that lie behind an address or in a storage: they are copied here first, once for all streams. */
export async function readRemote(
  source: RemoteSource,
  stream: FilesSource['streams'][number],
  request: ScopedRequest,
): Promise<Landing> {
  const copies = await request.scope.share(() => copyAll(source, request));
  const landing = await readFiles({ ...source, kind: 'files', path: copies.folder }, stream, request);
  return { ...landing, detected: { ...landing.detected, copied: copies.files } };
}

async function copyAll(source: RemoteSource, { scope, signal }: ScopedRequest): Promise<Copies> {
  const agent = openAgent();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-remote-'));
  scope.onEnd(() => rm(folder, { recursive: true, force: true }));
  try {
    const found = source.path.startsWith('s3:')
      ? await findObjects(source, agent, signal)
      : [findFile(source)];
    const isWanted = (name: string): boolean =>
      source.streams.some(({ from }) => {
        const fits = from === undefined ? () => true : picomatch(from);
        return fits(name) || fits(basename(name));
      });
    const wanted = found.filter(({ name }) => isWanted(name));
    if (!wanted.length) throw new SourceError(`no file at ${describe(source.path)}`);
    const files: Record<string, Downloaded> = {};
    for (const { name, url, authorize: sign } of wanted) {
      const file = join(folder, name);
      if (!file.startsWith(folder + '/'))
        throw new SourceError('a file of the storage has an impossible name');
      await mkdir(dirname(file), { recursive: true });
      const limit = source.max_download_mb ?? 20_480;
      files[name] = await download({ name, url }, file, { agent, signal, authorize: sign, limit });
    }
    return { folder, files };
  } finally {
    await agent.destroy();
  }
}

function findFile(source: RemoteSource): Found {
  const url = readAddress(source.path);
  const name = decodeURIComponent(basename(url.pathname)) || 'file.csv';
  return {
    name: name.replace(/[/\\]/g, '_'),
    url,
    authorize: (headers) => Promise.resolve({ ...headers, ...source.headers }),
  };
}

/** An address may hold a secret behind its question mark, or in front of its host. */
function describe(path: string): string {
  return path.replace(/\?.*/, '').replace(/\/\/[^/@]*@/, '//');
}
