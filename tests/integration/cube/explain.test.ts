import { beforeAll, describe, expect, it } from 'vitest';
import { explain, print } from '../../../src/cli/explain.ts';
import { describe as readCatalogue, keepers, type RawMeta } from '../../../src/lib/catalogue.ts';
import { ask, askCatalogue, WrongQuery } from '../../../src/lib/server/ask.ts';
import { entityNames } from '../../../etl/entities.ts';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { company, sign, type Cube } from './server.ts';

describe.skipIf(!process.env.PULSE_TEST_PG)('what the model says of itself', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany();
    ({ database, cube } = opened);
    return opened.close;
  });

  const address = () => ({ cubeUrl: `${cube.base}/cubejs-api`, token: sign({ sub: 'x', ...company }) });
  const cyrillic = /[а-яё]/i;

  it('is whole, in both languages, for every metric and dimension', async () => {
    const { views, metrics, dimensions } = await askCatalogue(address());
    expect(views).toHaveLength(16);
    expect(metrics.size).toBeGreaterThan(150);
    for (const { name, title, about, grain } of views) {
      for (const text of [title, about, grain]) expect(text.en && text.ru, name).toBeTruthy();
      expect(about.ru, name).toMatch(cyrillic);
    }
    const units = ['money', 'count', 'percent', 'days', 'minutes', 'hours', 'seconds', 'score', 'time'];
    for (const one of metrics.values()) {
      const { name } = one;
      for (const text of [one.title, one.about, one.words, one.grain])
        expect(text.en && text.ru, name).toBeTruthy();
      for (const text of [one.about, one.words, one.grain]) expect(text.ru, name).toMatch(cyrillic);
      for (const text of [one.title, one.about, one.words, one.grain])
        expect(text.en, name).not.toMatch(cyrillic);
      expect(one.formula, name).toMatch(/\S/);
      expect(one.formula, name).not.toMatch(cyrillic);
      expect(units, name).toContain(one.unit);
      expect(['up_is_good', 'down_is_good', 'neutral'], name).toContain(one.direction);
      expect(keepers, name).toContain(one.owner);
      for (const entity of one.sources) expect(entityNames, name).toContain(entity);
      if (one.needs !== 'any') for (const entity of one.needs) expect(one.sources, name).toContain(entity);
      if (one.view !== 'data_quality') expect(one.sources.length, name).toBeGreaterThan(0);
      if (one.time !== null) expect(dimensions.has(one.time), `${name} by ${one.time}`).toBe(true);
    }
    for (const { name, title, about } of dimensions.values()) {
      for (const text of [title, about]) expect(text.en && text.ru, name).toBeTruthy();
      expect(about.ru, name).toMatch(cyrillic);
    }
  });

  it('names no members in a formula that the view does not have', async () => {
    const { views } = await askCatalogue(address());
    for (const { metrics } of views) {
      const own = metrics.map(({ name }) => name.split('.')[1]);
      for (const { name, formula } of metrics.filter(({ formula }) => /^[a-z_]+ \/ [a-z_]+$/.test(formula)))
        for (const part of formula.split(' / ').filter((part) => part.includes('_')))
          expect([...own, 'average_score', 'customer_months', 'deals_won', 'won_amount'], name).toContain(
            part,
          );
    }
  });

  it('is the same to each who asks', async () => {
    const read = async (access: object) => {
      const headers = { authorization: sign({ sub: 'x', team_keys: [1], employee_keys: [11], ...access }) };
      const response = await fetch(`${cube.base}/cubejs-api/v1/meta`, { headers });
      return readCatalogue((await response.json()) as RawMeta);
    };
    const [boss, head] = await Promise.all([read({ access: 'company' }), read({ access: 'team' })]);
    expect([...head.metrics]).toEqual([...boss.metrics]);
  });

  it('explains a query: meaning, freshness, filters, SQL, time', async () => {
    const query = {
      measures: ['sales.win_rate', 'sales.won_amount'],
      dimensions: ['sales.team'],
      timeDimensions: [{ dimension: 'sales.closed_at', dateRange: ['2025-01-01', '2025-03-31'] }],
      filters: [{ member: 'sales.region', operator: 'equals', values: ['North'] }],
    };
    const told = await explain({ ...address(), query }, database.url);
    expect(told.members.map(({ name, kind }) => [name, kind])).toEqual([
      ['sales.win_rate', 'measure'],
      ['sales.won_amount', 'measure'],
      ['sales.team', 'dimension'],
      ['sales.closed_at', 'dimension'],
      ['sales.region', 'dimension'],
    ]);
    expect(told.members[0]).toMatchObject({
      definition: { formula: 'deals_won / (deals_won + deals_lost)', unit: 'percent', sources: ['deals'] },
      sources: [{ source: 'crm', fresh_at: '2025-04-10T09:00:00.000Z' }],
      needs: [],
    });
    const { rows } = await ask({ ...address(), query });
    expect(told).toMatchObject({ rows: rows.length, rights: { access: 'company' }, sql: { rollups: [] } });
    // The SQL is what answers: run by hand it gives the same.
    const byHand = await database.query(told.sql.text, told.sql.values);
    expect(byHand.map((row) => row.sales__won_amount as string).map(Number)).toEqual(
      rows.map((row) => row['sales.won_amount']),
    );
    const text = print(told);
    for (const part of [
      'Доля побед',
      'deals_won / (deals_won + deals_lost)',
      'crm as of 2025-04-10',
      'none: counted',
    ])
      expect(text).toContain(part);
    expect(text).toContain('"sales.region"');
  });

  it('shows what rights do to the same query', async () => {
    const head = { access: 'team' as const, team_keys: [1], employee_keys: [11] };
    const query = { measures: ['sales.deals'], dimensions: ['sales.team'] };
    const question = { ...address(), token: sign({ sub: 'x', ...head }), query };
    const told = await explain(question, database.url, head);
    expect(told).toMatchObject({ rights: head, rows: 1 });
    expect(print(told)).toContain('rows of the teams 1');
    expect((await explain({ ...address(), query }, database.url)).rows).toBe(3);
    // What limits the rows stands in the statement: run by hand it gives the head's rows and no other.
    const byHand = await database.query(told.sql.text, told.sql.values);
    expect(byHand.map((row) => row.sales__team as string)).toEqual(['North']);
  });

  it('tells what is not connected in place of a figure', async () => {
    await database.query('truncate core.fct_complaints');
    const told = await explain({ ...address(), query: { measures: ['service.open'] } }, database.url);
    expect(told.members[0]).toMatchObject({ sources: [], needs: ['complaints'] });
    expect(print(told)).toContain('not connected: load a source with complaints');
  });

  it.each([
    ['sales.won_amounts', 'sales.won_amount'],
    ['sales.spend', 'marketing.spend'],
    ['deals', 'sales.deals'],
    ['Маржинальность', 'sales.margin'],
  ])('corrects %s to %s, wherever it stands', async (wrong, right) => {
    for (const query of [
      { measures: [wrong] },
      { measures: ['sales.deals'], filters: [{ or: [{ member: wrong, operator: 'set' }] }] },
    ]) {
      const error = await ask({ ...address(), query }).catch((cause: Error) => cause);
      expect(error).toBeInstanceOf(WrongQuery);
      expect((error as Error).message).toMatch(/does not exist: did you mean /);
      expect((error as Error).message).toContain(right);
    }
  });

  it('says that one question is about one view', async () => {
    const query = { measures: ['sales.deals', 'calls.calls'] };
    await expect(ask({ ...address(), query })).rejects.toThrow('A question is about one view');
  });
});
