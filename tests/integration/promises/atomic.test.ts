import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { send, startServer } from '../etl/rest-server.ts';
import { disturb } from './killing.ts';

// Promise 4: readers see the whole of a run or none of it; killed at any moment, the next run ends where an undisturbed one does.
let folder: string;
let config: string;
let calm: Database;
let disturbed: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulse-kill-'));
  config = join(folder, 'pulse.yaml');
  [calm, disturbed] = await Promise.all([createDatabase(), createDatabase()]);
}, 60_000);
afterEach(async () => {
  await calm?.drop();
  await disturbed?.drop();
});

type Deal = Record<'id' | 'created' | 'status' | 'owner' | 'customer' | 'amount' | 'changed', string>;

/** Deals of which a fifth changes, and one in a hundred cannot be understood. */
const deals = (state: number, count = 6000): Deal[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${i}`,
    created: `2025-0${1 + (i % 9)}-1${i % 10}`,
    status: ['open', 'won', 'lost'][(i + (i % 5 === 0 ? state : 0)) % 3] ?? '',
    owner: `M${i % 7}`,
    customer: `C${i % 900}`,
    amount: i % 97 === 0 ? 'x' : `${i * 10}`,
    changed: i % 5 === 0 ? `2025-10-0${1 + state}` : '2025-10-01',
  }));
const fields =
  '{ created_at: created, status: status, owner_id: owner, customer_id: customer, stage_id: status, amount: amount }';
const declare = (source: string): void =>
  writeFileSync(config, `reporting: { timezone: Europe/Moscow, currency: RUB }\nsources:\n  crm:\n${source}`);

test('files, killed at twenty random moments', { timeout: 400_000 }, async () => {
  declare(`    kind: files
    path: deals.csv
    streams:
      - { entity: deals, key: id, fields: ${fields} }
`);
  const give = (state: number): void => {
    const rows = deals(state);
    writeFileSync(
      join(folder, 'deals.csv'),
      [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].join('\n'),
    );
  };
  await disturb({ calm, disturbed, config }, give, 20);
});

test('a database, read by its cursor', { timeout: 300_000 }, async () => {
  const crm = await createDatabase({ isEmpty: true });
  await crm.query(
    'create table deals (id text, created text, status text, owner text, customer text, amount text, changed date)',
  );
  declare(`    kind: sql
    connection: ${crm.url}
    streams:
      - { from: deals, entity: deals, key: id, cursor: changed, fields: ${fields} }
`);
  const give = async (state: number): Promise<void> => {
    await crm.query('truncate deals');
    await crm.query('insert into deals select * from jsonb_populate_recordset(null::deals, $1)', [
      JSON.stringify(deals(state, 3000)),
    ]);
  };
  await disturb({ calm, disturbed, config }, give, 6);
  await crm.drop();
});

test('a paged API', { timeout: 300_000 }, async () => {
  let state: 0 | 1 = 0;
  const server = await startServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    setTimeout(() => send(response, deals(state, 3000).slice((page - 1) * 300, page * 300)), 20);
  });
  declare(`    kind: rest
    url: ${server.url}
    streams:
      - { from: deals, entity: deals, key: id, paginate: { kind: page, size: 300 }, fields: ${fields} }
`);
  const give = (next: 0 | 1): void => void (state = next);
  await disturb({ calm, disturbed, config }, give, 6);
  await server.stop();
});

test('a tap, whose state goes with its data', { timeout: 300_000 }, async () => {
  const tap = join(folder, 'tap.mjs');
  // Gives what has changed since its state, slowly.
  writeFileSync(
    tap,
    `import { readFileSync } from 'node:fs';
const at = process.argv.indexOf('--state');
const since = at < 0 ? '' : JSON.parse(readFileSync(process.argv[at + 1], 'utf8')).changed;
const say = (message) => console.log(JSON.stringify(message));
say({ type: 'SCHEMA', stream: 'deals', schema: {}, key_properties: ['id'] });
const rows = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'deals.json'))}, 'utf8'));
for (const [i, record] of rows.entries()) {
  if (record.changed > since) say({ type: 'RECORD', stream: 'deals', record });
  if (i % 300 === 0) {
    say({ type: 'STATE', value: { changed: since } });
    await new Promise((go) => setTimeout(go, 20));
  }
}
say({ type: 'STATE', value: { changed: rows.map((row) => row.changed).sort().at(-1) } });
`,
  );
  declare(`    kind: singer
    command: ${process.execPath}
    args: [${tap}]
    streams:
      - { from: deals, entity: deals, key: id, fields: ${fields} }
`);
  const give = (state: number): void =>
    writeFileSync(join(folder, 'deals.json'), JSON.stringify(deals(state, 3000)));
  await disturb({ calm, disturbed, config }, give, 6);
  const states = await Promise.all([calm, disturbed].map((db) => db.query('select cursor from ops.cursors')));
  expect(states[0]).toEqual(states[1]);
  expect(JSON.stringify(states[0])).toContain('2025-10-02');
});

test('what a system has sent', { timeout: 300_000 }, async () => {
  declare(`    kind: webhook
    secret: a secret of sixteen letters
    streams:
      - { entity: deals, key: id, fields: ${fields} }
`);
  const give = async (state: number, database: Database): Promise<void> => {
    const rows = deals(state, 3000).filter((_, i) => state === 0 || i % 5 === 0);
    await database.query(
      `insert into ops.inbox (source, stream, row) select 'crm', 'deals', row from jsonb_array_elements($1) row`,
      [JSON.stringify(rows)],
    );
  };
  await disturb({ calm, disturbed, config }, give, 6);
  expect(await disturbed.query('select * from ops.inbox')).toEqual([]);
});
