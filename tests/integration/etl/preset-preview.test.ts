import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { previewSources } from '../../../etl/preview.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { makeHome, runPulse } from '../../harness/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'pulse-preview-'));
const write = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
write('deals.csv', 'id;sum;day\n1;10,5;2025-01-01\n2;abc;2025-01-02\n3;;31.02.2025\n4;7;2025-01-04\n');
mkdirSync(join(folder, 'exports'));
write('exports/deals.csv', 'id,amount,created,stage\n1,10,2025-01-01,Won\n2,20,2025-01-02,Lost\n');
write(
  'pulse.yaml',
  `reporting: { timezone: Europe/Moscow, currency: RUB }
sources:
  crm:
    kind: files
    path: deals.csv
    streams:
      - entity: deals
        key: id
        fields: { amount: { from: sum, number: { decimal: ',' } }, created_at: day }
  gone:
    kind: sql
    connection: postgres://nobody:hidden@127.0.0.1:1/none
    streams:
      - from: deals
        entity: deals
        key: id
        fields: { title: title }
`,
);

let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

describe('a preview', () => {
  test('shows what was detected, the first rows and what would go to quarantine', async () => {
    const config = readConfig(join(folder, 'pulse.yaml'));
    const [crm, gone] = await previewSources(config, { warehouseUrl: database.url });
    expect(crm).toMatchObject({
      source: 'crm',
      stream: 'deals',
      error: null,
      detected: { 'deals.csv': { encoding: 'utf-8', delimiter: ';' } },
      columns: ['id', 'sum', 'day'],
      read: 4,
      quarantined: 2,
    });
    expect(crm?.rows[0]).toEqual({
      position: 'deals.csv:2',
      fields: { source_id: '1', amount: 10.5, created_at: '2024-12-31T21:00:00+00:00' },
      problem: null,
    });
    expect(crm?.rows[1]?.problem).toMatchObject({ field: 'amount', value: 'abc' });
    expect(crm?.problems).toHaveLength(2);
    expect(gone).toMatchObject({ source: 'gone', rows: [] });
    expect(gone?.error).toMatch(/nothing answers|cannot be reached/);
    expect(gone?.error).not.toContain('hidden');
  });

  test('leaves nothing in the warehouse', async () => {
    const [found] = await database.query(
      `select (select count(*)::int from core.fct_deals) as deals, (select count(*)::int from ops.quarantine) as quarantine,
         (select count(*)::int from pg_tables where schemaname = 'staging') as landings,
         (select count(*)::int from ops.runs) as runs`,
    );
    expect(found).toEqual({ deals: 0, quarantine: 0, landings: 0, runs: 0 });
  });
});

describe('pulse config', () => {
  const { home, remove } = makeHome();
  afterAll(remove);
  const patience = 120_000;
  const run = (args: string[]) =>
    runPulse(['config', ...args], home, { WAREHOUSE_URL: database.url, INIT_CWD: folder }).ended;

  test(
    'check exits with 1 when a source cannot be read, with 2 when the file is wrong',
    async () => {
      const tried = await run(['check', 'pulse.yaml', '--json']);
      expect(tried.stderr).not.toContain('Unexpected');
      expect(tried.code).toBe(1);
      expect(JSON.parse(tried.stdout)).toMatchObject({
        problems: [],
        sources: ['crm', 'gone'],
        streams: [{ stream: 'deals', quarantined: 2 }, { source: 'gone' }],
      });
      const told = await run(['check', 'pulse.yaml']);
      expect(told.stdout).toContain('delimiter ;');
      expect(told.stdout).toContain('cannot be read');
      write('wrong.yaml', 'reporting: { timezone: Mars, currency: RUB }\nsources: {}\n');
      expect((await run(['check', 'wrong.yaml', '--json'])).code).toBe(2);
    },
    patience,
  );

  test(
    'preset lists all and prints one',
    async () => {
      const list = await run(['preset', '--json']);
      expect(JSON.parse(list.stdout)).toContainEqual(
        expect.objectContaining({ name: 'amocrm', kind: 'rest', needs: ['AMOCRM_URL', 'AMOCRM_TOKEN'] }),
      );
      expect((await run(['preset', 'survey'])).stdout).toMatch(/^# Surveys/);
      const wrong = await run(['preset', 'amocrn']);
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean amocrm')]);
    },
    patience,
  );

  test(
    'init writes a configuration, and never over another',
    async () => {
      const made = await run(['init', 'exports', '--out', 'new.yaml']);
      expect(made.stdout).toContain('deals.csv → deals');
      expect(readConfig(join(folder, 'new.yaml')).sources).toBeDefined();
      const again = await run(['init', 'exports', '--out', 'new.yaml']);
      expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
      await database.query(
        `create table public.orders as select n as order_id, n * 10.5 as amount, now() as created_at, 'Анна' as manager
         from generate_series(1, 3) n`,
      );
      const url = await run(['init', database.url, '--out', 'tables.yaml', '--json']);
      expect(JSON.parse(url.stdout).streams).toMatchObject([
        { from: 'orders', entity: 'deals', key: ['order_id'], fields: { owner_id: { column: 'manager' } } },
      ]);
      const text = readFileSync(join(folder, 'tables.yaml'), 'utf8');
      expect(text).toContain('connection: ${SOURCE_DB_URL}');
      expect(text).not.toContain(database.url);
    },
    patience,
  );
});
