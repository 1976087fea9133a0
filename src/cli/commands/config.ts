import { resolve } from 'node:path';
import type { Command } from 'commander';
import { jsonSchema } from '../../../etl/config.ts';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';
import { checkConfig } from './config-check.ts';
import { initConfig } from './config-init.ts';
import { printPreset } from './config-preset.ts';

export function addConfig(program: Command): void {
  const config = program.command('config').description('look at the configuration, or begin one');

  config
    .command('check')
    .description('read pulse.yaml, try each source and show its first rows as they would be loaded')
    .argument('[file]', 'by default the one that start would use')
    .option('--no-try', 'only read pulse.yaml, touch no source')
    .option('--json', 'print the findings as JSON')
    .action((file: string | undefined, options: { json?: boolean; try: boolean }) => {
      const path = file ? resolve(process.env.INIT_CWD ?? '.', file) : findPlace().config;
      if (!path)
        throw new Problem('There is no pulse.yaml here: name a file or set PULSE_CONFIG.', { exitCode: 2 });
      return checkConfig(path, options);
    });

  config
    .command('preset')
    .description('print the mapping of a known system, to be put into pulse.yaml; without a name, list them')
    .argument('[name]')
    .option('--json', 'print JSON')
    .action(printPreset);

  config
    .command('init')
    .description('look at files or tables and write a pulse.yaml for them, with how sure each line is')
    .argument('<what>', 'a folder, a file, or a postgres:// address')
    .option('--out <file>', 'where to write', 'pulse.yaml')
    .option('--force', 'overwrite it')
    .option('--json', 'print what is proposed as JSON')
    .action(initConfig);

  config
    .command('schema')
    .description('print the JSON Schema of pulse.yaml, for completion in editors')
    .action(() => console.log(JSON.stringify(jsonSchema(), null, 2)));
}
