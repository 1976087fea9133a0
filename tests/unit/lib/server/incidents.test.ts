import { expect, test } from 'vitest';
import { describe } from '../../../../src/lib/server/freshness.ts';
import { block } from '../../../../src/lib/server/incidents.ts';
import { boss } from '../../../harness/viewer.ts';

test('rules that have no data to look at do not say that all is well', async () => {
  const freshness = describe([], ['marketing_spend'], 'UTC', new Date());
  const style = { locale: 'en', currency: 'RUB' } as const;
  const found = await block({ viewer: boss, style, timezone: 'UTC', freshness });
  expect(found).toMatchObject({
    state: 'not_connected',
    sentence: '',
    error: 'Connect a source with: deals.',
  });
});
