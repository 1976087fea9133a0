import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monthStart, parseDay, printDay, today } from './company/calendar.ts';
import { SEED, setScene, simulate } from './company/simulate.ts';
import type { Company } from './company/types.ts';
import { crm } from './store/crm.ts';
import { addressOf, createDatabase, fill, readMarks } from './store/databases.ts';
import { exportAds, exportCalendar, exportMailings, exportRates, type Export } from './store/exports.ts';
import { place, sweep } from './store/files.ts';
import { exportHelpdesk } from './store/helpdesk.ts';
import { pbx } from './store/pbx.ts';
import { exportPlans } from './store/workbook.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

export type SeedOptions = {
  adminUrl: string;
  folder: string;
  /** last day, YYYY-MM-DD; yesterday in Moscow if left out */
  until?: string;
  seed?: number;
  /** share of the usual size, for quick tests */
  scale?: number;
  /** beginning of the databases' names */
  prefix?: string;
  log?: (line: string) => void;
};
export type Seeded = { crmUrl: string; pbxUrl: string; configPath: string; seeded: boolean };
type Mark = { code: string; seed: number; scale: number; from: string; until: string };

/**
 * Sets up the imaginary company's systems: two databases on the given server and a folder of exports.
 * Costs nothing if they are there and reach the wanted day already.
 */
export async function seedDemo(options: SeedOptions): Promise<Seeded> {
  const folder = resolve(options.folder);
  const log = options.log ?? (() => {});
  const until = options.until ?? printDay(today() - 1);
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || printDay(parseDay(until)) !== until)
    throw new Error(`«${until}» is not a day; expected YYYY-MM-DD`);
  const names = ['crm', 'pbx'].map((name) => `${options.prefix ?? 'demo'}_${name}`) as [string, string];
  const answer = {
    crmUrl: addressOf(options.adminUrl, names[0]),
    pbxUrl: addressOf(options.adminUrl, names[1]),
    configPath: join(folder, 'pulse.yaml'),
  };
  const wanted = { code: fingerprint(), seed: options.seed ?? SEED, scale: options.scale ?? 1 };
  const marks = await readMarks(options.adminUrl, names);
  const old = await agree(
    names.map((name) => marks.get(name)),
    folder,
    wanted,
  );
  if (old !== null && (old.until === until || (options.until === undefined && old.until > until)))
    return { ...answer, seeded: false };

  const from = beginning(old, until);
  const mark = JSON.stringify({ ...wanted, from, until } satisfies Mark);
  log(`demo company: two years up to ${until}`);
  const company = simulate(setScene({ ...wanted, until, from }));
  for (const name of names) if (!marks.has(name)) await createDatabase(options.adminUrl, name);
  await Promise.all([
    fill(answer.crmUrl, names[0], crm, company, mark),
    fill(answer.pbxUrl, names[1], pbx, company, mark),
    writeFolder(folder, company),
  ]);
  // Last, so that a half-written company is written again.
  await place(join(folder, 'demo.json'), mark);
  log(
    `demo company: ${company.deals.length} deals, ${company.calls.length} calls, ${company.customers.length} customers`,
  );
  return { ...answer, seeded: true };
}

async function writeFolder(folder: string, company: Company): Promise<void> {
  const files: Export[] = [
    ...exportAds(company),
    ...exportMailings(company),
    exportRates(company),
    exportCalendar(company),
    ...exportHelpdesk(company),
    await exportPlans(company),
  ];
  for (const file of files) await place(join(folder, file.path), file.content);
  const keep = new Set(files.map((f) => join(folder, f.path)));
  for (const part of new Set(files.map((f) => f.path.split('/')[0] as string)))
    await sweep(join(folder, part), keep);
  await place(join(folder, 'pulse.yaml'), await readFile(join(HERE, 'pulse.yaml')));
}

/** What all three places say, if they say the same and this code wrote it. */
async function agree(
  marks: (string | null | undefined)[],
  folder: string,
  wanted: Partial<Mark>,
): Promise<Mark | null> {
  const own = await readFile(join(folder, 'demo.json'), 'utf8').catch(() => null);
  if (own === null || marks.some((mark) => mark !== own)) return null;
  const mark = JSON.parse(own) as Mark;
  const same = mark.code === wanted.code && mark.seed === wanted.seed && mark.scale === wanted.scale;
  return same ? mark : null;
}

/** History keeps its first day while it is used, so that a new day adds and nothing vanishes; for a quarter at most. */
function beginning(old: Mark | null, until: string): string {
  const day = parseDay(until);
  const usable = old !== null && old.until <= until && parseDay(old.from) >= monthStart(day, -27);
  return usable ? old.from : printDay(monthStart(day, -24));
}

/** Changes when the generator changes: an older company is then written anew. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const part of ['company', 'store'])
    for (const name of readdirSync(join(HERE, part)).sort())
      hash.update(readFileSync(join(HERE, part, name)));
  hash.update(readFileSync(join(HERE, 'pulse.yaml')));
  return hash.digest('hex').slice(0, 16);
}
