import type { Locale } from '../page.ts';
import { isStale, staleFrom } from '../timetable.ts';
import { readGroups, readRows, type Group, type HeldRow } from './loads/quarantine.ts';
import { tell } from './loads/reasons.ts';
import { nextOf, words } from './loads/schedule.ts';
import { latestRuns, runsOf, type Run } from './loads/runs.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

export type { Counts, Progress, Run, RunStatus, StreamCounts, Warning } from './loads/runs.ts';
export type { Group, HeldRow } from './loads/quarantine.ts';

/** `removed`: the settings no longer name it, its data stay. Whether it is being loaded stands beside this. */
export type Health = 'failing' | 'stale' | 'never' | 'fresh' | 'removed';

export type Source = {
  source: string;
  kind: string;
  entities: string[];
  health: Health;
  is_running: boolean;
  /** the end of the last load that succeeded */
  as_of: string | null;
  age_seconds: number | null;
  schedule: { words: string; next: string | null } | null;
  /** when its data are stale if nothing comes until then; null when they never are */
  stale_from: string | null;
  /** a try after a failure and before its schedule */
  retry: { at: string; attempt: number } | null;
  /** trying again cannot heal the error */
  is_lasting: boolean;
  failing_since: string | null;
  failures: number;
  error: string | null;
  last: Run | null;
  /** rows that wait in quarantine */
  waiting: number;
};

export type Overview = {
  locale: Locale;
  timezone: string;
  sources: Source[];
  problems: { failing: number; stale: number; never: number; waiting: number };
};

export type Cursor = { stream: string; cursor: string | null; updated_at: string };

export type SourcePage = {
  locale: Locale;
  timezone: string;
  source: Source;
  runs: Run[];
  /** of the runs: which page is shown, of how many, and how many there are at all */
  page: number;
  pages: number;
  count: number;
  cursors: Cursor[];
};

export type QuarantinePage = {
  locale: Locale;
  timezone: string;
  source: string;
  waiting: number;
  groups: Group[];
  open: { id: string; page: number; pages: number; rows: HeldRow[] } | null;
};

type SourceRow = {
  source: string;
  kind: string;
  entities: string[];
  schedule: string | null;
  fresh_at: Date | null;
  stale_after_s: number | null;
  due_at: Date | null;
  retry_at: Date | null;
  failures: number;
  failing_since: Date | null;
  error: string | null;
  is_lasting: boolean;
  is_configured: boolean;
  waiting: number;
};

const pageSize = 25;
const order: Health[] = ['failing', 'stale', 'never', 'fresh', 'removed'];

/** Every source with its state and last run, those in trouble first. */
export async function list(locale: Locale, now = new Date()): Promise<Overview> {
  const [rows, runs, { timezone }] = await Promise.all([readSources(), latestRuns(locale), readSettings()]);
  const sources = rows
    .map((row) => describe(row, runs.get(row.source) ?? null, { locale, timezone, now }))
    .sort((a, b) => order.indexOf(a.health) - order.indexOf(b.health) || a.source.localeCompare(b.source));
  const count = (health: Health) => sources.filter((one) => one.health === health).length;
  const waiting = sources.reduce((sum, one) => sum + one.waiting, 0);
  const problems = { failing: count('failing'), stale: count('stale'), never: count('never'), waiting };
  return { locale, timezone, sources, problems };
}

/** One source with its latest runs; null when there is none of this name. */
export async function source(
  name: string,
  locale: Locale,
  page = 1,
  now = new Date(),
): Promise<SourcePage | null> {
  if (!canBe(name)) return null;
  const [[row], found, latest, cursors, { timezone }] = await Promise.all([
    readSources(name),
    runsOf(name, page, locale),
    page > 1 ? latestRuns(locale) : null,
    readCursors(name),
    readSettings(),
  ]);
  if (!row) return null;
  return {
    locale,
    timezone,
    source: describe(row, (latest ? latest.get(name) : found.runs[0]) ?? null, { locale, timezone, now }),
    ...found,
    cursors,
  };
}

