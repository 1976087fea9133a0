import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { report } from './failure.ts';
import { findPlace } from './place.ts';

type Adder = (program: Command) => void;

/** What a command needs is read when it is asked for: a small one does not wait for what a large one leans on. */
const commands: Record<string, () => Promise<Adder>> = {
  start: async () => (await import('./commands/start.ts')).addStart,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrate,
  etl: async () => (await import('./commands/etl.ts')).addEtl,
  query: async () => (await import('./commands/query.ts')).addQuery,
  config: async () => (await import('./commands/config.ts')).addConfig,
  report: async () => (await import('./commands/report.ts')).addReport,
  user: async () => (await import('./commands/user.ts')).addUser,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  bench: async () => (await import('./commands/bench.ts')).addBench,
  build: async () => (await import('./commands/build.ts')).addBuild,
  test: async () => (await import('./commands/test.ts')).addTest,
};

/** The program with the command that the arguments begin with, or with all where they begin with none of them. */
export async function createProgram([asked = '']: string[] = []): Promise<Command> {
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
  const one = Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  for (const add of await Promise.all(one ? [one()] : Object.values(commands).map((read) => read())))
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
    await (await createProgram(args)).parseAsync(args, { from: 'user' });
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
