import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/{unit,integration,e2e,real}/**/*.test.ts'],
    globalSetup: ['tests/harness/postgres.ts', 'tests/harness/demo.ts'],
    pool: 'forks',
    // Whole stacks run in some files; more at once than cores only makes them slow.
    maxWorkers: 2,
    // longer than a browser waits for one thing, which then says what it was
    testTimeout: 90_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
  },
});
