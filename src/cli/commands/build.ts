import { dirname } from 'node:path';
import type { Command } from 'commander';
import { makeHome, findPlace } from '../place.ts';
import { buildApp } from '../stack/build-app.ts';
import { buildParts } from '../stack/build-parts.ts';
import { createSteps } from '../steps.ts';

export function addBuild(program: Command): void {
  program
    .command('build')
    .description(
      'build the app and the other parts ahead of time, as start would, and print their two folders',
    )
    .action(async () => {
      const place = findPlace();
      makeHome(place.home);
      const steps = createSteps(process.stderr);
      const entry = await steps.run('App built', () => buildApp(place, (part) => part));
      console.log(dirname(entry));
      console.log(await steps.run('Parts built', () => buildParts(place.root)));
    });
}
