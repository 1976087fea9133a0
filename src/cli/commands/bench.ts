import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { migrate } from '../../../schema/migrate.ts';
import { Problem } from '../../../schema/problem.ts';
import { runSubjects, subjects, type SubjectName } from '../../../tests/bench/run.ts';
import { findPlace } from '../place.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';

const sizes: Record<string, number> = { '100k': 100_000, '1m': 1_000_000, '10m': 10_000_000 };
type Options = { size: string; keep?: boolean; json?: boolean };

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure how fast Pulse is and what it costs, and write BENCHMARKS.md')
    .argument('[subjects...]', `some of: ${subjects.join(', ')}; all but peers if left out`)
    .option('--size <size>', `how many deals: ${Object.keys(sizes).join(', ')}`, '1m')
    .option('--keep', 'leave the companies that were made for the next run of the day')
    .option('--json', 'print the tables as JSON and write nothing')
    .action(async (wished: string[], { size, keep = false, json = false }: Options) => {
      const deals = sizes[size];
      if (!deals)
        throw new Problem(`--size expects one of ${Object.keys(sizes).join(', ')}.`, { exitCode: 2 });
      const wrong = wished.find((name) => !subjects.includes(name as SubjectName));
      if (wrong) throw new Problem(`No subject ${wrong}: there are ${subjects.join(', ')}.`, { exitCode: 2 });
      const place = findPlace();
      const steps = createSteps(process.stderr);
      const text = await runSubjects({
        root: place.root,
        names: wished as SubjectName[],
        size: { name: size, deals },
        cores: availableParallelism(),
        keep,
        json,
        log: (line) => steps.say(line),
        withCluster: (work) =>
          withWarehouse(place, steps, ({ warehouse, log }) =>
            work({
              adminUrl: Object.assign(new URL(warehouse), { pathname: '/postgres' }).href,
              migrate: async (url) => void (await migrate(url, { direction: 'up', log })),
            }),
          ),
      });
      console.log(text);
    });
}
