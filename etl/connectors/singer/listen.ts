import { join } from 'node:path';
import { SourceError } from '../connector.ts';
import { isDeep } from '../json-text.ts';
import { parseExactly } from '../rest/exact.ts';
import { createSpool, type Spool } from './spool.ts';

type Known = {
  spool: Spool;
  isAnnounced: boolean;
  /** the tap says at its end that what it gave is all there is */
  isWhole: boolean;
  records: number;
};

export type Heard = {
  streams: Map<string, Known>;
  /** streams that the tap has and nobody wants */
  others: Set<string>;
  /** the last STATE message as the tap printed it: its numbers are none of our business */
  state: string | null;
  counts: { records: number; unwanted: number; bad: number };
};

type Message = { type?: unknown; stream?: unknown; record?: unknown; value?: unknown };

/** Takes what a tap says, to the end: records go to a file per wanted stream, and the last state is kept. */
export async function listen(lines: AsyncIterable<string>, wanted: string[], folder: string): Promise<Heard> {
  const streams = new Map<string, Known>(
    wanted.map((name, i) => [
      name,
      { spool: createSpool(join(folder, `${i}.jsonl`)), isAnnounced: false, isWhole: false, records: 0 },
    ]),
  );
  const heard: Heard = {
    streams,
    others: new Set(),
    state: null,
    counts: { records: 0, unwanted: 0, bad: 0 },
  };
  const [first] = wanted;
  let latest = streams.get(first ?? '') as Known;
  try {
    for await (const line of lines) {
      const message = read(line);
      const known = typeof message?.stream === 'string' ? streams.get(message.stream) : undefined;
      if (known) latest = known;
      switch (message?.type) {
        case 'SCHEMA':
          if (known) known.isAnnounced = true;
          else if (typeof message.stream === 'string') heard.others.add(message.stream);
          break;
        case 'RECORD':
          if (!isObject(message.record) || typeof message.stream !== 'string') {
            await keepBad(line);
            break;
          }
          heard.counts.records++;
          if (!known) {
            heard.counts.unwanted++;
            break;
          }
          known.isAnnounced = true;
          known.isWhole = false;
          known.records++;
          await known.spool.write(JSON.stringify(message.record));
          break;
        case 'STATE':
          heard.state = isObject(message.value) ? line : null;
          break;
        case 'ACTIVATE_VERSION':
          if (known) known.isWhole = known.records > 0;
          break;
        case 'BATCH':
          throw new SourceError('the tap gives its rows in BATCH files: switch that off in its config');
        case undefined:
          await keepBad(line);
          break;
      }
    }
  } finally {
    for (const { spool } of streams.values()) await spool.close();
  }
  return heard;

  async function keepBad(line: string): Promise<void> {
    heard.counts.bad++;
    await latest.spool.write(`!${line}`);
  }
}

function read(line: string): Message | null {
  try {
    if (isDeep(line)) return null;
    const message = parseExactly(line);
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
