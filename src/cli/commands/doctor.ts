import type { Command } from 'commander';
import { examine } from '../doctor.ts';
import type { Finding } from '../doctor.ts';
import { findPlace } from '../place.ts';

const SIGNS: Record<Finding['state'], string> = { fine: '✓', note: '!', wrong: '✗' };

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at this machine and this home, and say what would stop Pulse')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(findPlace());
      if (json) console.log(JSON.stringify(findings, null, 2));
      else for (const { state, name, text } of findings) console.log(`${SIGNS[state]} ${name}: ${text}`);
      if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1;
    });
}
