import pino from 'pino';
import { expect, test } from 'vitest';
import type { Config } from '../../../etl/config.ts';
import { createLoads } from '../../../src/worker/loads.ts';

test('sources are loaded one at a time, and one that waits is not queued twice', async () => {
  const events: string[] = [];
  const loads = createLoads({} as Config, '', pino({ level: 'silent' }), async ({ only = [] }) => {
    const source = only[0] ?? '';
    events.push(`${source} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    events.push(`${source} ends`);
    if (source === 'broken') throw new Error('no connection');
    return [];
  });
  const all = ['crm', 'broken', 'ads', 'ads'].map((source) => loads.request(source));
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(events).toEqual([
    'crm begins',
    'crm ends',
    'broken begins',
    'broken ends',
    'ads begins',
    'ads ends',
  ]);
});
