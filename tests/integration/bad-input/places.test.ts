import { spawn, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { readFiles } from '../../../etl/connectors/files.ts';
import { repairs } from '../../../etl/connectors/rules.ts';
import { matchFiles } from '../../../etl/connectors/file-list.ts';
import type { FilesSource } from '../../../etl/config.ts';
import { openBench, type Bench } from './case.ts';

let bench: Bench;
let folder: string;
let name: string;
let count = 0;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  name = `place${++count}`;
  folder = join(bench.folder, name);
  mkdirSync(folder);
});
afterAll(() => bench.database.drop());

const source = (path = name, from = '*.csv'): string => `  ${name}:
    kind: files
    path: ${path}
    streams:
      - { from: '${from}', entity: products, key: id, fields: { name: name } }
`;
const load = async (path?: string, from?: string) => bench.outcome((await bench.load(source(path, from)))[0]);
const put = (file: string, ...ids: number[]): void =>
  writeFileSync(join(folder, file), `id,name\n${ids.map((id) => `${id},Name ${id}\n`).join('')}`);
const ids = async (): Promise<string> => {
  const rows = await bench.rows<{ id: string }>(
    `select source_id as id from core.dim_products where source = '${name}' and not is_deleted order by source_id::int`,
  );
  return rows.map(({ id }) => id).join(' ');
};

describe('what lies in a folder', () => {
  test('pipes, folders, locks, half-written files and links that lead nowhere are no files', async () => {
    put('a.csv', 1);
    put('b.csv.part', 2);
    put('c.csv.tmp', 3);
    put('~$d.csv', 4);
    mkdirSync(join(folder, 'x.csv'));
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    symlinkSync('nowhere.csv', join(folder, 'dead.csv'));
    symlinkSync('round.csv', join(folder, 'round.csv'));
    const got = await load(name, '*.{csv,part,tmp}');
    expect(got).toMatchObject({ status: 'succeeded', counts: { read: 1 } });
    expect(await ids()).toBe('1');
  });

  test('a pipe or a device that is named itself is refused, not waited for', () => {
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    const config = join(bench.folder, 'pulse.yaml');
    expect(matchFiles(join(folder, 'pipe.csv'), undefined, config).files).toEqual([]);
    expect(matchFiles('/dev/zero', undefined, config).files).toEqual([]);
  });

  test('links are followed, and a file that they lead to several times is read once', async () => {
    put('a.csv', 1, 2);
    symlinkSync('a.csv', join(folder, 'again.csv'));
    mkdirSync(join(folder, 'sub'));
    symlinkSync('..', join(folder, 'sub/up'));
    expect(await load()).toMatchObject({ counts: { read: 2, inserted: 2, duplicate: 0 } });
  });

  test('an empty file among others is passed over, and nothing is taken for vanished', async () => {
    put('a.csv', 1);
    put('b.csv', 2);
    await load();
    truncateSync(join(folder, 'b.csv'));
    const got = await load();
    expect(got).toMatchObject({ status: 'succeeded', counts: { read: 1, deleted: 0, is_full: false } });
    expect(got.rules).toEqual({ [repairs.empty]: 1 });
    expect(await ids()).toBe('1 2');
  });

  test('a file that we may not read is told of in a sentence', async () => {
    put('a.csv', 1);
    chmodSync(join(folder, 'a.csv'), 0);
    writeFileSync(
      join(bench.folder, 'pulse.yaml'),
      `reporting: { timezone: UTC, currency: RUB }\nsources:\n${source()}`,
    );
    chmodSync(bench.folder, 0o755);
    // Root may read everything: the load is somebody else's.
    const isRoot = process.getuid?.() === 0;
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'load-once.ts')], {
      env: {
        ...process.env,
        HOME: tmpdir(),
        WAREHOUSE_URL: bench.database.url,
        PULSE_CONFIG: join(bench.folder, 'pulse.yaml'),
      },
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    await once(child, 'close');
    expect(said).toContain('a.csv may not be read: give the user that runs Pulse the right to read it');
  });
});

