import type { Command } from 'commander';
import { findPlace } from '../place.ts';
import { createSteps } from '../steps.ts';
import { supervise } from '../stack/supervise.ts';
import { welcome } from '../stack/welcome.ts';

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start everything: warehouse, loads, Cube, app and worker; Ctrl-C ends it')
    .action(async () => {
      const began = performance.now();
      const place = findPlace();
      if (place.config) {
        // Wrong settings are told before anything is touched.
        const { readConfig } = await import('../../../etl/config.ts');
        readConfig(place.config);
      }
      const steps = createSteps(process.stdout);
      steps.say(place.config ? `Pulse for ${place.config}` : 'Pulse with the demo company');
      process.exitCode = await supervise(place, steps, (stack) => welcome(stack, began));
    });
}
