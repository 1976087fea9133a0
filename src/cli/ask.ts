import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../schema/problem.ts';
import type { Cell, Row } from './csv.ts';

type Annotation = Record<string, { type?: string }>;
export type Answer = {
  error?: string;
  data?: Record<string, unknown>[];
  annotation?: { measures?: Annotation; dimensions?: Annotation; timeDimensions?: Annotation };
};

/** Asks as the whole company; polls while Cube says that it is still working. */
export async function askCube(url: string, secret: string, query: Record<string, unknown>): Promise<Row[]> {
  const token = signToken(secret, { sub: 'cli', access: 'company', team_keys: [], employee_keys: [] });
  for (;;) {
    const response = await fetch(`${url}/v1/load`, {
      method: 'POST',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as Answer;
    if (answer.error === 'Continue wait') {
      await sleep(100);
      continue;
    }
    if (response.ok && answer.data) return readRows(answer);
    const reason = String(answer.error ?? response.statusText).replace(/^(User)?Error: /, '');
    throw new Problem(
      response.status === 400
        ? `Cube does not understand the query: ${reason}`
        : `Cube could not answer: ${reason}`,
      { exitCode: response.status === 400 ? 2 : 1 },
    );
  }
}

/** Cube sends numbers as text so that none loses digits; the annotation tells which texts are numbers. */
export function readRows({ data = [], annotation = {} }: Answer): Row[] {
  const types: Annotation = { ...annotation.measures, ...annotation.dimensions };
  const read = (name: string, value: unknown): Cell => {
    if (value === null || value === undefined || value === '') return value === '' ? '' : null;
    if (types[name]?.type === 'number') return Number.isFinite(Number(value)) ? Number(value) : null;
    return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
      ? value
      : String(value);
  };
  return data.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, read(name, value)])),
  );
}

export function signToken(secret: string, payload: Record<string, unknown>, lifetime = 600): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...payload, iat: now, exp: now + lifetime })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
