import { expect, test } from 'vitest';
import { count, judge, printCounts } from '../../../src/cli/tests.ts';

const file = (status: string, ...statuses: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((status) => ({ status, fullName: 'a' })),
});
const results = (...testResults: ReturnType<typeof file>[]) => ({
  numPassedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
});

test('passed, failed and skipped are counted; a file that cannot be read is a failure', () => {
  const run = results(
    file('passed', 'passed', 'passed', 'skipped'),
    file('failed', 'failed', 'todo'),
    file('failed'),
  );
  expect(count(run, 1)).toEqual({ passed: 2, failed: 2, skipped: 2 });
});

test('no results at all is a failure', () => {
  expect(count(null, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the last line names skipped tests only when there are some', () => {
  expect(printCounts({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(printCounts({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

test('nothing ran, skipped in CI, and failures outside of tests are wrong', () => {
  expect(judge({ passed: 0, failed: 0, skipped: 4 }, 0, false)).toMatch(/Nothing ran/);
  expect(judge({ passed: 1, failed: 0, skipped: 1 }, 0, true)).toMatch(/CI/);
  expect(judge({ passed: 1, failed: 0, skipped: 1 }, 0, false)).toBeNull();
});
