import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { readConfig } from '../../../etl/config.ts';
import { runSources, type RunOptions, type RunSummary } from '../../../etl/run.ts';
import { createDatabase, type Database } from '../../harness/database.ts';

/** A company in a folder: files written by a test, loaded into a database of its own. */
export async function openCompany(): Promise<Company> {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-company-'));
  const database = await createDatabase();
  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const again: Company['again'] = (options = {}) =>
    runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')), ...options });
  return {
    database,
    write,
    folder,
    async load(sources, options = {}) {
      write(
        'pulse.yaml',
        `reporting: { timezone: ${options.timezone ?? 'Europe/Moscow'}, currency: RUB }\nsources:\n${sources}`,
      );
      return again({ isRetry: options.isRetry ?? false, only: options.only });
    },
    again,
  };
}

export type Company = {
  database: Database;
  write(name: string, content: string | Buffer): void;
  folder: string;
  load(
    sources: string,
    options?: { timezone?: string; isRetry?: boolean; only?: string[] },
  ): Promise<RunSummary[]>;
  /** the settings of the last load once more */
  again(options?: Partial<RunOptions>): Promise<RunSummary[]>;
};

/** A `files` source over one CSV file. */
export function csvSource(name: string, entity: string, file: string, fields: string, more = ''): string {
  return `  ${name}:
    kind: files
    path: .
    streams:
      - from: ${file}
        entity: ${entity}
${more ? `        ${more}\n` : ''}        fields: ${fields}
`;
}
