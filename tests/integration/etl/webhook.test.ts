import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seal } from '../../../etl/connectors/webhook/seal.ts';
import { open } from '../../../src/routes/ingest/secret.ts';
import { sign, verify } from '../../../src/routes/ingest/signature.ts';
import { openCompany, type Company } from './company.ts';

const secret = 'a secret of the telephone exchange';
const streams = `
      - { entity: calls, key: id, fields: { started_at: { from: at, format: epoch }, direction: dir, disposition: { value: answered }, talk_s: talk, phone: phone } }
      - { entity: products, key: id, fields: { name: name } }
`;
const source = (key = secret) => `  pbx:
    kind: webhook
    secret: ${key}
    streams:${streams}`;

let company: Company;
let post: (path: string, init: RequestInit & { body: string }) => Promise<Response>;
beforeAll(async () => {
  company = await openCompany();
  process.env.WAREHOUSE_URL = company.database.url;
  process.env.CUBE_URL = 'http://127.0.0.1:1';
  process.env.PULSE_SECRET = 'the secret of this installation';
  const { POST } = await import('../../../src/routes/ingest/[source]/[entity]/+server.ts');
  post = async (path, init) => {
    const [name = '', entity = ''] = path.split('/');
    const request = new Request(`http://pulse.example/ingest/${path}`, { method: 'POST', ...init });
    return POST({ params: { source: name, entity }, request } as never);
  };
});
beforeEach(async () => {
  await company.load(source());
});
afterAll(async () => {
  const { close } = await import('../../../src/lib/server/warehouse.ts');
  await close();
  await company.database.drop();
});

type Options = { id?: string; at?: number; key?: string; path?: string; signature?: string };
function send(
  body: unknown,
  { id = randomUUID(), at = Date.now() / 1000, key = secret, path = 'pbx/calls', signature }: Options = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at));
  return post(path, {
    body: text,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature ?? sign(id, timestamp, text, key),
    },
  });
}
const call = (id: unknown, talk: unknown = 5) => ({
  id,
  at: 1_735_700_000,
  dir: 'in',
  talk,
  phone: '+7 900 000-00-00',
});
const waiting = async () =>
  (await company.database.query<{ n: number }>('select count(*)::int as n from ops.inbox'))[0]?.n;
const calls = () =>
  company.database.query('select source_id, talk_s, is_deleted from core.fct_calls order by source_id');

test('what is sent waits, is loaded by the next run, and nothing that was loaded before is taken for deleted', async () => {
  const response = await send([call(1), call(2)]);
  expect([response.status, await response.json()]).toEqual([202, { accepted: 2, duplicate: false }]);
  expect(await waiting()).toBe(2);
  const [run] = await company.load(source());
  expect(run?.streams).toMatchObject([
    { entity: 'products', read: 0, deleted: 0 },
    { entity: 'calls', read: 2, inserted: 2, is_full: false },
  ]);
  expect(await waiting()).toBe(0);
  await send(call(3));
  const [next] = await company.load(source());
  expect(next?.streams).toMatchObject([{ read: 0 }, { read: 1, inserted: 1, deleted: 0 }]);
  expect((await calls()).map((row) => row.is_deleted)).toEqual([false, false, false]);
});

