import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../etl/config.ts';
import { runSources } from '../../../etl/run.ts';
import type { Database } from '../../harness/database.ts';

export const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

type Rows = (string | number)[][];

/** A folder of CSV files and a configuration, and what loads them into a database. */
export function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-incidents-'));
  return {
    save: (name: string, rows: Rows) =>
      writeFileSync(join(folder, name), rows.map((row) => row.join(',')).join('\n')),
    configure: (text: string) => writeFileSync(join(folder, 'pulse.yaml'), text),
    async load(database: Database): Promise<void> {
      const config = readConfig(join(folder, 'pulse.yaml'));
      const [summary] = await runSources({ warehouseUrl: database.url, config });
      if (summary?.status === 'failed') throw new Error(summary.error ?? 'not loaded');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A company of two teams and two campaigns, up to yesterday; `gain` is the margin of the campaign that is in doubt. */
export type Shape = { gain: number; anna: number; limits?: string };

/** Writes its files and loads them. Anna and Boris sell alike but for Anna's margin. */
export function createCompany(database: Database) {
  const { save: write, configure, ...folder } = openFolder();
  const load = async ({ gain, anna, limits = '' }: Shape) => {
    const deals: Rows = [['id', 'created', 'closed', 'owner', 'campaign', 'amount', 'cost', 'status']];
    const spend: Rows = [['day', 'campaign', 'cost']];
    for (let back = 120; back >= 1; back--) {
      spend.push([day(back), 'bad', 1000], [day(back), 'good', 1000]);
      const deal = (owner: string, campaign: string, margin: number) =>
        deals.push([
          `${owner}${campaign}${back}`,
          day(back),
          day(back),
          owner,
          campaign,
          4000,
          4000 * (1 - margin),
          'won',
        ]);
      deal('anna', 'good', anna);
      deal('boris', 'good', 0.5);
      deal('boris', 'bad', gain);
    }
    write('deals.csv', deals);
    write('spend.csv', spend);
    write('people.csv', [
      ['id', 'name', 'team'],
      ['anna', 'Anna', 'north'],
      ['boris', 'Boris', 'north'],
      ['vera', 'Vera', 'south'],
    ]);
    write('teams.csv', [
      ['id', 'name'],
      ['north', 'North'],
      ['south', 'South'],
    ]);
    write('campaigns.csv', [
      ['id', 'name', 'channel'],
      ['bad', '<img src=x onerror=alert(1)>', 'Ads'],
      ['good', 'Good', 'Search'],
    ]);
    configure(
      `reporting: { timezone: UTC, currency: EUR }
${limits}
sources:
  crm:
    kind: files
    path: ./*.csv
    streams:
      - { from: teams.csv, entity: teams, fields: { source_id: id, name: name } }
      - { from: people.csv, entity: employees, fields: { source_id: id, name: name, team_id: team } }
      - { from: campaigns.csv, entity: campaigns, fields: { source_id: id, name: name, channel: channel } }
      - from: deals.csv
        entity: deals
        fields: { source_id: id, created_at: created, closed_at: closed, owner_id: owner, campaign_id: campaign, amount: amount, cost: cost, status: status }
      - { from: spend.csv, entity: marketing_spend, fields: { day: day, campaign_id: campaign, cost: cost } }
`,
    );
    await folder.load(database);
  };
  return { load, remove: folder.remove };
}
