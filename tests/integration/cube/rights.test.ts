import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { more, rights, type Right } from './rights.ts';
import { company, sign, type Access, type Cube, type Query } from './server.ts';

const north: Access = { access: 'team', team_keys: [1, 3], employee_keys: [11] };
const viewers: [string, Access, string][] = [
  ['the company', company, 'true'],
  ['a head with the teams below', north, 'who in (11, 12)'],
  ['a head without them', { ...north, team_keys: [1] }, 'who = 11'],
  ['a manager', { access: 'own', team_keys: [1, 2, 3], employee_keys: [13] }, 'who = 13'],
  ['someone with two records', { access: 'own', team_keys: [], employee_keys: [11, 13] }, 'who in (11, 13)'],
  ['a head of nothing', { access: 'team', team_keys: [], employee_keys: [11] }, 'false'],
  ['nobody', { access: 'own', team_keys: [1], employee_keys: [] }, 'false'],
];
const names: Record<string, string> = {
  activity: 'employee',
  calls: 'employee',
  competence: 'employee',
  customer_history: 'owner',
  customers: 'owner',
  data_quality: 'owner',
  funnel: 'owner',
  nps: 'employee',
  receivables: 'owner',
  sales: 'owner',
  service: 'employee',
};

describe.skipIf(!process.env.PULSE_TEST_PG)('rights', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany(async (database) => {
      await database.query(more);
    });
    ({ database, cube } = opened);
    return opened.close;
  });

  const tell = async ({ facts }: Right, where: string) => {
    const [row] = await database.query<{ sum: string | null }>(
      `select sum(value) from (${facts}) f where ${where}`,
    );
    return Number(row?.sum ?? 0);
  };
  const ask = async (view: string, { measure, filters = [] }: Right, access: Access, rest: Query = {}) => {
    const member = `${view}.${measure}`;
    const asked = { measures: [member], ...rest, filters: [...filters, ...((rest.filters as []) ?? [])] };
    const rows = await cube.rows(asked, access);
    return rows.reduce((sum, row) => sum + Number(row[member] ?? 0), 0);
  };

  describe.each(Object.entries(rights))('%s', (view, right) => {
    it.each(viewers)('shows %s exactly its rows', async (_, access, where) => {
      const told = await tell(right, where);
      expect(await ask(view, right, access)).toBeCloseTo(told, 6);
      if (access === company) expect(told).toBeGreaterThan(await tell(right, 'who in (11, 12)'));
      if (where.includes('1')) expect(told).toBeGreaterThan(0);
      const who = names[view];
      if (!who) return;
      const parts = await cube.rows(
        { measures: [`${view}.${right.measure}`], dimensions: [`${view}.${who}`] },
        access,
      );
      const found = parts.map((row) => row[`${view}.${who}`]).filter((name) => name !== null);
      const allowed = await database.query<{ name: string }>(
        `select name from core.dim_employees e, (select employee_key as who) w where ${where}`.replace(
          '(select employee_key as who) w',
          'lateral (select e.employee_key as who) w',
        ),
      );
      expect(allowed.map(({ name }) => name)).toEqual(expect.arrayContaining(found as string[]));
    });

    it('lets no way of asking show more', async () => {
      const told = await tell(right, 'who in (11, 12)');
      const all = { member: `${view}.${right.measure}`, operator: 'set' };
      const ways: Query[] = [
        { filters: [{ or: [all, all] }] },
        { filters: [{ or: [{ and: [all] }, { member: `${view}.${right.measure}`, operator: 'notSet' }] }] },
        { order: { [`${view}.${right.measure}`]: 'desc' } },
        { total: true },
        { timezone: 'Asia/Kolkata' },
        { renewQuery: true },
        { securityContext: company, access: 'company' },
      ];
      for (const way of ways) {
        const answer = await cube.ask(
          {
            measures: [all.member],
            ...way,
            filters: [...(right.filters ?? []), ...((way.filters as []) ?? [])],
          },
          north,
        );
        const sum = (answer.data ?? []).reduce((total, row) => total + Number(row[all.member] ?? 0), 0);
        if (answer.status === 200) expect(sum, JSON.stringify(way)).toBeCloseTo(told, 6);
        else expect(answer.status, JSON.stringify(way)).toBe(400);
      }
    });

    it('hides the keys by which rows are told apart, and the cubes behind it', async () => {
      for (const key of ['team_key', 'employee_key']) {
        const member = `${view}.${key}`;
        for (const query of [{ dimensions: [member] }, { dimensions: [member], ungrouped: true }])
          expect((await cube.ask({ ...query, filters: right.filters ?? [] }, north)).data ?? []).toEqual([]);
      }
    });
  });

  const deals = { measures: ['sales.deals'] };
  const dealIds = { dimensions: ['sales.deal_id', 'sales.owner'] };
  const allowed = ['Ann', 'Bob'];

  it('shows single records of nobody else, grouped or not, in whatever order and however many in all', async () => {
    const told = await tell(rights.sales!, 'who in (11, 12)');
    for (const rest of [
      {},
      { ungrouped: true },
      { order: { 'sales.owner': 'desc' } },
      { limit: 5, offset: 3 },
    ]) {
      const answer = await cube.ask({ ...dealIds, ...rest, total: true, limit: 1000, ...rest }, north);
      expect(answer.status).toBe(200);
      for (const row of answer.data!) expect(allowed).toContain(row['sales.owner']);
      expect(Number(answer.total)).toBe(told);
    }
  });

  it('does not open by a filter that names others, by itself or as one of several', async () => {
    const eve = { member: 'sales.owner', operator: 'equals', values: ['Eve'] };
    const any = { member: 'sales.deal_id', operator: 'set' };
    expect(await cube.rows({ ...dealIds, filters: [eve] }, north)).toEqual([]);
    for (const filters of [[{ or: [eve, any] }], [{ or: [{ and: [eve, any] }, { and: [any] }] }]])
      for (const row of await cube.rows({ ...dealIds, filters }, north))
        expect(allowed).toContain(row['sales.owner']);
  });

  it('does not open by a filter on what is hidden, or on cubes that are not public', async () => {
    const others = [
      { member: 'sales.team_key', operator: 'equals', values: ['2'] },
      { member: 'deal_facts.owner_key', operator: 'equals', values: ['13'] },
      { member: 'owners.name', operator: 'equals', values: ['Eve'] },
      { member: 'deal_facts.owner_key', operator: 'set' },
    ];
    const told = await tell(rights.sales!, 'who in (11, 12)');
    for (const filter of others)
      for (const filters of [[filter], [{ or: [filter, { member: 'sales.deal_id', operator: 'set' }] }]]) {
        const answer = await cube.ask({ ...deals, filters }, north);
        const sum = Number(answer.data?.[0]?.['sales.deals'] ?? 0);
        expect([0, told], JSON.stringify({ filters, answer })).toContain(sum);
      }
    for (const query of [
      { measures: ['deal_facts.deals'] },
      { measures: ['deal_facts.deals'], dimensions: ['owners.name'] },
      { dimensions: ['owners.name'] },
      { dimensions: ['employees.name'] },
      { dimensions: ['clients.name'] },
      { dimensions: ['sales.owner', 'teams.name'] },
      { dimensions: ['clients.name'], ungrouped: true },
      { measures: ['sales.deals', 'calls.calls'] },
      { measures: ['sales.deals'], dimensions: ['calls.employee'] },
    ])
      expect((await cube.ask(query, north)).data, JSON.stringify(query)).toBeUndefined();
  });

  it('takes no SQL, no segment and no other means of its own from a question', async () => {
    const expression = JSON.stringify({
      cubeName: 'sales',
      alias: 'leak',
      expr: { type: 'SqlFunction', cubeParams: [], sql: 'count(*)' },
      groupingSet: null,
    });
    const refused: Query[] = [
      { measures: [expression] },
      { dimensions: [expression] },
      { segments: [expression] },
      { segments: ['sales.all'] },
      { measures: [{ expression: ['return `count(*)`'], cubeName: 'sales', name: 'leak' }] },
      { ...deals, maskedMembers: ['sales.deals'] },
      { ...deals, timezone: "UTC'; select 1; --" },
      { ...deals, joinHints: [['deal_facts', 'owners']], subqueryJoins: [{ sql: 'select 1', on: 'true' }] },
      { ...deals, filters: [{ member: 'sales.owner', operator: "equals' or true --", values: ['x'] }] },
    ];
    for (const query of refused) {
      const answer = await cube.ask(query, north);
      expect(answer.data, JSON.stringify({ query, answer })).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    const quoted = await cube.rows(
      { ...deals, filters: [{ member: 'sales.owner', operator: 'equals', values: ["x' or 'a' = 'a"] }] },
      north,
    );
    expect(Number(quoted[0]?.['sales.deals'] ?? 0)).toBe(0);
  });

  const get = async (path: string, access: Access, init: RequestInit = {}) => {
    const response = await fetch(`${cube.base}/cubejs-api/v1/${path}`, {
      ...init,
      headers: { authorization: sign({ sub: 'x', ...access }), 'content-type': 'application/json' },
    });
    return { status: response.status, text: await response.text() };
  };
  const body = (query: Query) => ({ method: 'POST', body: JSON.stringify({ query }) });

  it('holds in every address of the API', async () => {
    const query = encodeURIComponent(JSON.stringify(deals));
    const loaded = JSON.parse((await get(`load?query=${query}`, north)).text) as {
      data: { 'sales.deals': string }[];
    };
    expect(Number(loaded.data[0]?.['sales.deals'])).toBe(await tell(rights.sales!, 'who in (11, 12)'));
    for (const path of [`sql?query=${query}`, `dry-run?query=${query}`])
      expect((await get(path, north)).text, path).toMatch(/team_key/);
    for (const path of ['sql', 'dry-run'])
      expect((await get(path, north, body(deals))).text).toMatch(/team_key/);
    const meta = await get('meta?extended=true', north);
    expect(meta.text).not.toMatch(/"sales\.(team|employee)_key"|"name":"deal_facts"/);
    const others: [string, RequestInit][] = [
      ['graphql', { method: 'POST', body: '{"query":"{cube{sales{deals}}}"}' }],
      ['cubesql', { method: 'POST', body: '{"query":"select * from sales"}' }],
      ['run-scheduled-refresh', {}],
      ['pre-aggregations/jobs', { method: 'POST', body: '{"action":"post"}' }],
      ['pre-aggregations', {}],
      ['pre-aggregations/can-use', { method: 'POST', body: '{}' }],
      ['cube-system/pre-aggregations', {}],
      ['cube-system/context', {}],
      ['subscribe', body(deals)],
      ['nothing', {}],
    ];
    for (const [path, init] of others) {
      const { status, text } = await get(path, north, init);
      expect(`${path} ${status >= 400 ? 'refused' : text}`).toMatch(
        path === 'subscribe' ? /refused|"data":\[\{"sales\.deals"/ : / refused$/,
      );
    }
  });

  it('trusts no token but one that is signed here, as it was signed', async () => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const payload = { sub: 'x', ...north };
    const wide = { sub: 'x', ...company };
    const [head, , signature] = sign(payload).split('.') as [string, string, string];
    const none = { alg: 'none', typ: 'JWT' };
    const tokens: Record<string, string> = {
      'no algorithm': `${encode(none)}.${encode(wide)}.`,
      'no algorithm, with a signature': `${encode(none)}.${encode(wide)}.${signature}`,
      'another algorithm': `${encode({ alg: 'HS512', typ: 'JWT' })}.${encode(wide)}.${signature}`,
      'an algorithm of keys': `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(wide)}.${signature}`,
      'another secret': sign(wide, 'another secret'),
      'an empty secret': sign(wide, ''),
      'access widened': `${head}.${encode({ ...payload, access: 'company' })}.${signature}`,
      'a team added': `${head}.${encode({ ...payload, team_keys: [1, 2, 3] })}.${signature}`,
      expired: sign({ ...payload, exp: Math.floor(Date.now() / 1000) - 5 }),
      'not yet valid': sign({ ...payload, nbf: Math.floor(Date.now() / 1000) + 600 }),
      'another case of access': sign({ ...payload, access: 'Company' }),
      'a list of accesses': sign({ ...payload, access: ['company'] }),
      'a name that every object has': sign({ ...payload, access: 'constructor' }),
      'keys that are SQL': sign({ ...payload, team_keys: ['1) or (1=1'] }),
      'keys that are not whole': sign({ ...payload, team_keys: [1.5] }),
      'no keys': sign({ sub: 'x', access: 'team' }),
      'text that is no object': `${head}.${Buffer.from('"company"').toString('base64url')}.${signature}`,
    };
    for (const [what, token] of Object.entries(tokens)) {
      const answer = await cube.post({ query: deals }, token);
      expect(answer.status, what).toBe(403);
      expect(answer.data, what).toBeUndefined();
      for (const path of ['meta', `sql?query=${encodeURIComponent(JSON.stringify(deals))}`]) {
        const response = await fetch(`${cube.base}/cubejs-api/v1/${path}`, {
          headers: { authorization: token },
        });
        expect(response.status, `${what} ${path}`).toBe(403);
      }
    }
    const ways = await Promise.all([
      fetch(`${cube.base}/cubejs-api/v1/load?query=${encodeURIComponent(JSON.stringify(deals))}`),
      fetch(`${cube.base}/cubejs-api/v1/dry-run`, body(deals)),
      fetch(`${cube.base}/cubejs-api/v1/load?token=${sign(wide)}`, body(deals)),
    ]);
    expect(ways.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it('asks with the rights of each who asks, also when all ask the same at once', async () => {
    const answers = await Promise.all(viewers.map(([, access]) => ask('sales', rights.sales!, access)));
    const told = await Promise.all(viewers.map(([, , where]) => tell(rights.sales!, where)));
    expect(answers).toEqual(told);
  });
});
