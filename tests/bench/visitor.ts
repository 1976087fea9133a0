import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Company } from './company.ts';

export type Answer = { ms: number; status: number; bytes: number };
export type Visitor = {
  cookie: string;
  get(path: string): Promise<Answer>;
  close(): Promise<void>;
};

// Signing in is rationed, and each visit of a browser needs it.
const cookies = new WeakMap<Company, Promise<string>>();

/** The administrator; each visitor has connections of its own, kept alive as a browser's. */
export async function signIn(company: Company, connections = 1): Promise<Visitor> {
  const { origin } = new URL(company.stack.address);
  const known = cookies.get(company) ?? readCookie(company, origin);
  cookies.set(company, known);
  const cookie = await known;
  const agent = new Agent({ connections, pipelining: 1 });
  const get = async (path: string): Promise<Answer> => {
    const began = performance.now();
    const headers = { cookie, 'accept-encoding': 'gzip' };
    const { statusCode, body } = await request(origin + path, { dispatcher: agent, headers });
    const bytes = (await body.arrayBuffer()).byteLength;
    return { ms: performance.now() - began, status: statusCode, bytes };
  };
  return { cookie, get, close: () => agent.close() };
}

async function readCookie({ stack, home }: Company, origin: string): Promise<string> {
  const answer = await request(`${origin}/login?/in`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      email: stack.email,
      password: readFileSync(join(home, 'admin-password'), 'utf8').trim(),
    }).toString(),
  });
  await answer.body.dump();
  const lines = [answer.headers['set-cookie'] ?? []].flat();
  if (!lines.some((line) => line.includes('session_token')))
    throw new Error(`cannot sign in: ${answer.statusCode}`);
  return lines.map((line) => line.split(';')[0]).join('; ');
}

/** So many users at once, each asking again as soon as it has its answer, till each has asked so often. */
export async function crowd(visitor: Visitor, users: number, turns: number, path: string): Promise<Answer[]> {
  const all = Array.from({ length: users }, async () => {
    const answers: Answer[] = [];
    for (let turn = 0; turn < turns; turn++) answers.push(await visitor.get(path));
    return answers;
  });
  return (await Promise.all(all)).flat();
}

/** A stream of requests at a fixed pace, sent whether or not earlier ones are answered: who waits in line counts too. */
export async function pace(
  visitor: Visitor,
  aSecond: number,
  seconds: number,
  path: string,
): Promise<Answer[]> {
  const began = performance.now();
  const all: Promise<Answer>[] = [];
  for (let sent = 0; sent < aSecond * seconds; sent++) {
    const due = (sent / aSecond) * 1000;
    const early = began + due - performance.now();
    if (early > 1) await sleep(early);
    // from when it was due: a sender that lags behind must not flatter the answerer
    all.push(visitor.get(path).then((answer) => ({ ...answer, ms: performance.now() - began - due })));
  }
  return Promise.all(all);
}
