import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openCompany, type Company } from '../etl/company.ts';
import { company as everything, startCube, type Access, type Cube, type Query } from './server.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const month = `${day(40).slice(0, 7)}-01`;
// Anna is 1 and «A. Petrova» and anna@…; Acme is 1, s1, an address and a number. All that follows was counted by hand.
const files: Record<string, string> = {
  'people.csv': `id,name,email,extension,team
1,Anna,anna@pulse.example,101,North
2,Boris,boris@pulse.example,102,North
`,
  'companies.csv': `id,name,email,phone,owner
1,Acme,buy@acme.example,+7 916 000-00-01,1
2,Beta,,+7 916 000-00-02,2
`,
  'deals.csv': `id,created,closed,state,customer,owner,amount,cost
d1,${day(60)},${day(40)},won,1,1,100,40
d2,${day(60)},${day(40)},won,2,2,50,20
`,
  'sellers.csv': 'id,name,email\n7,A. Petrova,ANNA@pulse.example\n',
  'buyers.csv': 'id,name,email\ns1,Acme Ltd,Buy@Acme.example\n',
  'orders.csv': `id,created,closed,state,customer,owner,amount,cost
o1,${day(50)},${day(40)},won,s1,7,300,100
o2,${day(50)},,open,s1,7,70,
`,
  'tickets.csv': `id,at,customer,employee
t1,${day(20)},buy@acme.example,Anna@pulse.example
t2,${day(10)},buy@acme.example,Anna@pulse.example
t3,${day(10)},who@else.example,
`,
  'calls.csv': `id,at,way,end,employee,phone
c1,${day(20)}T10:00:00Z,in,answered,101,79160000001
c2,${day(20)}T11:00:00Z,out,answered,101,8 (916) 000-00-02
c3,${day(20)}T12:00:00Z,in,no_answer,102,79160000099
`,
  'plans.csv': `month,metric,kind,scope,target\n${month},won_amount,employee,A. Petrova,1000\n`,
};
const stream = (from: string, entity: string, fields: string) =>
  `      - { from: ${from}.csv, entity: ${entity}, fields: { ${fields} } }\n`;
const source = (name: string, ...streams: string[]) =>
  `  ${name}:\n    kind: files\n    path: .\n    streams:\n${streams.join('')}`;
const deal =
  'source_id: id, created_at: created, closed_at: closed, status: state, customer_id: customer, owner_id: owner, amount: amount, cost: cost';
const sources = [
  source(
    'crm',
    stream(
      'people',
      'employees',
      'source_id: id, name: name, email: email, extension: extension, team_id: team',
    ),
    stream(
      'companies',
      'customers',
      'source_id: id, name: name, email: email, phone: phone, owner_id: owner',
    ),
    stream('deals', 'deals', deal),
  ),
  source(
    'shop',
    stream('sellers', 'employees', 'source_id: id, name: name, email: email'),
    stream('buyers', 'customers', 'source_id: id, name: name, email: email'),
    stream('orders', 'deals', deal),
  ),
  source(
    'desk',
    stream(
      'tickets',
      'complaints',
      'source_id: id, opened_at: at, status: { value: new }, customer_id: customer, employee_id: employee',
    ),
  ),
  source(
    'pbx',
    stream(
      'calls',
      'calls',
      'source_id: id, started_at: at, direction: way, disposition: end, employee_id: employee, phone: phone',
    ),
  ),
  source(
    'plans',
    stream('plans', 'plans', 'month: month, metric: metric, scope_kind: kind, scope: scope, target: target'),
  ),
].join('');

