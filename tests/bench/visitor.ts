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

/** Signs in as the administrator; each visitor has connections of its own, kept alive as a browser's. */
export async function signIn({ stack, home }: Company, connections = 1): Promise<Visitor> {
  const origin = new URL(stack.address).origin;
  const agent = new Agent({ connections, pipelining: 1 });
  const password = readFileSync(join(home, 'admin-password'), 'utf8').trim();
  const answer = await request(`${origin}/login?/in`, {
    method: 'POST',
    dispatcher: agent,
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email: stack.email, password }).toString(),
  });
  await answer.body.dump();
  const cookie = [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (!cookie) throw new Error(`cannot sign in: ${answer.statusCode}`);
  const get = async (path: string): Promise<Answer> => {
    const began = performance.now();
    const headers = { cookie, 'accept-encoding': 'gzip' };
    const { statusCode, body } = await request(origin + path, { dispatcher: agent, headers });
    const bytes = (await body.arrayBuffer()).byteLength;
    return { ms: performance.now() - began, status: statusCode, bytes };
  };
  return { cookie, get, close: () => agent.close() };
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
