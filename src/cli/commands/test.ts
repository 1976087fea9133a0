import type { Command } from 'commander';
import { runTests } from '../tests.ts';
import { findPlace } from '../place.ts';

export function addTest(program: Command): void {
  program
    .command('test')
    .description('run the tests: unit, integration, end-to-end and on real data')
    .argument('[filter...]', 'only files whose path contains one of these')
    .action(async (filters: string[]) => {
      process.exitCode = await runTests(findPlace().root, filters);
    });
}
