import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';
import { send, startServer } from '../etl/rest-server.ts';

// Promise 7: a full run marks what has vanished; an incremental one honours the source's deleted flag.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const load = async (name: string, content: string, more = '') => {
  bench.write(`${name}.csv`, content);
  const [run] = await bench.load(`  ${name}:
    kind: files
    path: ${name}.csv
    streams:
      - { entity: deals, key: id, ${more} fields: { amount: sum${more ? ', is_deleted: gone, updated_at: at' : ''} } }
`);
  return run?.streams[0];
};
const there = async (name: string) =>
  (
    await bench.rows<{ id: string }>(
      `select source_id as id from core.fct_deals where source = '${name}' and not is_deleted order by 1`,
    )
  )
    .map(({ id }) => id)
    .join(' ');

test('what a full load no longer has is marked, kept, and comes back with the row', async () => {
  await load('full', 'id,sum\n1,1\n2,2\n3,3\n');
  expect(await load('full', 'id,sum\n1,1\n3,3\n')).toMatchObject({ deleted: 1, unchanged: 2 });
  expect(await there('full')).toBe('1 3');
  expect(await bench.rows(`select count(*)::int as n from core.fct_deals where source = 'full'`)).toEqual([
    { n: 3 },
  ]);
  expect(await load('full', 'id,sum\n1,1\n2,2\n3,3\n')).toMatchObject({ updated: 1, deleted: 0 });
  expect(await there('full')).toBe('1 2 3');
});

test('a row that is there but not understood has not vanished', async () => {
  expect(await load('full', 'id,sum\n1,1\n2,what\n3,3\n')).toMatchObject({ quarantined: 1, deleted: 0 });
  expect(await there('full')).toBe('1 2 3');
});

test('an incremental load takes for deleted what says so, and nothing else', async () => {
  const more = 'cursor: at,';
  await load('steps', 'id,sum,gone,at\n1,1,,2025-01-01\n2,2,,2025-01-01\n3,3,,2025-01-01\n', more);
  expect(await load('steps', 'id,sum,gone,at\n2,2,yes,2025-01-02\n', more)).toMatchObject({
    is_full: false,
    read: 1,
    updated: 1,
    deleted: 0,
  });
  expect(await there('steps')).toBe('1 3');
});

describe('files that come and go', () => {
  const list = (from: number, to: number): string =>
    `id,sum\n${Array.from({ length: to - from }, (_, i) => `${from + i},1\n`).join('')}`;
  const load = async (name: string, more = '') => {
    const [run] = await bench.load(`  ${name}:
    kind: files
    path: ${name}/*.csv
    streams:
      - { entity: deals, key: id, ${more} fields: { amount: sum } }
`);
    return { ...run?.streams[0], warnings: run?.warnings };
  };
  const replace = (name: string, old: string, file: string, content: string): void => {
    bench.write(`${name}/${file}`, content);
    rmSync(join(bench.folder, name, old));
  };

  test('an export written anew under the name of its day takes the place of the last one', async () => {
    bench.write('anew/2025-01-01.csv', list(0, 10));
    await load('anew');
    replace('anew', '2025-01-01.csv', '2025-01-02.csv', list(1, 12));
    expect(await load('anew')).toMatchObject({ inserted: 2, unchanged: 9, deleted: 1, warnings: [] });
  });

  test('a file of another day is no such thing: what the last one held is kept, and the run says so', async () => {
    replace('anew', '2025-01-02.csv', '2025-01-03.csv', list(12, 20));
    const run = await load('anew');
    expect(run).toMatchObject({ inserted: 8, deleted: 0 });
    expect(run.warnings?.[0]).toContain('2025-01-02.csv is gone; its 11 rows were kept');
    expect(run.warnings?.[0]).toContain('«vanished: keep»');
  });

  test('one that others are left beside is kept until that is confirmed', async () => {
    bench.write('some/a.csv', list(0, 10));
    bench.write('some/b.csv', list(10, 20));
    await load('some');
    replace('some', 'a.csv', 'c.csv', list(20, 30));
    expect((await load('some')).warnings?.[0]).toContain('a.csv is gone');
    const [again] = await bench.again();
    expect(again?.warnings).toHaveLength(1);
    const [confirmed] = await bench.again({ acceptDeletions: true });
    expect(confirmed).toMatchObject({ warnings: [], streams: [{ deleted: 10 }] });
  });

  test('where old files are cleared away as a rule, «vanished: keep» keeps what they held, without a word', async () => {
    for (let day = 1; day < 5; day++) {
      bench.write(`days/${day}.csv`, list(day * 10, day * 10 + 10));
      if (day > 2) rmSync(join(bench.folder, `days/${day - 2}.csv`));
      expect(await load('days', 'vanished: keep,')).toMatchObject({ inserted: 10, deleted: 0, warnings: [] });
    }
    expect((await there('days')).split(' ')).toHaveLength(40);
  });
});

describe('a source that is read by its cursor and tells nothing of what it deleted', () => {
  let rows: { id: number; sum: number; at: string }[] = [1, 2, 3].map((id) => ({
    id,
    sum: id,
    at: '2025-01-01',
  }));
  const at = (id: number, day: string) => ({ id, sum: id, at: day });
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer((request, response) => {
      const since = new URL(request.url ?? '', 'http://x').searchParams.get('since') ?? '';
      send(
        response,
        rows.filter((row) => row.at >= since),
      );
    });
  });
  afterAll(() => server.stop());
  const load = async (more = '') => {
    const [run] = await bench.load(`  quiet:
    kind: rest
    url: ${server.url}
    ${more}
    streams:
      - { from: deals, entity: deals, key: id, cursor: at, since: since, fields: { amount: sum, updated_at: at } }
`);
    return run?.streams[0];
  };

  test('keeps it until it is read whole on command', async () => {
    await load();
    rows = [at(1, '2025-01-01'), at(3, '2025-01-01'), at(4, '2025-01-02')];
    expect(await load()).toMatchObject({ is_full: false, inserted: 1, deleted: 0 });
    expect(await there('quiet')).toBe('1 2 3 4');
    const [run] = await bench.again({ isWhole: true });
    expect(run?.streams[0]).toMatchObject({ is_full: true, unchanged: 3, deleted: 1 });
    expect(await there('quiet')).toBe('1 3 4');
    expect(await load()).toMatchObject({ is_full: false, read: 1 });
  });

  test('or by itself, as often as «full_every» says', async () => {
    rows = [at(3, '2025-01-01'), at(4, '2025-01-02')];
    expect(await load('full_every: 7d')).toMatchObject({ is_full: false, deleted: 0 });
    await bench.rows(
      `update ops.runs set finished_at = finished_at - interval '8 days' where source = 'quiet' returning 1`,
    );
    expect(await load('full_every: 7d')).toMatchObject({ is_full: true, deleted: 1 });
    expect(await there('quiet')).toBe('3 4');
    expect(await load('full_every: 7d')).toMatchObject({ is_full: false });
  });
});
