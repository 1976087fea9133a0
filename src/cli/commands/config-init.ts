import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { SourceError } from '../../../etl/connectors/connector.ts';
import { propose, type Proposal } from '../../../etl/onboarding/propose.ts';
import { toSpec, writeConfig, type Origin } from '../../../etl/onboarding/write.ts';
import { Problem } from '../../../schema/problem.ts';
import { printTable } from '../table.ts';

type Options = { out: string; json?: boolean; force?: boolean };

const variable = 'SOURCE_DB_URL';

/** Looks at a folder or database and writes the configuration that it seems to need. */
export async function initConfig(what: string, { out, json, force }: Options): Promise<void> {
  const from = process.env.INIT_CWD ?? '.';
  const file = resolve(from, out);
  if (existsSync(file) && !force)
    throw new Problem(`${file} is there already: name another with --out, or overwrite it with --force.`, {
      exitCode: 2,
    });
  if (!existsSync(dirname(file)))
    throw new Problem(`There is no folder ${dirname(file)} to write to.`, { exitCode: 2 });
  const { proposal, origin } = await look(what, from, dirname(file));
  if (!proposal.streams.length) {
    const seen = proposal.skipped.map((each) => `${each.from}: ${each.why}`).join('; ');
    throw new Problem(`Nothing was recognised${seen ? ` (${seen})` : ': there is no table to read'}.`);
  }
  writeFileSync(file, writeConfig(proposal, origin));
  if (json) console.log(JSON.stringify({ file, ...proposal }, null, 2));
  else report(proposal, file);
}

async function look(
  what: string,
  from: string,
  folder: string,
): Promise<{ proposal: Proposal; origin: Origin }> {
  if (/^postgres(ql)?:\/\//.test(what)) {
    const { readTables } = await import('../../../etl/onboarding/tables.ts');
    const { samples, skipped } = await explain(() => readTables(what));
    const proposal = propose(samples, { kind: 'sql' });
    proposal.skipped.push(...skipped);
    return { proposal, origin: { kind: 'sql', name: 'database', variable } };
  }
  if (/^\w+:\/\//.test(what))
    throw new Problem('Expected a folder, a file or a postgres:// address.', { exitCode: 2 });
  const path = resolve(from, what);
  if (!existsSync(path)) throw new Problem(`There is no ${path}.`, { exitCode: 2 });
  const { readFolder } = await import('../../../etl/onboarding/folder.ts');
  const { samples, skipped } = await explain(() => readFolder(path));
  const proposal = propose(samples, { kind: 'files' });
  proposal.skipped.push(...skipped);
  const base = statSync(path).isDirectory() ? path : dirname(path);
  const origin: Origin = { kind: 'files', name: nameSource(base), path: relative(folder, base) || '.' };
  return { proposal, origin };
}

async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceError) throw new Problem(`It cannot be read: ${error.message}.`);
    throw error;
  }
}

function nameSource(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return name || 'files';
}

function report(proposal: Proposal, file: string): void {
  for (const stream of proposal.streams) {
    const key = stream.key.length ? `, key ${stream.key.join(' + ')}` : '';
    console.log(`\n${stream.from} → ${stream.entity} (${Math.round(stream.confidence * 100)} %${key})`);
    printTable(
      Object.entries(stream.fields).map(([field, proposed]) => {
        const spec = toSpec(proposed);
        return {
          field,
          from: proposed.column,
          as: typeof spec === 'string' ? null : JSON.stringify({ ...spec, from: undefined }),
          sure: `${Math.round(proposed.confidence * 100)} %`,
          because: proposed.why,
          open: proposed.ask ?? null,
        };
      }),
    );
    if (stream.keyAsk) console.log(`? key: ${stream.keyAsk}`);
    if (stream.unused.length) console.log(`not used: ${stream.unused.join(', ')}`);
  }
  for (const { from, why } of proposal.skipped) console.log(`\n${from}: not taken, ${why}`);
  console.log(
    `\nWritten to ${file}. "pulse config check ${file}" shows the first rows as they would be loaded.`,
  );
}
