import { Option } from 'commander';
import type { Command } from 'commander';
import { Problem } from '../../../schema/problem.ts';
import { WrongQuery, ask } from '../../lib/server/ask.ts';
import { sign } from '../../lib/server/token.ts';
import { operator } from '../../lib/viewer.ts';
import { findPlace } from '../place.ts';
import { printCsv } from '../csv.ts';
import { loadOnce, raiseCube, raiseSources } from '../stack/raise.ts';
import { readSecret } from '../stack/secret.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';

export function addQuery(program: Command): void {
  program
    .command('query')
    .description('ask Cube and print the rows; logs go to stderr')
    .argument('<query>', 'a Cube query as JSON, e.g. {"measures":["sales.won_amount"]}')
    .addOption(new Option('--format <format>', 'how to print').choices(['json', 'csv']).default('json'))
    .action(async (text: string, { format }: { format: 'json' | 'csv' }) => {
      const query = parseQuery(text);
      const place = findPlace();
      if (place.config) (await import('../../../etl/config.ts')).readConfig(place.config);
      const steps = createSteps(process.stderr);
      steps.say(`Asking ${place.config ?? 'the demo company'}, state in ${place.home}`);
      const { rows } = await withWarehouse(place, steps, async ({ running, raised }) => {
        if (raised) {
          await raiseSources(raised);
          await loadOnce(raised);
          await raiseCube(raised);
        }
        const url = (running ?? raised)?.urls.cube;
        if (!url) throw new Problem('The running stack has no Cube: stop it and ask again.');
        const token = sign(operator, readSecret(place.home));
        return ask({ cubeUrl: url, token, query }).catch((cause: Error) => {
          throw new Problem(cause.message, { exitCode: cause instanceof WrongQuery ? 2 : 1, cause });
        });
      });
      process.stdout.write(format === 'csv' ? printCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`);
    });
}

function parseQuery(text: string): Record<string, unknown> {
  const example = 'expected one object such as {"measures":["sales.won_amount"]}';
  try {
    const query: unknown = JSON.parse(text);
    if (query && typeof query === 'object' && !Array.isArray(query)) return query as Record<string, unknown>;
  } catch (cause) {
    throw new Problem(
      `The query is not JSON (${cause instanceof Error ? cause.message : cause}): ${example}.`,
      {
        exitCode: 2,
        cause,
      },
    );
  }
  throw new Problem(`The query is not a JSON object: ${example}.`, { exitCode: 2 });
}
