import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Problem } from '../../../schema/problem.ts';
import { startPatience, type Part } from './part.ts';

/**
 * Asks until the part answers anything but an error of its own.
 * @param isOurs whether this answer is that of the part, and not of another that has taken its port meanwhile
 */
export async function probe(
  url: string,
  part: Part,
  isOurs: (body: string) => boolean = () => true,
): Promise<void> {
  const deadline = Date.now() + startPatience;
  for (;;) {
    const answer = await ask(url);
    if (answer !== null && answer.status < 500 && isOurs(answer.body)) return;
    if (!part.isRunning) throw new Problem(await part.crashed);
    if (Date.now() > deadline)
      throw new Problem(`${part.name} does not answer at ${url} (${answer?.status ?? 'no connection'}).`);
    await sleep(50);
  }
}

async function ask(url: string): Promise<{ status: number; body: string } | null> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await response.text() };
  } catch {
    return null;
  }
}

/** The data version: 0 means that nothing was ever loaded. */
export async function readDataVersion(warehouseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: warehouseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>('select version from ops.data_version');
    return Number(rows[0]?.version ?? 0);
  } finally {
    await client.end();
  }
}
