import type { Locale } from '../../page.ts';
import { tell } from './reasons.ts';
import { warehouse } from '../warehouse.ts';

/** `interrupted`: still open in the record, but its process died: nobody holds the lock of the source. */
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'interrupted';

/** `read` is the sum of the five after it; `deleted` counts records that vanished from the source. */
export type Counts = {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  duplicate: number;
  quarantined: number;
  deleted: number;
};

export type StreamCounts = {
  stream: string;
  entity: string;
  is_full: boolean;
  counts: Counts;
  seconds: number | null;
  per_second: number | null;
  /** where this run began to read and where the next one will */
  cursor: { from: string | null; to: string | null } | null;
  /** what was found out about the form of the data, as path and value */
  detected: { of: string; name: string; value: string }[];
};

/** How far a run under way is; `rows` have landed so far, of all its streams. */
export type Progress = {
  phase: 'reading' | 'waiting' | 'merging' | 'deriving';
  stream: string | null;
  stream_number: number | null;
  streams: number;
  rows: number;
  /** seconds since its process last gave a sign of life */
  silent: number;
};

/** Something the run did otherwise than asked: `rows_kept`, `files_gone`. */
export type Warning = { code: string; stream: string; vanished: number; known?: number; files?: string[] };

export type Run = {
  run_id: number;
  cause: 'hand' | 'schedule' | 'retry' | 'quarantine';
  /** since the last success: 1, 2 … */
  attempt: number;
  progress: Progress | null;
  warnings: Warning[];
  status: RunStatus;
  started_at: string;
  finished_at: string | null;
  /** until now while it runs; null when it broke off at an unknown moment */
  seconds: number | null;
  per_second: number | null;
  error: string | null;
  /** null when nothing of the run was kept, or not yet */
  counts: Counts | null;
  streams: StreamCounts[];
};

type StreamRow = Counts & {
  stream: string;
  entity: string;
  is_full: boolean;
  seconds: number | null;
  detected: Record<string, unknown>;
  cursor_from: string | null;
  cursor_to: string | null;
};

type RunRow = {
  run_id: number;
  source: string;
  cause: Run['cause'];
  attempt: number;
  progress: Progress | null;
  warnings: Warning[];
  status: RunStatus;
  started_at: Date;
  finished_at: Date | null;
  seconds: number | null;
  error: string | null;
  streams: StreamRow[];
};

const names = ['read', 'inserted', 'updated', 'unchanged', 'duplicate', 'quarantined', 'deleted'] as const;

/** The latest run of each source. */
export async function latestRuns(locale: Locale): Promise<Map<string, Run>> {
  const rows = await readRuns(
    `r.run_id in (select (select x.run_id from ops.runs x where x.source = s.source
                           order by x.started_at desc limit 1) from ops.sources s)`,
    [],
  );
  return new Map(rows.map((row) => [row.source, describe(row, locale)]));
}

export const pageSize = 25;

/** One page of the runs of a source, newest first, and how many there are. */
export async function runsOf(
  source: string,
  page: number,
  locale: Locale,
): Promise<{ runs: Run[]; count: number; page: number; pages: number }> {
  const { rows } = await warehouse().raw<{ rows: { n: number }[] }>(
    'select count(*) as n from ops.runs where source = ?',
    [source],
  );
  const count = rows[0]?.n ?? 0;
  const pages = Math.max(1, Math.ceil(count / pageSize));
  const shown = Math.min(Math.max(1, page), pages);
  const found = await readRuns(
    `r.run_id in (select x.run_id from ops.runs x where x.source = ?
                   order by x.started_at desc, x.run_id desc limit ? offset ?)`,
    [source, pageSize, (shown - 1) * pageSize],
  );
  return { runs: found.map((row) => describe(row, locale)), count, page: shown, pages };
}

/**
 * Runs with their streams. Whoever loads a source holds its lock (etl/run.ts); a record that is open without
 * that lock belongs to a process that is gone.
 */
async function readRuns(which: string, values: (string | number)[]): Promise<RunRow[]> {
  const { rows } = await warehouse().raw<{ rows: RunRow[] }>(
    `with held as (
       select (l.classid::bigint << 32) | l.objid::bigint as key
         from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
     ), found as (
       select r.*, case when r.status <> 'running' then r.status
                        when hashtextextended('pulse source ' || r.source, 0) in (select key from held) then 'running'
                        else 'interrupted' end as state
         from ops.runs r where ${which}
     )
     select f.run_id, f.source, f.cause, f.attempt, f.warnings, f.state as status, f.started_at, f.finished_at, f.error,
            case when f.state <> 'interrupted'
              then extract(epoch from coalesce(f.finished_at, clock_timestamp()) - f.started_at)::float8 end as seconds,
            case when f.state = 'running' and p.run_id is not null then jsonb_build_object(
              'phase', p.phase, 'stream', p.stream, 'stream_number', p.stream_number, 'streams', p.streams,
              'rows', p.rows, 'silent', extract(epoch from clock_timestamp() - p.beat_at)) end as progress,
            coalesce(t.streams, '[]') as streams
       from found f
       left join ops.run_progress p on p.run_id = f.run_id
       left join lateral (select jsonb_agg(to_jsonb(s) order by s.stream) as streams
                            from ops.run_streams s where s.run_id = f.run_id) t on true
      order by f.started_at desc, f.run_id desc`,
    values,
  );
  return rows;
}

function describe({ source: _, ...row }: RunRow, locale: Locale): Run {
  const streams = row.streams.map((stream) => describeStream(stream, locale));
  const counts = streams.length ? sum(streams.map((one) => one.counts)) : null;
  return {
    ...row,
    error: row.error && tell(row.error, locale),
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    per_second: counts && rate(counts.read, row.seconds),
    counts,
    streams,
  };
}

function describeStream(row: StreamRow, locale: Locale): StreamCounts {
  const { stream, entity, is_full, seconds } = row;
  return {
    stream,
    entity,
    is_full,
    counts: sum([row]),
    seconds,
    per_second: rate(row.read, seconds),
    cursor: row.cursor_to === null ? null : { from: cut(row.cursor_from), to: cut(row.cursor_to) },
    detected: flatten(row.detected).map((one) =>
      one.of === 'rules' ? { ...one, name: tell(one.name, locale) } : one,
    ),
  };
}

function sum(all: Counts[]): Counts {
  const total = (name: keyof Counts) => all.reduce((sofar, one) => sofar + one[name], 0);
  return Object.fromEntries(names.map((name) => [name, total(name)])) as Counts;
}

const cut = (text: string | null) => text && text.slice(0, 200);

function rate(read: number, seconds: number | null): number | null {
  return seconds && read ? read / seconds : null;
}

/** Connectors note what they like, by file or at once: here all of it is `of` what, which name, which value. */
function flatten(detected: Record<string, unknown>, of = ''): StreamCounts['detected'] {
  return Object.entries(detected)
    .flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (typeof value === 'object' && !Array.isArray(value))
        return flatten(value as Record<string, unknown>, of ? `${of}, ${name}` : name);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [{ of, name, value: text.slice(0, 200) }];
    })
    .slice(0, 40);
}
