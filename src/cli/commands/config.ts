import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, jsonSchema, readConfig } from '../../../etl/config.ts';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';

export function addConfig(program: Command): void {
  const config = program.command('config').description('look at the configuration');

  config
    .command('check')
    .description('read pulse.yaml and say what is wrong, with file, line and key')
    .argument('[file]', 'by default the one that start would use')
    .option('--json', 'print the findings as JSON')
    .action((file: string | undefined, { json }: { json?: boolean }) => {
      const path = file ? resolve(process.env.INIT_CWD ?? '.', file) : findPlace().config;
      if (!path)
        throw new Problem('There is no pulse.yaml here: name a file or set PULSE_CONFIG.', { exitCode: 2 });
      try {
        const { sources } = readConfig(path);
        const names = Object.keys(sources);
        if (json) console.log(JSON.stringify({ file: path, problems: [], sources: names }));
        else console.log(`${path} is fine: ${names.join(', ')}`);
      } catch (error) {
        if (!json || !(error instanceof ConfigError)) throw error;
        console.log(JSON.stringify({ file: path, problems: error.problems }));
        process.exitCode = 2;
      }
    });

  config
    .command('schema')
    .description('print the JSON Schema of pulse.yaml, for completion in editors')
    .action(() => console.log(JSON.stringify(jsonSchema(), null, 2)));
}
