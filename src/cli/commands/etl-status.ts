import type { Command } from 'commander';
import type { Overview, Run, Source, SourcePage } from '../../lib/server/loads.ts';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';
import { askSources } from '../sources.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';

export function addStatus(etl: Command): void {
  etl
    .command('status')
    .argument('[source]', 'one source: its streams, where they came to, and its latest runs')
    .description('each source: state, the counts of its last run, its next run and what is under way')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const answer = await ask(name);
      if (name !== undefined && !answer) throw new Problem(`There is no source ${name}.`, { exitCode: 2 });
      if (json) console.log(JSON.stringify(answer && 'sources' in answer ? answer.sources : answer, null, 2));
      else if (answer && 'sources' in answer) printAll(answer.sources);
      else if (answer) printOne(answer);
    });
}

function ask(name: string | undefined): Promise<Overview | SourcePage | null> {
  const place = findPlace();
  return withWarehouse(place, createSteps(process.stderr), ({ warehouse }) =>
    askSources(place, warehouse, name),
  );
}

function printAll(sources: Source[]): void {
  if (sources.length === 0) return console.log('Nothing was loaded yet: run "pulse etl run".');
  printTable(
    sources.map((source) => ({ source: source.source, state: stateOf(source), ...describe(source) })),
  );
  for (const source of sources) for (const line of remarks(source)) console.log(`${source.source}: ${line}`);
}

function printOne({ source, runs, cursors, count }: SourcePage): void {
  console.log(`${source.source}: ${stateOf(source)}, data as of ${moment(source.as_of)}`);
  for (const line of remarks(source)) console.log(line);
  const shown = runs.find(({ counts }) => counts);
  if (shown) {
    console.log(`\nRun ${shown.run_id}`);
    printTable(
      shown.streams.map(({ stream, is_full, counts, seconds, per_second, cursor }) => ({
        stream,
        takes: is_full ? 'all' : 'new',
        ...columns({ counts, seconds, per_second }),
        cursor: cursor ? `${cursor.from ?? 'the beginning'} → ${cursor.to ?? '?'}` : null,
      })),
    );
    for (const { stream, detected } of shown.streams)
      for (const line of new Set(detected.map(({ of, name, value }) => told(of, name, value))))
        console.log(`${stream}: ${line}`);
  }
  if (cursors.length) {
    console.log('\nLoaded up to');
    printTable(
      cursors.map(({ stream, cursor, updated_at }) => ({ stream, cursor, updated: moment(updated_at) })),
    );
  }
  if (!runs.length) return;
  console.log(`\nThe latest ${Math.min(10, runs.length)} of ${count} runs`);
  printTable(
    runs.slice(0, 10).map((run) => ({
      run: run.run_id,
      started: moment(run.started_at),
      cause: run.cause,
      attempt: run.attempt,
      state: run.status === 'interrupted' ? 'died' : run.status,
      ...columns(run),
      error: run.error,
    })),
  );
}

function stateOf({ health, is_running, last }: Source): string {
  if (is_running) return health === 'failing' ? 'loading, was failing' : 'loading';
  return last?.status === 'interrupted' ? `${health}, last run died` : health;
}

function describe(source: Source) {
  const { as_of, schedule, retry, last, waiting } = source;
  return {
    as_of: moment(as_of),
    next: moment(retry?.at ?? schedule?.next ?? null),
    ...columns(last ?? { counts: null, seconds: null, per_second: null }),
    waiting,
  };
}

/** The six counts, what vanished, and how fast it was. */
function columns({ counts, seconds, per_second }: Pick<Run, 'counts' | 'seconds' | 'per_second'>) {
  return {
    read: counts?.read,
    new: counts?.inserted,
    changed: counts?.updated,
    same: counts?.unchanged,
    repeated: counts?.duplicate,
    quarantined: counts?.quarantined,
    vanished: counts?.deleted,
    seconds: seconds === null ? null : Number(seconds.toFixed(1)),
    'rows/s': per_second === null ? null : Math.round(per_second),
  };
}

function remarks({ source, error, failures, failing_since, retry, is_lasting, last }: Source): string[] {
  const lines: string[] = [];
  const progress = last?.progress;
  if (last?.status === 'running')
    lines.push(
      progress
        ? `${progress.phase} ${progress.stream ?? ''}`.trim() +
            `, ${progress.rows} rows in ${(last.seconds ?? 0).toFixed(0)} s` +
            (progress.silent > 10 ? `, silent for ${progress.silent.toFixed(0)} s` : '')
        : `starting for ${(last.seconds ?? 0).toFixed(0)} s`,
    );
  if (last?.status === 'interrupted') lines.push(`run ${last.run_id} died: nothing of it was kept`);
  if (error) lines.push(`failing since ${moment(failing_since)}, ${failures} in a row: ${error}`);
  if (retry) lines.push(`next try ${moment(retry.at)}, attempt ${retry.attempt}`);
  if (error && is_lasting) lines.push('trying again cannot heal this: change the settings or the source');
  for (const one of last?.warnings ?? []) {
    const what = one.files
      ? `${one.files.join(', ')} is gone; its ${one.vanished} rows were kept`
      : `${one.vanished} of ${one.known ?? 0} rows are no longer in the source; they were kept`;
    lines.push(`${one.stream}: ${what}; if that is right: pulse etl run ${source} --accept-deletions`);
  }
  return lines;
}

/** What was found out about files is said once for all that are alike. */
const told = (of: string, name: string, value: string) =>
  of === 'rules' ? `${name}: ${value} times` : `${name} ${JSON.stringify(value)}`;

const moment = (iso: string | null) => (iso ? `${iso.slice(0, 19)}Z` : null);
