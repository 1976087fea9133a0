import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addBench } from './commands/bench.ts';
import { addBuild } from './commands/build.ts';
import { addConfig } from './commands/config.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEtl } from './commands/etl.ts';
import { addMigrate } from './commands/migrate.ts';
import { addQuery } from './commands/query.ts';
import { addReport } from './commands/report.ts';
import { addStart } from './commands/start.ts';
import { addTest } from './commands/test.ts';
import { addUser } from './commands/user.ts';
import { report } from './failure.ts';
import { findPlace } from './place.ts';

export function createProgram(): Command {
  const program = new Command('pulse')
    .description('How is our company doing, and where do we lose money?')
    .version(readVersion(), '-v, --version')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Environment:
  PULSE_CONFIG   the company's pulse.yaml; without it ./pulse.yaml, without that the demo company
  PULSE_HOME     the folder of state; by default .pulse/, with a configuration .pulse/homes/<its name>
  WAREHOUSE_URL  a PostgreSQL of your own instead of the embedded one
  SMTP_URL       the mail server that reports go through, e.g. smtp://user:password@mail.example.com:587
  SMTP_FROM      their sender, e.g. "Reports <reports@example.com>"
  HOST, PORT     where the app listens; 127.0.0.1 and 3000 or the next free port

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration`,
    );
  for (const add of [
    addStart,
    addMigrate,
    addEtl,
    addQuery,
    addConfig,
    addReport,
    addUser,
    addDoctor,
    addBench,
    addBuild,
    addTest,
  ])
    add(program);
  return program;
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Runs one command and ends the process with its exit code. */
export async function main(args: string[]): Promise<never> {
  // A reader that has seen enough ("| head") is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return process.exit(await run(args));
}

async function run(args: string[]): Promise<number> {
  const { home } = findPlace();
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    await flush();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what it had to.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, home);
  }
}

/** A pipe takes a large answer in pieces; ending the process earlier would cut it. */
function flush(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()));
}
