import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../etl/config.ts';
import { listPresets, readPreset, type Preset } from '../../../etl/preset.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { loadPreset } from './preset-company.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/presets');

let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

describe('every preset', () => {
  test.each(listPresets())(
    '%s is a complete source that configuration accepts, and says what it is for',
    (name) => {
      const preset = readPreset(name) as Preset;
      // Where the knowledge is from: an address, or the plain word that nothing was found to check it against.
      expect(preset.against).toMatch(/\w\.(com|ru|io|org)\b|[Nn]ot checked against/);
      expect(preset.needs.length).toBeGreaterThan(0);
      for (const variable of preset.needs)
        expect(
          preset.text
            .split('\n')
            .filter((line) => line.startsWith('#'))
            .join('\n'),
        ).toContain(variable);
      const file = join(mkdtempSync(join(tmpdir(), 'pulse-preset-')), 'pulse.yaml');
      writeFileSync(file, `reporting: { timezone: Europe/Moscow, currency: RUB }\n${preset.text}`);
      const value = preset.kind === 'files' ? join(fixtures, 'survey.csv') : 'https://example.com';
      const { sources } = readConfig(file, Object.fromEntries(preset.needs.map((need) => [need, value])));
      expect(Object.keys(sources)).toHaveLength(1);
    },
  );
});

/** Russian letters, as Node has no encoder for them. */
const toWindows1251 = (text: string): Buffer =>
  Buffer.from(
    [...text].map((letter) => {
      const code = letter.charCodeAt(0);
      return code < 128 ? code : letter === '№' ? 0xb9 : code - 0x350;
    }),
  );

function spendOf(source: string): Promise<Record<string, unknown>[]> {
  return database.query(
    `select sum(cost)::float8 as cost, sum(impressions)::int as impressions, sum(clicks)::int as clicks
     from core.fct_marketing_spend where source = $1`,
    [source],
  );
}

describe('presets over files', () => {
  test.each([
    [
      'google-ads-csv',
      'GOOGLE_ADS_CSV',
      'google-ads-csv.csv',
      'google_ads',
      3,
      { cost: 25, impressions: 1080, clicks: 14 },
    ],
    [
      'yandex-direct',
      'YANDEX_DIRECT_TSV',
      'yandex-direct.tsv',
      'yandex_direct',
      3,
      { cost: 200, impressions: 1500, clicks: 25 },
    ],
  ] as const)('%s: money comes from micros', async (name, variable, file, source, read, sums) => {
    const streams = await loadPreset(name, database.url, { [variable]: join(fixtures, file) });
    expect(streams.marketing_spend).toMatchObject({ read, inserted: read, quarantined: 0 });
    expect(await spendOf(source)).toEqual([sums]);
  });

  test.each(['utf-8', 'windows-1251'])(
    'yandex-direct-web in %s: title and totals are no rows',
    async (form) => {
      const file = join(mkdtempSync(join(tmpdir(), 'pulse-preset-')), 'report.csv');
      const text = readFileSync(join(fixtures, 'yandex-direct-web.csv'), 'utf8');
      writeFileSync(file, form === 'utf-8' ? text : toWindows1251(text));
      const other = await createDatabase();
      try {
        const streams = await loadPreset('yandex-direct-web', other.url, {
          YANDEX_DIRECT_CSV: file,
        });
        expect(streams.marketing_spend).toMatchObject({ read: 2, inserted: 2, quarantined: 0 });
        const [sum] = await other.query(`select sum(cost)::float8 as cost from core.fct_marketing_spend`);
        expect(sum).toEqual({ cost: 200 });
        const names = await other.query(`select name from core.dim_campaigns order by 1`);
        expect(names).toEqual([{ name: 'Поиск' }, { name: 'Сети' }]);
      } finally {
        await other.drop();
      }
    },
  );

  test('survey: an answer without a day goes to quarantine', async () => {
    const streams = await loadPreset('survey', database.url, { SURVEY_CSV: join(fixtures, 'survey.csv') });
    expect(streams.survey_responses).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
  });

  test('asterisk-csv: direction by context', async () => {
    const file = join(fixtures, 'asterisk-cdr.csv');
    const streams = await loadPreset('asterisk-csv', database.url, { ASTERISK_CSV: file });
    expect(streams.calls).toMatchObject({ read: 5, inserted: 3, duplicate: 2 });
    const calls = await database.query(
      `select c.direction, c.disposition, c.talk_s::int as talk_s, e.name as employee from core.fct_calls c
       left join core.dim_employees e using (employee_key) where c.source = 'asterisk_csv' order by c.source_id`,
    );
    expect(calls).toEqual([
      { direction: 'out', disposition: 'answered', talk_s: 60, employee: '105' },
      // Two extensions rang; the leg of the one who answered tells the end of the call.
      { direction: 'in', disposition: 'answered', talk_s: 12, employee: '106' },
      // The queue answered, and nobody took the call.
      { direction: 'in', disposition: 'no_answer', talk_s: 0, employee: '105' },
    ]);
  });
});
