import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Agent, Response } from 'undici';
import { SourceError } from '../connector.ts';
import { call } from './call.ts';

export type Downloaded = { bytes: number; etag: string | null; modified: string | null };

export type DownloadOptions = {
  agent: Agent;
  signal: AbortSignal;
  /** headers of one request, given those that it will carry */
  authorize(headers: Record<string, string>): Promise<Record<string, string>>;
  /** in MB */
  limit: number;
};

/**
 * Copies a file from an address to here. A transfer that breaks goes on where it stopped if the file is still the
 * same by its mark, else it begins again: two versions never mix.
 */
export async function download(
  { name, url }: { name: string; url: URL },
  file: string,
  { agent, signal, authorize, limit }: DownloadOptions,
): Promise<Downloaded> {
  let got = 0;
  let mark: string | null = null;

  const take = async (response: Response): Promise<Downloaded> => {
    const { headers } = response;
    if (/^text\/html\b/.test(headers.get('content-type') ?? ''))
      throw new SourceError(`${name} is an HTML page, not a file: is a login in front of it?`);
    if (response.status !== 206) got = 0;
    else if (!headers.get('content-range')?.startsWith(`bytes ${got}-`)) {
      mark = null;
      got = 0;
      throw new Error('another part than the one asked for');
    }
    const length = headers.get('content-length');
    const expected = length === null || headers.has('content-encoding') ? null : got + Number(length);
    const etag = headers.get('etag');
    const modified = headers.get('last-modified');
    // A weak mark promises the same meaning, not the same bytes; of unpacked bytes there is no telling which came.
    mark = headers.has('content-encoding') ? null : etag?.startsWith('W/') ? null : (etag ?? modified);
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const part of response.body ?? []) {
        got += (part as Uint8Array).length;
        if (got > limit * 1024 * 1024)
          throw new SourceError(
            `${name} has more than ${limit} MB; raise max_download_mb if that is right`,
            'lasting',
          );
        yield part as Uint8Array;
      }
    };
    const into = createWriteStream(file, { flags: got ? 'r+' : 'w', start: got, mode: 0o600 });
    const before = got;
    try {
      await pipeline(counted, into);
    } catch (error) {
      // What was counted but not yet written is asked for again.
      got = before + into.bytesWritten;
      throw error;
    }
    if (expected !== null && got !== expected) throw new Error('the file ended early');
    return { bytes: got, etag, modified };
  };

  return call(
    { name, url },
    {
      agent,
      signal,
      take,
      authorize: () =>
        authorize({
          'accept-encoding': 'identity',
          ...(mark && got && { range: `bytes=${got}-`, 'if-range': mark }),
        }),
    },
  );
}
