import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const { createLog } = require('../../../cube/log.js');

it('writes warnings and errors as lines of JSON, without secrets', () => {
  const lines: string[] = [];
  const env = { WAREHOUSE_URL: 'postgres://pulse:p%40ss@db/pulse', PULSE_SECRET: 'hush' };
  const log = createLog(env, (line: string) => lines.push(line));
  log('Load Request', { query: {} });
  log('Error querying db', {
    error: new Error('cannot reach postgres://pulse:p%40ss@db/pulse with p@ss'),
    token: 'hush',
  });
  log('Slow', { warning: 'hush' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: 'error',
      part: 'cube',
      message: 'Error querying db',
      cause: expect.stringContaining('cannot reach *** with ***'),
    },
    { level: 'warn', cause: '***' },
  ]);
  expect(lines.join('')).not.toMatch(/hush|p@ss|p%40ss/);
});
