import { Option } from 'commander';
import type { Command } from 'commander';
import { Problem } from '../../../schema/problem.ts';
import { WrongQuery, ask } from '../../lib/server/ask.ts';
import type { Result } from '../../lib/server/result.ts';
import { sign } from '../../lib/server/token.ts';
import { operator } from '../../lib/viewer.ts';
import { explain, print, type Explanation } from '../explain.ts';
import { askPeople } from '../people.ts';
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
    .option('--explain', 'in place of the rows: what each member means, how fresh it is, and the SQL')
    .option('--as <email>', 'with the rights of this person; by default every row of the company')
    .option('--json', 'with --explain: as JSON')
    .action(async (text: string, { format, explain: isExplained, as: email, json }: Options) => {
      const query = parseQuery(text);
      const place = findPlace();
      if (place.config) (await import('../../../etl/config.ts')).readConfig(place.config);
      const steps = createSteps(process.stderr);
      steps.say(`Asking ${place.config ?? 'the demo company'}, state in ${place.home}`);
      const answer = await withWarehouse(place, steps, async ({ running, raised, warehouse }) => {
        if (raised) {
          await raiseSources(raised);
          await loadOnce(raised);
          await raiseCube(raised);
        }
        const url = (running ?? raised)?.urls.cube;
        if (!url) throw new Problem('The running stack has no Cube: stop it and ask again.');
        const viewer = email ? await askPeople(place, warehouse, 'see', email) : operator;
        const question = { cubeUrl: url, token: sign(viewer, readSecret(place.home)), query };
        const work = isExplained ? explain(question, warehouse, viewer) : ask(question);
        return work.catch((cause: Error) => {
          throw new Problem(cause.message, { exitCode: cause instanceof WrongQuery ? 2 : 1, cause });
        });
      });
      process.stdout.write(show(answer, format, json === true));
    });
}

type Options = { format: 'json' | 'csv'; explain?: true; as?: string; json?: true };

function show(answer: Explanation | Result, format: Options['format'], isJson: boolean): string {
  if ('members' in answer && !isJson) return print(answer);
  if ('members' in answer) return `${JSON.stringify(answer, null, 2)}\n`;
  return format === 'csv' ? printCsv(answer.rows) : `${JSON.stringify(answer.rows, null, 2)}\n`;
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