describe.skipIf(!process.env.PULSE_TEST_PG)('who is in several systems', () => {
  let company: Company;
  let cube: Cube;
  beforeAll(async () => {
    company = await openCompany();
    for (const [name, text] of Object.entries(files)) company.write(name, text);
    const runs = await company.load(sources);
    expect(runs.map(({ source, error }) => `${source}: ${error}`)).toEqual(
      ['crm', 'shop', 'desk', 'pbx', 'plans'].map((name) => `${name}: null`),
    );
    cube = await startCube(company.database.url);
  });
  afterAll(async () => {
    await cube?.stop();
    await company?.database.drop();
  });

  /** Rows as `dimension: measures`, in the order of the names. */
  const by = async (dimension: string, names: string[], access: Access = everything, rest: Query = {}) => {
    const [view] = dimension.split('.');
    const measures = names.map((name) => `${view}.${name}`);
    const rows = await cube.rows({ measures, dimensions: [dimension], ...rest }, access);
    return Object.fromEntries(
      rows.map((row) => [String(row[dimension]), measures.map((one) => Number(row[one] ?? 0))]),
    );
  };

  test('bought all that any of their records bought', async () => {
    expect(await by('sales.customer', ['deals_won', 'won_amount', 'gross_profit', 'deals_open'])).toEqual({
      Acme: [2, 400, 260, 1],
      Beta: [1, 50, 30, 0],
    });
    expect(await by('sales.owner', ['deals', 'won_amount'])).toEqual({ Anna: [3, 400], Boris: [1, 50] });
  });

  test('is one customer, of one segment', async () => {
    expect(await by('customers.segment', ['customers', 'paying', 'repeat', 'ltv'])).toMatchObject({
      gold: [1, 1, 1, 260],
      silver: [1, 1, 0, 30],
      occasional: [1, 0, 0, 0],
    });
    const all = ['customers', 'paying', 'repeat', 'ltv', 'ltv_revenue'].map((name) => `customers.${name}`);
    const [row] = await cube.rows({ measures: all }, everything);
    expect(all.map((name) => Number(row?.[name]))).toEqual([3, 2, 1, 145, 225]);
  });

  test('called and was called, known by number and extension', async () => {
    expect(await by('calls.employee', ['calls'])).toEqual({ Anna: [2], Boris: [1] });
    expect(await by('calls.customer', ['calls'])).toEqual({ Acme: [1], Beta: [1], null: [1] });
    expect(await by('activity.employee', ['contacts'])).toMatchObject({ Anna: [2] });
  });

  test('complained, known by address', async () => {
    // Who has won deals has complaints a hundred deals, none too.
    expect(await by('service.customer', ['complaints'])).toEqual({
      Acme: [2],
      Beta: [0],
      'who@else.example': [1],
    });
    expect(await by('service.employee', ['complaints'])).toEqual({ Anna: [2], Boris: [0], null: [1] });
    expect(await by('service.segment', ['complaints'])).toEqual({ gold: [2], silver: [0], occasional: [1] });
  });

  test('has the plan that was made under another of their names', async () => {
    const rows = await cube.rows(
      {
        measures: ['plan_fact.plan', 'plan_fact.fact'],
        dimensions: ['plan_fact.scope'],
        filters: [
          { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
          { member: 'plan_fact.scope_kind', operator: 'equals', values: ['employee'] },
        ],
      },
      everything,
    );
    expect(rows.map((row) => [row['plan_fact.plan'], row['plan_fact.fact']].map(Number))).toEqual([
      [1000, 400],
    ]);
  });

  test('sees, as a manager, the rows of all their records and nobody else’s', async () => {
    Object.assign(process.env, {
      WAREHOUSE_URL: company.database.url,
      CUBE_URL: 'http://127.0.0.1:1',
      PULSE_SECRET: 'the secret of this installation',
    });
    const viewers = await import('../../../src/lib/server/viewers.ts');
    const viewer = await viewers.of({
      id: 'x',
      name: 'Anna',
      email: 'Anna@Pulse.example',
      role: 'manager',
      locale: 'en',
    });
    await (await import('../../../src/lib/server/warehouse.ts')).close();
    const { access, team_keys, employee_keys } = viewer;
    const own: Access = {
      access,
      team_keys: team_keys.map(Number),
      employee_keys: employee_keys.map(Number),
    };
    expect(own.access).toBe('own');
    expect(await by('sales.owner', ['deals', 'won_amount'], own)).toEqual({ Anna: [3, 400] });
    expect(await by('calls.employee', ['calls'], own)).toEqual({ Anna: [2] });
    expect(await by('service.employee', ['complaints'], own)).toEqual({ Anna: [2] });
    expect(await by('customers.owner', ['customers'], own)).toEqual({ Anna: [1] });
  });
});
