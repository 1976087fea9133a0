import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCourses, type Course } from '../../src/lib/server/forecast/series.ts';
import { settle } from '../../src/lib/server/scope.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { parse } from '../../src/lib/state.ts';
import { mean, print, score } from '../harness/backtest.ts';
import { noRealData } from '../harness/real.ts';
import { boss } from '../harness/viewer.ts';
import { secret } from '../integration/cube/server.ts';
import { loadReal, type Loaded } from './load.ts';

describe.skipIf(noRealData)('forecasts of a hardware seller (maven_crm), its ten months of results', () => {
  let maven: Loaded;
  let company: Course;
  let owners: Map<string, Course>;

  beforeAll(async () => {
    maven = await loadReal('maven');
    Object.assign(process.env, {
      WAREHOUSE_URL: maven.database.url,
      CUBE_URL: maven.cubeUrl,
      PULSE_SECRET: secret,
    });
    const scope = await settle(boss, parse(new URLSearchParams('')).state);
    const asked = { metric: 'won_amount', today: '2018-01-01', months: 15 };
    company = (await readCourses(scope, asked)).get('')!;
    owners = await readCourses(scope, { ...asked, by: 'owner' });
  });
  afterAll(async () => {
    await close();
    await maven?.close();
  });

  test('are made of the months that the publisher counts', () => {
    const december = company.history.at(-1)!;
    expect(december.month).toBe('2017-12');
    expect(december.days.reduce((a, b) => a + b, 0)).toBe(1_131_573);
    // 1,589 were being engaged at the end; 500 were never created on any day.
    expect(december.stock?.at(-1)).toBe(2089);
  });

  test('are not worse than the run-rate', () => {
    const whole = score([company.history]);
    const each = score([...owners.values()].map(({ history }) => history));
    print('maven_crm', whole);
    print('its 30 agents', each);
    expect(mean(whole, 'forecast')).toBeLessThanOrEqual(mean(whole, 'naive'));
    expect(mean(each, 'forecast')).toBeLessThanOrEqual(mean(each, 'naive'));
  });
});