/**
 * What waits in the quarantine of a source, in groups of equal field and reason; one of them can be open.
 * A group that is gone, because its rows were understood meanwhile, opens nothing.
 */
export async function quarantine(
  name: string,
  locale: Locale,
  chosen: { group: string | null; page: number },
): Promise<QuarantinePage | null> {
  if (!canBe(name)) return null;
  const [[row], groups, { timezone }] = await Promise.all([
    readSources(name),
    readGroups(name, locale),
    readSettings(),
  ]);
  if (!row) return null;
  const group = groups.find(({ id }) => id === chosen.group);
  const pages = Math.ceil((group?.count ?? 0) / pageSize);
  const page = Math.min(Math.max(chosen.page, 1), Math.max(pages, 1));
  const open = group && { id: group.id, page, pages, rows: await readRows(name, group, page, pageSize) };
  return { locale, timezone, source: name, waiting: row.waiting, groups, open: open ?? null };
}

/** An address can hold what PostgreSQL takes for no text at all. */
const canBe = (name: string) => !name.includes('\0');

/** The record of each source, with the number of rows that still wait in its quarantine. */
async function readSources(name: string | null = null): Promise<SourceRow[]> {
  const { rows } = await warehouse().raw<{ rows: SourceRow[] }>(
    `select s.source, s.kind, s.entities, s.schedule, s.stale_after_s, s.fresh_at, s.due_at, s.retry_at,
            s.failures, s.failing_since, s.error, s.is_lasting, s.is_configured,
            (select count(*) from ops.quarantine q where q.source = s.source and q.resolved_at is null) as waiting
       from ops.sources s
      where coalesce(s.source = ?::text, true)`,
    [name],
  );
  return rows;
}

/** How far the last committed load of each incremental stream came; what a connector keeps for itself is not that. */
async function readCursors(name: string): Promise<Cursor[]> {
  const { rows } = await warehouse().raw<{ rows: (Omit<Cursor, 'updated_at'> & { updated_at: Date })[] }>(
    `select stream, left(cursor, 200) as cursor, updated_at from ops.cursors
      where source = ? and stream ~ '^[a-z]' order by stream`,
    [name],
  );
  return rows.map((row) => ({ ...row, updated_at: row.updated_at.toISOString() }));
}

type Moment = { locale: Locale; timezone: string; now: Date };

function describe(row: SourceRow, last: Run | null, { locale, timezone, now }: Moment): Source {
  const { source, kind, entities, fresh_at, failures, error, waiting, schedule, due_at, retry_at } = row;
  const next = schedule && (due_at?.toISOString() ?? nextOf(schedule, timezone, now));
  const isRunning = last?.status === 'running';
  return {
    source,
    kind,
    entities,
    health: healthOf(row, timezone, now),
    is_running: isRunning,
    as_of: fresh_at?.toISOString() ?? null,
    age_seconds: fresh_at && Math.max(0, (now.getTime() - fresh_at.getTime()) / 1000),
    schedule: schedule ? { words: words(schedule, locale), next: next || null } : null,
    stale_from: staleFrom(row, timezone)?.toISOString() ?? null,
    // While it runs, the time written down is only for the case that its worker dies.
    retry:
      retry_at && failures > 0 && !isRunning ? { at: retry_at.toISOString(), attempt: failures + 1 } : null,
    is_lasting: row.is_lasting,
    failing_since: row.failing_since?.toISOString() ?? null,
    failures,
    error: failures > 0 && error ? tell(error, locale) : null,
    last,
    waiting,
  };
}

/** Late here is what is late on every other page. */
function healthOf(row: SourceRow, timezone: string, now: Date): Health {
  if (!row.is_configured) return 'removed';
  if (row.failures > 0) return 'failing';
  if (!row.fresh_at) return 'never';
  return isStale(row, timezone, now) ? 'stale' : 'fresh';
}
