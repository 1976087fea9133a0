import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { writeAtomically } from '../../../schema/postgres/files.ts';
import { Problem } from '../../../schema/problem.ts';
import { pageOf } from '../../lib/exports.ts';
import type { Preview, Sent, What } from '../../lib/server/reports/orders.ts';
import type { Listed } from '../../lib/server/reports/schedules.ts';
import { findPlace } from '../place.ts';
import { spawnPart } from '../stack/part.ts';
import { loadOnce, raiseCube, raiseSources } from '../stack/raise.ts';
import { readSecret } from '../stack/secret.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';

type Json = { json?: boolean };
type Choice = Json & Omit<What, 'what'>;

export function addReport(program: Command): void {
  const report = program
    .command('report')
    .description('reports by e-mail: what is scheduled, how it looks, send now');

  report
    .command('list')
    .description('all schedules with their next run')
    .option('--json', 'print JSON')
    .action(async ({ json }: Json) => {
      const schedules = await ask<Listed[]>('list', {});
      if (json) console.log(JSON.stringify(schedules, null, 2));
      else if (schedules.length === 0) console.log('Nothing is scheduled yet.');
      else printTable(schedules.map(({ is_paused, ...rest }) => ({ ...rest, paused: is_paused })));
    });

  addChoice(report.command('render').description('write a report to a file instead of sending it'))
    .requiredOption(
      '--out <file>',
      'ends in .html to look at, in .eml for a mail program, or in .pdf for paper',
    )
    .action(async (what: string, { out, json, ...choice }: Choice & { out: string }) => {
      const file = resolve(process.env.INIT_CWD ?? '.', out);
      const form = extname(file).slice(1);
      if (form !== 'html' && form !== 'eml' && form !== 'pdf') {
        throw new Problem('--out expects a file that ends in .html, .eml or .pdf.', { exitCode: 2 });
      }
      if (!existsSync(dirname(file))) {
        throw new Problem(`There is no folder ${dirname(file)}: make it, or name another with --out.`, {
          exitCode: 2,
        });
      }
      const { content, ...about } = await ask<Preview>('preview', { what, form, ...choice });
      writeAtomically(file, form === 'pdf' ? Buffer.from(content, 'base64') : content);
      if (json) console.log(JSON.stringify({ file, ...about }, null, 2));
      else console.log(`${about.subject}\nWritten to ${file}`);
    });

  addChoice(report.command('send').description('send a report now, over SMTP_URL'))
    .requiredOption('--to <address...>', 'who gets it')
    .action(async (what: string, { to, json, ...choice }: Choice & { to: string[] }) => {
      if (!process.env.SMTP_URL) {
        const example = 'smtp://user:password@mail.example.com:587';
        throw new Problem(`Reports cannot be sent: set SMTP_URL to the mail server, e.g. ${example}.`, {
          exitCode: 2,
        });
      }
      const sent = await ask<Sent[]>('send', { what, to, ...choice });
      if (json) console.log(JSON.stringify(sent, null, 2));
      else
        for (const { to, status, error } of sent) console.log(`${to}: ${status}${error ? `. ${error}` : ''}`);
      if (sent.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });
}

function addChoice(command: Command): Command {
  return command
    .argument('<schedule>', 'the id of a schedule, or a page: home, sales, drill/sales.won_amount, …')
    .option('--as <email>', 'the person whose rows it shows; by default the owner, or the whole company')
    .addOption(new Option('--locale <language>', 'its language').choices(['ru', 'en']))
    .option('--state <query>', 'for a page: what stands behind the ? in its address, e.g. period=last_month')
    .option('--json', 'print JSON');
}

/** Asks a process that ends with the answer; brings up what figures need when nothing runs. */
async function ask<Result>(verb: string, argument: object): Promise<Result> {
  const place = findPlace();
  const { what, state } = argument as Partial<What>;
  if (state && !pageOf(what ?? ''))
    throw new Problem('--state goes with a page: a schedule has its own.', { exitCode: 2 });
  if (place.config) (await import('../../../etl/config.ts')).readConfig(place.config);
  const steps = createSteps(process.stderr);
  return withWarehouse(place, steps, async ({ warehouse, running, raised }) => {
    if (raised && verb !== 'list') {
      await raiseSources(raised);
      await loadOnce(raised);
      await raiseCube(raised);
    }
    const { cube = 'http://127.0.0.1/cubejs-api', app = process.env.ORIGIN } =
      (running ?? raised)?.urls ?? {};
    const part = await spawnPart({
      name: 'report',
      file: join(place.root, 'src/worker/report.ts'),
      args: [verb, JSON.stringify(argument)],
      ...place,
      env: {
        ...process.env,
        WAREHOUSE_URL: warehouse,
        CUBE_URL: cube,
        PULSE_SECRET: readSecret(place.home),
        PULSE_HOME: place.home,
        ...(app && { ORIGIN: app }),
        // only an app that runs can be printed
        ...(running?.urls.app && { APP_ADDRESS: running.urls.app }),
      },
      isJob: true,
    });
    const answer = await part.wait(() => true, 180_000);
    await part.stop();
    const { problem, exitCode, result } = answer as { problem?: string; exitCode?: 1 | 2; result?: Result };
    if (problem) throw new Problem(problem, exitCode ? { exitCode } : {});
    return result as Result;
  });
}
