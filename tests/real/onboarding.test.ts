import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig, type Config } from '../../etl/config.ts';
import { readFolder } from '../../etl/onboarding/folder.ts';
import { propose } from '../../etl/onboarding/propose.ts';
import { writeConfig } from '../../etl/onboarding/write.ts';
import { runSources } from '../../etl/run.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { findRealData, noRealData } from '../harness/real.ts';

const allowed = 5;

/** What a person would have to write, take out or change to come from the proposal to their own configuration. */
function countCorrections(proposed: Config, wanted: Config): string[] {
  const linesOf = ({ sources }: Config): Map<string, string> =>
    new Map(
      Object.values(sources).flatMap((source) =>
        source.streams.flatMap((stream) => {
          const name = `${'from' in stream ? stream.from : ''} ${stream.entity}`;
          const lines: [string, string][] = [[`${name} key`, JSON.stringify([stream.key].flat())]];
          for (const [field, spec] of Object.entries(stream.fields))
            lines.push([`${name} ${field}`, JSON.stringify(sortKeys(spec))]);
          return lines;
        }),
      ),
    );
  const [ours, theirs] = [linesOf(proposed), linesOf(wanted)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (name) => ours.get(name) !== theirs.get(name),
  );
}

function sortKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

describe.skipIf(noRealData)('config init on a hardware seller (maven_crm)', () => {
  let database: Database;
  let proposed: Config;
  beforeAll(async () => {
    database = await createDatabase();
    const folder = join(findRealData() as string, 'maven_crm');
    const { samples } = await readFolder(folder);
    const text = writeConfig(propose(samples, { kind: 'files' }), {
      kind: 'files',
      name: 'crm',
      path: folder,
    });
    const file = join(mkdtempSync(join(tmpdir(), 'pulse-init-')), 'pulse.yaml');
    writeFileSync(file, text);
    proposed = readConfig(file);
  });
  afterAll(() => database?.drop());

  test(`needs no more than ${allowed} corrections`, () => {
    const wanted = readConfig(join(import.meta.dirname, 'maven/pulse.yaml'));
    const corrections = countCorrections(proposed, wanted);
    console.log(`${corrections.length} corrections: ${corrections.join('; ')}`);
    expect(corrections.length).toBeLessThanOrEqual(allowed);
  });

  test('loads as it stands', async () => {
    const [run] = await runSources({ warehouseUrl: database.url, config: proposed });
    expect(run).toMatchObject({ status: 'succeeded' });
    for (const stream of run?.streams ?? []) expect(stream.quarantined).toBe(0);
    const [won] = await database.query(
      `select count(*)::int as deals, sum(amount)::float8 as amount from core.fct_deals where status = 'won'`,
    );
    expect(won).toEqual({ deals: 4238, amount: 10_005_534 });
    const [named] = await database.query(
      `select count(*)::int as n from core.dim_products where is_inferred`,
    );
    expect(named).toEqual({ n: 0 });
  });
});
