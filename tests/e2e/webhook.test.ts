import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../src/lib/server/ask.ts';
import { sign as signToken } from '../../src/lib/server/token.ts';
import { sign } from '../../src/routes/ingest/signature.ts';
import { findProcesses, waitUntil } from '../harness/processes.ts';
import { makeHome, runPulse, startStack, type Ready } from '../harness/stack.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const folder = mkdtempSync(join(tmpdir(), 'pulse-webhook-'));
const config = join(folder, 'pulse.yaml');
const settings = (schedule = '') => `reporting: { timezone: Europe/Moscow, currency: RUB }
sources:
  pbx:
    kind: webhook
${schedule}    secret: \${PBX_SECRET}
    streams:
      - entity: calls
        key: id
        fields:
          started_at: { from: at, format: epoch }
          direction: { value: in }
          disposition: { from: state, map: { answered: answered, missed: no_answer } }
          talk_s: talk
`;
writeFileSync(config, settings());

const { home, remove } = makeHome();
const env = { PULSE_CONFIG: config, PBX_SECRET: secret };
let stack: Ready;
beforeAll(async () => {
  stack = await startStack(home, env);
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

type Sent = { id?: string; at?: number; key?: string; path?: string; headers?: Record<string, string> };

/** What a telephone exchange does: one signed request over the network. */
async function send(
  body: string,
  { id = randomUUID(), at, key = secret, path = 'pbx/calls', headers }: Sent = {},
) {
  const timestamp = String(Math.floor(at ?? Date.now() / 1000));
  const response = await fetch(`${stack.address}/ingest/${path}`, {
    method: 'POST',
    headers: headers ?? {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(id, timestamp, body, key),
    },
    body,
  });
  return [response.status, await response.json().catch(() => null)] as const;
}

const call = (id: number, state = 'answered', talk = 60) =>
  JSON.stringify({ id, at: 1_735_700_000 + id, state, talk });

/** The figures as the page asks for them: from Cube, with a viewer's token. */
async function figures() {
  const { urls } = stack.record();
  const token = signToken(
    { user_id: 'test', access: 'company', team_keys: [], employee_keys: [] },
    readFileSync(join(home, 'secret'), 'utf8').trim(),
  );
  const { rows } = await ask({
    cubeUrl: urls.cube as string,
    token,
    query: { measures: ['calls.calls', 'calls.missed'] } as never,
  });
  return rows[0] as Record<string, unknown>;
}

async function loadByHand() {
  const { code, stdout, stderr } = await runPulse(['etl', 'run', 'pbx'], home, env).ended;
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('pbx')]);
}

test('who may not send is told so in one sentence, and nothing is kept', async () => {
  const now = Date.now() / 1000;
  const refused = [401, { error: 'the signature is missing, wrong or too old' }];
  expect(await send(call(1), { key: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })).toEqual(refused);
  expect(await send(call(1), { headers: { 'content-type': 'application/json' } })).toEqual(refused);
  expect(await send(call(1), { at: now - 301 })).toEqual(refused);
  expect(await send(call(1), { at: now + 360 })).toEqual(refused);
  expect(await send(call(1), { path: 'nobody/calls' })).toEqual(refused);
  expect(await send(call(1), { path: 'pbx/deals' })).toEqual([404, { error: 'this source takes calls' }]);
  expect(await send('{"id":')).toEqual([
    400,
    { error: 'expected a JSON object, or a list of them, in UTF-8' },
  ]);
  expect(await send('[1]')).toEqual([400, { error: 'expected a JSON object, or a list of them, in UTF-8' }]);
  const [status, told] = await send(JSON.stringify({ id: 'x'.repeat(600 * 1024) }));
  expect([status, told]).toEqual([413, { error: 'at most 512 KB at once' }]);
  await loadByHand();
  expect(Number((await figures())['calls.calls'] ?? 0)).toBe(0);
});

test('what was accepted is a figure after the next load, once however often it was sent', async () => {
  const id = randomUUID();
  expect(await send(`[${call(1)},${call(2, 'missed', 0)}]`, { id })).toEqual([
    202,
    { accepted: 2, duplicate: false },
  ]);
  expect(await send(`[${call(1)},${call(2, 'missed', 0)}]`, { id })).toEqual([
    202,
    { accepted: 0, duplicate: true },
  ]);
  await loadByHand();
  expect(await figures()).toMatchObject({ 'calls.calls': 2, 'calls.missed': 1 });
}, 120_000);

test('SIGKILL of everything between receipt and load loses nothing', async () => {
  expect((await send(call(3, 'missed', 0)))[0]).toBe(202);
  for (const { pid } of findProcesses(home)) process.kill(pid, 'SIGKILL');
  stack.process.kill('SIGKILL');
  await waitUntil(
    () => findProcesses(home),
    (left) => left.length === 0,
  );
  // This time the worker loads it, by its timetable.
  writeFileSync(config, settings(`    schedule: '* * * * *'\n`));
  stack = await startStack(home, env);
  await waitUntil(figures, (found) => Number(found['calls.calls']) === 3, 150_000);
  expect(await figures()).toMatchObject({ 'calls.calls': 3, 'calls.missed': 2 });
}, 300_000);
