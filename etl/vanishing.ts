import type { Client } from 'pg';
import { streamName, type Source, type Stream } from './config.ts';
import type { Landed } from './landing.ts';

/** What a run did otherwise than asked, so that nothing is lost in silence. Pages say it in the reader's language. */
export type Warning =
  | { code: 'rows_kept'; stream: string; known: number; vanished: number }
  | { code: 'files_gone'; stream: string; files: string[]; vanished: number };

/** A list shorter than this may well lose most of its rows in a day. */
const short = 20;

export type FilesGone = {
  files: string[];
  /** none of the old files is left, and others have come: an export that is written anew under the name of its day */
  isReplaced: boolean;
};
export const noneGone: FilesGone = { files: [], isReplaced: false };

/**
 * Whether a full landing is too poor to be believed: it holds no row at all, or under half of what there was, or a file
 * is gone that nothing stands for.
 * @param known rows that earlier landings brought and that were not deleted
 */
export function isTooPoor(
  landed: Pick<Landed, 'read'>,
  { known, vanished, gone }: { known: number; vanished: number; gone: FilesGone },
): boolean {
  const isMost = vanished * 2 > known;
  if (vanished === 0) return false;
  return (
    landed.read === 0 ||
    (known >= short && isMost) ||
    (gone.files.length > 0 && !(gone.isReplaced && !isMost))
  );
}

/** Files that the last full landing of the stream read, or missed, and that are not there now. */
export async function missingFiles(
  client: Client,
  name: string,
  source: Source,
  stream: Stream,
  detected: unknown,
): Promise<FilesGone> {
  if (source.kind !== 'files' && source.kind !== 'remote') return noneGone;
  const { rows } = await client.query<{ detected: Record<string, unknown>; warnings: Warning[] }>(
    `select s.detected, r.warnings from ops.run_streams s join ops.runs r using (run_id)
      where r.source = $1 and r.status = 'succeeded' and r.cause <> 'quarantine' and s.stream = $2 and s.is_full
      order by r.run_id desc limit 1`,
    [name, streamName(stream)],
  );
  const [last] = rows;
  if (!last) return noneGone;
  const missed = last.warnings.flatMap((one) =>
    one.code === 'files_gone' && one.stream === streamName(stream) ? one.files : [],
  );
  const here = namesOf((detected ?? {}) as object);
  const before = namesOf(last.detected);
  return {
    files: [...new Set([...before, ...missed])].filter((file) => !here.includes(file)),
    isReplaced: !missed.length && !before.some((file) => here.includes(file)),
  };
}

/** Of what was found out, that which goes by the name of a file. */
const namesOf = (detected: object): string[] =>
  Object.keys(detected).filter((name) => name !== 'rules' && name !== 'copied');

/** The warning as a sentence for those who read no page. */
export function say(warning: Warning, source: string): string {
  const way = `if that is right, confirm it: pulse etl run ${source} --accept-deletions`;
  return warning.code === 'rows_kept'
    ? `${warning.stream}: ${warning.vanished} of ${warning.known} rows are no longer in the source; they were kept; ${way}`
    : `${warning.stream}: ${warning.files.join(', ')} is gone; its ${warning.vanished} rows were kept; ${way}; if old files are cleared away as a rule, write «vanished: keep» into the stream`;
}