/** Reads a file row by row, with something that happens to it after the first rows. */
async function readWhile(file: string, happens: () => void, form: 'rows' | 'bulk' = 'rows') {
  const settings = { kind: 'files', path: join(folder, file), streams: [{ entity: 'products', fields: {} }] };
  const landing = await readFiles(settings as unknown as FilesSource, settings.streams[0] as never, {
    wanted: ['id'],
    since: null,
    configPath: join(bench.folder, 'pulse.yaml'),
    signal: new AbortController().signal,
  });
  const rows: string[] = [];
  let text = '';
  if (form === 'rows') {
    for await (const { values } of landing.rows) {
      if (!rows.length) happens();
      rows.push(values[0] ?? '');
    }
  } else {
    for await (const part of landing.bulk?.[0]?.open() ?? []) {
      if (!text) happens();
      text += String(part);
    }
  }
  return { rows, text, isFull: landing.isFull, rules: landing.detected?.rules };
}

describe('a file that is still being written', () => {
  const many = Array.from({ length: 50_000 }, (_, i) => i);

  test.each(['rows', 'bulk'] as const)('and grows: what was there is read, as %s', async (form) => {
    put('a.csv', ...many);
    const got = await readWhile('a.csv', () => appendFileSync(join(folder, 'a.csv'), '99999,New\n'), form);
    expect(form === 'rows' ? got.rows.length : got.text.trim().split('\n').length - 1).toBe(50_000);
    expect(got).toMatchObject({ isFull: false, rules: { [repairs.grew]: 1 } });
  });

  test('with half a last line: it is left for the next run', async () => {
    writeFileSync(join(folder, 'a.csv'), `id,name\n${many.map((i) => `${i},N\n`).join('')}50000,Na`);
    const got = await readWhile('a.csv', () => appendFileSync(join(folder, 'a.csv'), 'me\n'));
    expect(got.rows).toHaveLength(50_000);
    expect(got.rules).toMatchObject({ [repairs.unfinished]: 1 });
  });

  test('the next run then takes the whole of it', async () => {
    writeFileSync(join(folder, 'a.csv'), 'id,name\n1,One\n2,Tw');
    const writer = setInterval(() => appendFileSync(join(folder, 'a.csv'), 'o'), 100);
    const first = await load();
    clearInterval(writer);
    expect(first.counts).toMatchObject({ read: 1, is_full: false });
    expect(first.rules).toMatchObject({ [repairs.unfinished]: 1 });
    appendFileSync(join(folder, 'a.csv'), '\n3,Three\n');
    expect(await load()).toMatchObject({ counts: { read: 3, inserted: 2, unchanged: 1, is_full: true } });
    expect(
      await bench.rows(`select name from core.dim_products where source = '${name}' order by source_id`),
    ).toEqual([{ name: 'One' }, { name: expect.stringMatching(/^Two+$/) }, { name: 'Three' }]);
  });

  test('a last line without a break is a row like any other once nobody writes', async () => {
    writeFileSync(join(folder, 'a.csv'), 'id,name\n1,One\n2,Two');
    expect(await load()).toMatchObject({ counts: { read: 2, is_full: true }, rules: {} });
  });

  test.each([
    ['is replaced', () => (put('b.csv', 7), renameSync(join(folder, 'b.csv'), join(folder, 'a.csv')))],
    ['is cut', () => truncateSync(join(folder, 'a.csv'), 100)],
    [
      'is written over',
      () => writeFileSync(join(folder, 'a.csv'), `id,name\n${many.map((i) => `${i},Emaa ${i}\n`).join('')}`),
    ],
  ])('and %s: two versions never mix', async (_, happens) => {
    put('a.csv', ...many);
    for (const form of ['rows', 'bulk'] as const) {
      put('a.csv', ...many);
      await new Promise((done) => setTimeout(done, 20));
      await expect(readWhile('a.csv', happens, form)).rejects.toThrow(
        /a\.csv changed while it was read: nothing of it was kept, the next run tries again/,
      );
    }
  });

  test('and vanishes: told of in a sentence', async () => {
    put('a.csv', ...many);
    const gone = join(mkdtempSync(join(tmpdir(), 'pulse-gone-')), 'x');
    await expect(readWhile('a.csv', () => renameSync(join(folder, 'a.csv'), gone))).rejects.toThrow(
      'a.csv vanished while it was read; the next run tries again',
    );
  });
});

test('configurations are checked by the same list', () => {
  put('a.csv.part', 1);
  writeFileSync(
    join(bench.folder, 'pulse.yaml'),
    `reporting: { timezone: UTC, currency: RUB }\nsources:\n${source(name, '*')}`,
  );
  expect(() => readConfig(join(bench.folder, 'pulse.yaml'))).toThrow(/no file at/);
});
