import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Results = {
  numPassedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
};

export type Counts = { passed: number; failed: number; skipped: number };

/** Runs vitest, which says everything itself; the last line counts for machines. */
export async function runTests(root: string, filters: string[]): Promise<0 | 1> {
  // tsconfig.json extends a file that Kit writes; on a fresh clone nobody has asked it to yet.
  if (!existsSync(join(root, '.svelte-kit/tsconfig.json'))) {
    spawnSync(process.execPath, [join(root, 'node_modules/@sveltejs/kit/svelte-kit.js'), 'sync'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  // All that tests leave behind lies in here, and other accounts must reach their databases in it as in /tmp.
  const folder = mkdtempSync(join(tmpdir(), 'pulse-tests-'));
  chmodSync(folder, 0o1777);
  const file = join(folder, 'results.json');
  const vitest = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...filters,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, TMPDIR: folder } },
  );
  // Both get Ctrl-C; vitest ends first and tidies up.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
  const code = await new Promise<number>((resolve) => vitest.once('exit', (code) => resolve(code ?? 1)));
  const results = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : null;
  rmSync(folder, { recursive: true, force: true });
  const counts = count(results, code);
  const isWrong = judge(counts, code, process.env.CI === 'true');
  if (isWrong) console.log(isWrong);
  console.log(printCounts(counts));
  return code === 0 && !isWrong && counts.failed === 0 ? 0 : 1;
}

/** A file that could not even be read has no test to count: it counts as one that failed. */
export function count(results: Results | null, code: number): Counts {
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  const tests = results.testResults.flatMap((file) => file.assertionResults);
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const failed = tests.filter(({ status }) => status === 'failed').length + broken;
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return {
    passed,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: tests.length - passed - (failed - broken),
  };
}

/** What makes a run wrong although no test failed. */
export function judge({ passed, failed, skipped }: Counts, code: number, isCi: boolean): string | null {
  if (passed + failed === 0) return 'Nothing ran: is the filter right?';
  if (isCi && skipped > 0) return `In CI nothing may be skipped, and ${skipped} tests were.`;
  return code !== 0 && failed === 0 ? 'vitest failed outside of the tests, see above.' : null;
}

export function printCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