test('the same request is kept once, however often it comes, also after it was loaded', async () => {
  const id = randomUUID();
  const replies = await Promise.all([1, 2, 3].map(() => send(call(10, 1), { id })));
  expect(replies.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(await waiting()).toBe(1);
  await company.load(source());
  await send(call(10, 2));
  await company.load(source());
  expect(await (await send(call(10, 1), { id })).json()).toEqual({ accepted: 0, duplicate: true });
  expect(await waiting()).toBe(0);
  expect((await calls()).find((row) => row.source_id === '10')).toMatchObject({
    talk_s: expect.stringMatching(/^2/) as string,
  });
});

test('what comes while a run is on, and what a failed run has read, waits for the next one', async () => {
  await send([call(20), { id: 21, at: 'never', dir: 'in' }]);
  await company.database.query('alter table core.fct_calls rename to hidden');
  try {
    expect((await company.load(source()))[0]?.status).toBe('failed');
  } finally {
    await company.database.query('alter table core.hidden rename to fct_calls');
  }
  expect(await waiting()).toBe(2);
  await send(call(22));
  const [run] = await company.load(source());
  expect(run?.streams[1]).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
  const [bad] = await company.database.query(
    `select field, row ->> 'id' as id, position from ops.quarantine`,
  );
  expect(bad).toMatchObject({
    field: 'started_at',
    id: '21',
    position: expect.stringMatching(/^calls#\d+$/) as string,
  });
  expect(await waiting()).toBe(0);
});

describe('is refused', () => {
  const body = JSON.stringify(call(30));
  // Read when it is needed: on a busy machine minutes lie between the reading of this file and a test.
  const now = () => Date.now() / 1000;
  test.each<[string, number, () => Promise<Response>]>([
    ['with another secret', 401, () => send(body, { key: 'another secret of someone' })],
    ['without a signature', 401, () => post('pbx/calls', { body })],
    [
      'with a changed body',
      401,
      () => send(body, { signature: sign('x', String(Math.floor(now())), 'other', secret), id: 'x' }),
    ],
    ['when it is too old', 401, () => send(body, { at: now() - 301 })],
    ['when it comes from the future', 401, () => send(body, { at: now() + 310 })],
    ['for a source that is not there', 401, () => send(body, { path: 'nobody/calls' })],
    ['for a stream that is not there', 404, () => send(body, { path: 'pbx/deals' })],
    ['when it is too large', 413, () => send(`"${'x'.repeat(513 * 1024)}"`)],
    ['when it is no JSON', 400, () => send('{"id":')],
    ['when a row is no object', 400, () => send('[{"id":1}, 2]')],
    ['when it is nested without end', 400, () => send(`{"id":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)],
  ])('%s', async (_, status, ask) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain(secret);
    expect(await waiting()).toBe(0);
  });

  test('a body without a length as soon as it is too large', async () => {
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const response = await post('pbx/calls', { body: stream as never, duplex: 'half' } as never);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(20);
  });
});

test('numbers and texts come through as they were sent', async () => {
  await send('[{"id":12345678901234567890,"name":"a\\u0000b \\\\ я"}]', { path: 'pbx/products' });
  await company.load(source());
  expect(await company.database.query('select source_id, name from core.dim_products')).toEqual([
    { source_id: '12345678901234567890', name: 'ab \\ я' },
  ]);
});

test('a new secret in the configuration holds from the next load on, and is nowhere to be read', async () => {
  await company.load(source('the next secret, with more letters'));
  expect((await send(call(40))).status).toBe(401);
  expect((await send(call(40), { key: 'the next secret, with more letters' })).status).toBe(202);
  const [row] = await company.database.query<{ text: string; sealed_secret: Buffer }>(
    'select w::text as text, sealed_secret from ops.webhooks w',
  );
  expect(
    Buffer.concat([Buffer.from(row?.text ?? ''), row?.sealed_secret ?? Buffer.alloc(0)]).toString('latin1'),
  ).not.toContain('next secret');
  await company.load(`  other:\n    kind: webhook\n    secret: ${secret}\n    streams:${streams}`);
  expect((await send(call(40), { key: 'the next secret, with more letters' })).status).toBe(401);
});

test('a sealed secret opens for its own source and password only', () => {
  const sealed = seal(secret, 'pbx', 'password of the app');
  expect(open(sealed, 'pbx', 'password of the app')).toBe(secret);
  expect(open(sealed, 'crm', 'password of the app')).toBeNull();
  expect(open(sealed, 'pbx', 'another password')).toBeNull();
  expect(open(sealed.subarray(0, 20), 'pbx', 'password of the app')).toBeNull();
});

test('signatures follow the published example of standardwebhooks.com', () => {
  const example = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,wrong v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = Buffer.from('{"test": 2432232314}');
  expect(verify(new Headers(example), body, key, 1_614_265_330_000)).toBe(example['webhook-id']);
  expect(verify(new Headers(example), Buffer.from('{}'), key, 1_614_265_330_000)).toBeNull();
});
