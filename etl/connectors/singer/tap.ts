import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import type { SingerSource } from '../../config-sources.ts';
import { SourceError } from '../connector.ts';
import { readLines } from './lines.ts';
import { redact } from './redact.ts';

/** What a program needs to run at all. Our own settings, and with them our secrets, are not among them. */
const passed =
  /^(PATH|HOME|USER|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|VIRTUAL_ENV|PYTHONPATH|PYTHONHOME|\w+_PROXY|NO_PROXY|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/i;

export type TapFiles = { config: string; catalog: string | null; state: string | null };

/** Runs a tap and gives the lines that it prints. Ends well only if the tap does. */
export async function* runTap(
  source: SingerSource,
  files: TapFiles | { config: string; isDiscovery: true },
  configPath: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const folder = dirname(configPath);
  const args = [...source.args, '--config', files.config];
  if ('isDiscovery' in files) args.push('--discover');
  else {
    if (files.catalog) args.push('--catalog', resolve(folder, files.catalog));
    if (files.state) args.push('--state', files.state);
  }
  const own = Object.entries(process.env).filter(([name]) => passed.test(name));
  const child = spawn(/[/\\]/.test(source.command) ? resolve(folder, source.command) : source.command, args, {
    cwd: folder,
    env: { ...Object.fromEntries(own), PYTHONUNBUFFERED: '1', ...source.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the tap itself started ends with it.
    detached: true,
  });

  let stopped: string | null = null;
  const stop = (why: string | null): void => {
    stopped ??= why;
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended already
    }
    // A grandchild in a group of its own could hold the pipe open for ever.
    child.stdout.destroy();
  };
  const abort = (): void => stop('the load was stopped');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const idle = setTimeout(
    () => stop(`the tap said nothing for ${source.idle_s} s and was stopped`),
    source.idle_s * 1000,
  );
  const ended = new Promise<{ code: number | null; killer: string | null; error?: NodeJS.ErrnoException }>(
    (done) => {
      child.once('error', (error) => done({ code: null, killer: null, error }));
      child.once('close', (code, killer) => done({ code, killer }));
    },
  );
  let complaint = '';
  child.stderr.on('data', (part: Buffer) => {
    idle.refresh();
    complaint = (complaint + part.toString('utf8')).slice(-8192);
  });

  try {
    try {
      yield* readLines(child.stdout, () => idle.refresh());
    } catch (error) {
      if (stopped === null) throw error;
    }
    const { code, killer, error } = await ended;
    if (stopped !== null) throw new SourceError(stopped);
    if (error?.code === 'ENOENT')
      throw new SourceError('there is no such command: is the tap installed?', 'lasting');
    if (error) throw new SourceError(`the tap cannot be started (${error.code ?? error.name})`);
    if (code === 0) return;
    const last = redact(complaint, [source.config, source.env, source.args])
      .trim()
      .split('\n')
      .at(-1)
      ?.slice(0, 300);
    throw new SourceError(`the tap ended with ${killer ?? `code ${code}`}${last ? `: ${last}` : ''}`);
  } finally {
    clearTimeout(idle);
    signal.removeEventListener('abort', abort);
    stop(null);
  }
}
