import type { Source, Stream } from './config.ts';
import type { Request } from './connectors/connector.ts';
import { readFiles } from './connectors/files.ts';
import { readRemote } from './connectors/remote.ts';
import { openTrial, type Scope, type ScopedLanding } from './connectors/remote/scope.ts';
import { readRest } from './connectors/rest.ts';
import { readSinger } from './connectors/singer.ts';
import { readSql } from './connectors/sql.ts';
import { readInbox } from './connectors/webhook.ts';
import { readEntered } from './entered.ts';

/** The rows of a stream as its source gives them, not yet landed. Without a scope the source is only tried. */
export function openStream(
  source: Source,
  stream: Stream,
  request: Request,
  scope?: Scope,
): Promise<ScopedLanding> {
  if (!scope) return openTrial((trial) => openStream(source, stream, request, trial));
  switch (source.kind) {
    case 'files':
      return readFiles(source, stream as (typeof source.streams)[number], request);
    case 'remote':
      return readRemote(source, stream as (typeof source.streams)[number], { ...request, scope });
    case 'sql':
      return readSql(source, stream as (typeof source.streams)[number], request);
    case 'rest':
      return readRest(source, stream as (typeof source.streams)[number], { ...request, scope });
    case 'singer':
      return readSinger(source, stream as (typeof source.streams)[number], { ...request, scope });
    case 'entered':
      return readEntered(stream, { ...request, scope });
    case 'webhook':
      return readInbox(stream, { ...request, scope });
  }
}
