import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { migrate } from '../../../schema/migrate.ts';
import { Problem } from '../../../schema/problem.ts';
import { benchLoading } from '../../../tests/bench/loading.ts';
import { toMarkdown } from '../../../tests/bench/table.ts';
import { findPlace } from '../place.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure loading against the limit of the machine, and write BENCHMARKS.md')
    .option('--deals <count>', 'how many deals', '1000000')
    .option('--json', 'print the rows as JSON and write nothing')
    .action(async ({ deals, json }: { deals: string; json?: boolean }) => {
      if (!/^[1-9]\d{2,8}$/.test(deals))
        throw new Problem('--deals expects a whole number from 100.', { exitCode: 2 });
      const place = findPlace();
      const steps = createSteps(process.stderr);
      const rows = await withWarehouse(place, steps, ({ warehouse, log }) =>
        steps.run('Loading', () =>
          benchLoading({
            adminUrl: Object.assign(new URL(warehouse), { pathname: '/postgres' }).href,
            deals: Number(deals),
            log: (line) => steps.say(line),
            migrate: async (url) => void (await migrate(url, { direction: 'up', log })),
          }),
        ),
      );
      if (json) return console.log(JSON.stringify(rows, null, 2));
      const text = `# Benchmarks

Written by \`npm run bench -- --deals ${deals}\`. Machines are noisy: compare the ratios, which come from one run.

${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}

## Loading ${Number(deals).toLocaleString('en')} deals

${toMarkdown(rows)}
`;
      writeFileSync(join(place.root, 'BENCHMARKS.md'), text);
      console.log(text);
    });
}
