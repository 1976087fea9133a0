import pg from 'pg';

export type Phase = 'reading' | 'waiting' | 'merging' | 'deriving';

export type Progress = {
  begin(runId: string, streams: number): void;
  at(phase: Phase, stream?: string, number?: number): void;
  /** rows of a stream that have landed for good */
  landed(rows: number): void;
  /** the run is over, its record says the rest */
  finish(): Promise<void>;
  close(): Promise<void>;
};

type State = {
  runId: string;
  streams: number;
  phase: Phase;
  stream: string | null;
  number: number | null;
  rows: number;
};

const beat = 1000;

/**
 * Writes once a second how far a run is, over a connection of its own: what happens inside the run's transaction
 * is seen by nobody else. Rows that land are counted by PostgreSQL, so they cost nothing here. Whatever goes wrong
 * with it, the load goes on.
 * @param loader process id of the connection that loads
 */
export async function openProgress(url: string, loader: number | null): Promise<Progress> {
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-etl-progress' });
  client.on('error', () => undefined);
  const isOpen = await client.connect().then(
    () => true,
    () => false,
  );
  let state: State | null = null;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after another: a connection answers one question at a time. */
  const send = (sql: string, values: unknown[]): Promise<unknown> =>
    (last = isOpen ? last.then(() => client.query(sql, values)).catch(() => undefined) : last);
  const write = () => {
    if (!state) return;
    const { runId, phase, stream, number, streams, rows } = state;
    waiting++;
    void send(
      `insert into ops.run_progress (run_id, phase, stream, stream_number, streams, rows)
       select $1, $2, $3, $4, $5, $6 + coalesce((
         select pg_sequence_last_value(pg_get_serial_sequence(c.relid::regclass::text, '_n')::regclass)
           from pg_stat_progress_copy c where c.pid = $7 and c.relid <> 0), 0)
       on conflict (run_id) do update set phase = excluded.phase, stream = excluded.stream,
         stream_number = excluded.stream_number, rows = greatest(excluded.rows, run_progress.rows), beat_at = clock_timestamp()`,
      [runId, phase, stream, number, streams, rows, loader],
    ).finally(() => waiting--);
  };
  const timer = setInterval(() => {
    if (!waiting) write();
  }, beat);
  timer.unref();

  return {
    begin(runId, streams) {
      state = { runId, streams, phase: 'reading', stream: null, number: null, rows: 0 };
      write();
    },
    at(phase, stream, number) {
      if (!state) return;
      state = { ...state, phase, stream: stream ?? null, number: number ?? null };
      write();
    },
    landed(rows) {
      if (state) state.rows += rows;
    },
    async finish() {
      const done = state;
      state = null;
      if (done) await send('delete from ops.run_progress where run_id = $1', [done.runId]);
    },
    async close() {
      clearInterval(timer);
      if (isOpen) await client.end().catch(() => undefined);
    },
  };
}
