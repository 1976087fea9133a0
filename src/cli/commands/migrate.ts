import type { Command } from 'commander';
import { migrate } from '../../../schema/migrate.ts';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';

type Options = { down?: boolean; yes?: boolean; json?: boolean };

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the warehouse to the newest schema')
    .option('--down', 'take the whole schema away instead, with all data in it')
    .option('--yes', 'really')
    .option('--json', 'print the migrations as JSON')
    .action(async ({ down, yes, json }: Options) => {
      if (down && !yes) {
        throw new Problem(
          'migrate --down removes all loaded data, people and schedules: add --yes if that is meant.',
          {
            exitCode: 2,
          },
        );
      }
      const applied: string[] = [];
      const steps = createSteps(process.stderr);
      await withWarehouse(findPlace(), steps, async ({ warehouse, log, raised }) => {
        if (raised) applied.push(...raised.migrations);
        const { migrations } = await migrate(warehouse, { direction: down ? 'down' : 'up', log });
        if (down) applied.length = 0;
        applied.push(...migrations);
      });
      if (json) console.log(JSON.stringify({ direction: down ? 'down' : 'up', migrations: applied }));
      else if (applied.length === 0) console.log('The schema is current.');
      else for (const name of applied) console.log(`${down ? 'took back' : 'applied'} ${name}`);
    });
}
