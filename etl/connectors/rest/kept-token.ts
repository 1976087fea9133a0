import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import pg from 'pg';
import type { Scope } from '../remote/scope.ts';
import { seal } from '../webhook/seal.ts';

/** No stream has this name: the token is one for all streams of a source. */
const stream = '*';
const purpose = 'pulse token';

export type KeptToken = { read(): Promise<string>; save(token: string): Promise<void> };

/**
 * A refresh token that its server replaces with each use: the new one has to outlive the run, even one that fails.
 * It is kept encrypted with PULSE_SECRET beside the cursors, until the configuration names another first one.
 */
export function keepToken(
  { source, run }: Scope,
  configured: string,
  password = process.env.PULSE_SECRET,
): KeptToken {
  let token = configured;
  const mark = createHash('sha256').update(configured).digest('hex').slice(0, 16);
  // The client of the run is busy taking rows while a token is renewed.
  const ask = async (sql: string, values: unknown[]): Promise<{ cursor: string }[]> => {
    const client = new pg.Client({ connectionString: run?.warehouseUrl, application_name: 'pulse-etl' });
    await client.connect();
    try {
      return (await client.query<{ cursor: string }>(sql, values)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    async read() {
      if (!run || !password || token !== configured) return token;
      const [row] = await ask('select cursor from ops.cursors where source = $1 and stream = $2', [
        source,
        stream,
      ]);
      const [of, sealed] = row?.cursor.split(' ') ?? [];
      if (of === mark && sealed) token = open(Buffer.from(sealed, 'base64'), source, password) ?? configured;
      return token;
    },
    async save(next) {
      token = next;
      if (!run || !password) return;
      await ask(
        `insert into ops.cursors (source, stream, cursor, run_id) values ($1, $2, $3, $4)
         on conflict (source, stream) do update set cursor = excluded.cursor, run_id = excluded.run_id, updated_at = now()`,
        [source, stream, `${mark} ${seal(next, source, password, purpose).toString('base64')}`, run.id],
      );
    },
  };
}

function open(sealed: Buffer, source: string, password: string): string | null {
  const key = Buffer.from(hkdfSync('sha256', password, '', purpose, 32));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(source))
      .setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
