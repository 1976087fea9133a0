import type { Command } from 'commander';
import { makeHome, findPlace } from '../place.ts';
import { buildApp } from '../stack/build.ts';
import { createSteps } from '../steps.ts';
import { dirname } from 'node:path';

export function addBuild(program: Command): void {
  program
    .command('build')
    .description('build the app ahead of time, as start would, and print its folder')
    .action(async () => {
      const place = findPlace();
      makeHome(place.home);
      const entry = await createSteps(process.stderr).run('App built', () => buildApp(place, (part) => part));
      console.log(dirname(entry));
    });
}
