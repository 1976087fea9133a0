import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../cube/serve.js', import.meta.url));
export const secret = 'a secret of the tests';

export type Row = Record<string, string | number | boolean | null>;
export type Access = { access: string; team_keys: number[]; employee_keys: number[] };
export type Query = Record<string, unknown>;
export type Answer = {
  status: number;
  error?: string;
  data?: Row[];
  results?: { data: Row[] }[];
  [key: string]: unknown;
};

export const company: Access = { access: 'company', team_keys: [], employee_keys: [] };

export function sign(payload: object, key = secret): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, payload].map((part) => encode(JSON.stringify(part)));
  const signature = createHmac('sha256', key).update(parts.join('.')).digest('base64url');
  return [...parts, signature].join('.');
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Starts the cube process as the supervisor does, from another working directory and on a free port. */
export async function startCube(warehouseUrl: string) {
  const child = fork(program, {
    cwd: '/',
    env: { PATH: process.env.PATH, WAREHOUSE_URL: warehouseUrl, PULSE_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  child.stdout?.on('data', (chunk) => (log += chunk));
  child.stderr?.on('data', (chunk) => (log += chunk));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`the cube process ended with ${code}: ${log}`)));
  });
  const base = `http://127.0.0.1:${port}`;

  async function post(body: object, token: string | null): Promise<Answer> {
    const response = await fetch(`${base}/cubejs-api/v1/load`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: token }) },
      body: JSON.stringify(body),
    });
    return { status: response.status, ...((await response.json()) as object) };
  }

  return {
    child,
    exited,
    base,
    post,
    log: () => log,
    ask: (query: Query, access: Access = company) => post({ query }, sign({ sub: 'test', ...access })),
    rows: async (query: Query, access: Access = company): Promise<Row[]> => {
      const answer = await post({ query }, sign({ sub: 'test', ...access }));
      if (!answer.data) throw new Error(`${answer.status}: ${answer.error}`);
      return answer.data;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      return exited;
    },
  };
}

export type Cube = Awaited<ReturnType<typeof startCube>>;
