import type { Client } from 'pg';
import { streamName, type Source, type Stream } from './config.ts';
import type { Landed } from './landing.ts';

/** What a run did otherwise than asked, so that nothing is lost in silence. Pages say it in the reader's language. */
export type Warning =
  | { code: 'rows_kept'; stream: string; known: number; vanished: number }
  | { code: 'files_gone'; stream: string; files: string[]; vanished: number };

/** A list shorter than this may well lose most of its rows in a day. */
const short = 20;

/**
 * Whether a full landing is too poor to be believed: it holds no row at all, or under half of what there was.
 * @param known rows that earlier landings brought and that were not deleted
 */
export function isTooPoor(landed: Pick<Landed, 'read'>, known: number, vanished: number): boolean {
  return vanished > 0 && (landed.read === 0 || (known >= short && vanished * 2 > known));
}

/** Files that the last full landing of the stream read, or missed, and that are not there now. */
export async function missingFiles(
  client: Client,
  name: string,
  source: Source,
  stream: Stream,
  detected: unknown,
): Promise<string[]> {
  if (source.kind !== 'files' && source.kind !== 'remote') return [];
  const { rows } = await client.query<{ detected: Record<string, unknown>; warnings: Warning[] }>(
    `select s.detected, r.warnings from ops.run_streams s join ops.runs r using (run_id)
      where r.source = $1 and r.status = 'succeeded' and r.cause <> 'quarantine' and s.stream = $2 and s.is_full
      order by r.run_id desc limit 1`,
    [name, streamName(stream)],
  );
  const [last] = rows;
  if (!last) return [];
  const missed = last.warnings.flatMap((one) =>
    one.code === 'files_gone' && one.stream === streamName(stream) ? one.files : [],
  );
  const here = namesOf((detected ?? {}) as object);
  return [...new Set([...namesOf(last.detected), ...missed])].filter((file) => !here.includes(file));
}

/** Of what was found out, that which goes by the name of a file. */
const namesOf = (detected: object): string[] =>
  Object.keys(detected).filter((name) => name !== 'rules' && name !== 'copied');

/** The warning as a sentence for those who read no page. */
export function say(warning: Warning, source: string): string {
  const way = `if that is right, confirm it: pulse etl run ${source} --accept-deletions`;
  return warning.code === 'rows_kept'
    ? `${warning.stream}: ${warning.vanished} of ${warning.known} rows are no longer in the source; they were kept; ${way}`
    : `${warning.stream}: ${warning.files.join(', ')} is gone; its ${warning.vanished} rows were kept; ${way}`;
}
