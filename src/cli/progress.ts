import pg from 'pg';

type Row = { source: string; phase: string; stream: string | null; rows: string; seconds: number };

/**
 * Shows on a terminal how far the loads under way are, on one line that is written over; anywhere else it shows nothing.
 * @returns ends it and clears the line
 */
export function showProgress(
  warehouse: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & { columns?: number } = process.stderr,
  pause = 500,
): () => Promise<void> {
  if (!stream.isTTY) return async () => undefined;
  const client = new pg.Client({ connectionString: warehouse });
  client.on('error', () => undefined);
  const connected = client.connect().then(
    () => true,
    () => false,
  );
  let isOver = false;
  let waiting: NodeJS.Timeout | null = null;
  const look = async () => {
    if (isOver || !(await connected)) return;
    const rows = await client.query<Row>(select).then(
      (found) => found.rows,
      () => [],
    );
    if (isOver) return;
    if (rows.length)
      stream.write(
        `\r\u001b[2K${rows
          .map(say)
          .join('; ')
          .slice(0, (stream.columns ?? 80) - 1)}`,
      );
    waiting = setTimeout(() => void look(), pause);
  };
  void look();
  return async () => {
    isOver = true;
    if (waiting) clearTimeout(waiting);
    stream.write('\r\u001b[2K');
    if (await connected) await client.end().catch(() => undefined);
  };
}

const select = `
  select r.source, p.phase, p.stream, p.rows, extract(epoch from clock_timestamp() - r.started_at)::float8 as seconds
    from ops.run_progress p join ops.runs r using (run_id) where r.status = 'running' order by r.started_at`;

/** `crm: reading deals, 120,000 rows, 30,000/s`. */
export function say({ source, phase, stream, rows, seconds }: Row): string {
  const count = Number(rows);
  const what = stream ? `${phase} ${stream}` : phase;
  const rate = count && seconds > 1 ? `, ${Math.round(count / seconds).toLocaleString('en')}/s` : '';
  return `${source}: ${what}, ${count.toLocaleString('en')} rows${phase === 'reading' ? rate : ''}, ${seconds.toFixed(0)} s`;
}
