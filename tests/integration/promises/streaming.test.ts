import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';

// Promise 5: memory does not grow with the input. A process with a small heap lands a large input of each form.
const folder = mkdtempSync(join(tmpdir(), 'pulse-streaming-'));
let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const padding = 'a text of some length that is not read by any field of the mapping '.repeat(4);
type Form = { name: string; open: string; row(i: number): string; close: string; isPacked?: true };
const forms: Form[] = [
  { name: 'plain.csv', open: 'id,name,more\n', row: (i) => `${i},Name ${i % 1000},${padding}\n`, close: '' },
  // A quote in the middle sends the file through our own reader.
  { name: 'odd.csv', open: 'id,name,more\n', row: (i) => `${i},Name 5" ${i % 1000},${padding}\n`, close: '' },
  {
    name: 'packed.csv.gz',
    open: 'id,name,more\n',
    row: (i) => `${i},Name ${Math.random()},${padding.slice(0, 99)}\n`,
    close: '',
    isPacked: true,
  },
  {
    name: 'lines.jsonl',
    open: '',
    row: (i) => `{"id":${i},"name":"Name ${i % 1000}","more":"${padding}"}\n`,
    close: '',
  },
  {
    name: 'list.json',
    open: '{"items":[',
    row: (i) => `${i ? ',' : ''}{"id":${i},"name":"Name ${i % 1000}","more":"${padding}"}\n`,
    close: ']}',
  },
];

async function write({ name, open, row, close, isPacked }: Form, rows: number): Promise<string> {
  const file = join(folder, `${rows}.${name}`);
  const text = function* (): Generator<string> {
    let chunk = open;
    for (let i = 0; i < rows; i++) {
      chunk += row(i);
      if (chunk.length < 1 << 18) continue;
      yield chunk;
      chunk = '';
    }
    yield chunk + close;
  };
  await (isPacked
    ? pipeline(text, createGzip({ level: 1 }), createWriteStream(file))
    : pipeline(text, createWriteStream(file)));
  return file;
}

/** Lands files of a form one after another in a process of its own. @returns its greatest memory in MB after each */
async function land(form: Form, counts: number[]): Promise<number[]> {
  const files = await Promise.all(counts.map((count) => write(form, count)));
  const config = join(folder, 'pulse.yaml');
  const records = form.name.endsWith('.json') ? 'records: $.items, ' : '';
  const sources = files.map(
    (file, i) => `  file_${i}:
    kind: files
    path: ${file}
    streams:
      - { entity: products, ${records}key: id, fields: { name: name } }
`,
  );
  writeFileSync(config, `reporting: { timezone: UTC, currency: RUB }\nsources:\n${sources.join('')}`);
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=96', '--import', 'tsx', join(import.meta.dirname, 'lander.ts')],
    {
      env: { ...process.env, WAREHOUSE_URL: database.url, PULSE_CONFIG: config },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  await once(child, 'close');
  for (const file of files) rmSync(file);
  const landed = JSON.parse(said) as { read: number; peak: number }[];
  expect(landed.map(({ read }) => read)).toEqual(counts);
  return landed.map(({ peak }) => peak);
}

test.each(forms)(
  '$name of a hundred megabytes takes hardly more memory than one of three',
  { timeout: 120_000 },
  async (form) => {
    const [small = 0, large = Infinity] = await land(form, [10_000, 360_000]);
    expect(large).toBeLessThan(small + 60);
  },
);
