import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { openCompany, type Company } from './company.ts';
import type { Bench, Subject, Table } from './subject.ts';
import { toMarkdown } from './table.ts';

const files = {
  loading: () => import('./loading.ts'),
  reading: () => import('./reading.ts'),
  page: () => import('./page.ts'),
  growth: () => import('./growth.ts'),
  cost: () => import('./cost.ts'),
  reports: () => import('./reports.ts'),
  peers: () => import('./peers.ts'),
} satisfies Record<string, () => Promise<{ measure: Subject }>>;
export type SubjectName = keyof typeof files;
export const subjects = Object.keys(files) as SubjectName[];
/** What the package registry has to give first is measured when it is asked for by name. */
const usual = subjects.filter((name) => name !== 'peers');

type Cluster = { adminUrl: string; migrate(url: string): Promise<void> };
export type Run = {
  root: string;
  names: SubjectName[];
  size: { name: string; deals: number };
  cores: number;
  keep: boolean;
  json: boolean;
  log(line: string): void;
  withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T>;
};

/**
 * Measures the subjects one after another and writes each one's tables into its place in BENCHMARKS.md; those that were not
 * asked for stay as they were, with their own date.
 * @returns the tables as Markdown, or as JSON
 */
export async function runSubjects(run: Run): Promise<string> {
  const companies = new Map<number, Promise<Company>>();
  const sections: { name: SubjectName; tables: Table[]; facts: string }[] = [];
  const bench: Bench = {
    root: run.root,
    deals: run.size.deals,
    log: run.log,
    company(deals = run.size.deals) {
      const found = companies.get(deals);
      if (found) return found;
      const opened = openCompany({ root: run.root, deals, keep: run.keep, log: run.log });
      companies.set(deals, opened);
      return opened;
    },
    cluster: run.withCluster,
  };
  try {
    for (const name of run.names.length ? run.names : usual) {
      const busy = loadavg()[0] ?? 0;
      const began = performance.now();
      const { measure } = await files[name]();
      const tables = await measure(bench);
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      const facts = `${run.size.deals.toLocaleString('en')} deals, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${minutes} minutes; ${busy.toFixed(1)} processes wanted the ${run.cores} cores before it began.`;
      sections.push({ name, tables, facts });
      if (!run.json) write(run, sections.at(-1)!);
    }
  } finally {
    for (const company of companies.values()) await (await company.catch(() => null))?.stop();
  }
  return run.json ? JSON.stringify(sections, null, 2) : sections.map(print).join('\n\n');
}

function print({ name, tables, facts }: { name: SubjectName; tables: Table[]; facts: string }): string {
  const title = name[0]!.toUpperCase() + name.slice(1);
  const parts = tables.map((table) => `### ${table.title}\n\n${table.about}\n\n${toMarkdown(table.rows)}`);
  return [`<!-- ${name} -->\n\n## ${title}\n\n${facts}`, ...parts].join('\n\n');
}

function write({ root, cores }: Run, section: Parameters<typeof print>[0]): void {
  const file = join(root, 'BENCHMARKS.md');
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const kept = new Map(
    old
      .split(/^(?=<!-- \w+ -->$)/m)
      .slice(1)
      .map((text) => [/^<!-- (\w+) -->/.exec(text)?.[1] ?? '', text.trim()]),
  );
  kept.set(section.name, print(section));
  const head = `# Benchmarks

Written by \`npm run bench\`, subject by subject, each with its own date and size. Machines are noisy: compare the ratios, which come from
one run; absolute figures hold for this machine alone.

${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`;
  const body = subjects.flatMap((name) => kept.get(name) ?? []);
  writeFileSync(file, `${[head, ...body].join('\n\n')}\n`);
}
