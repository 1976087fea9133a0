import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, type Look } from '../../../src/lib/server/incidents/look.ts';
import type { Finding } from '../../../src/lib/server/incidents/rule.ts';
import { tell } from '../../../src/lib/server/incidents/words.ts';
import { close } from '../../../src/lib/server/warehouse.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { secret, startCube, type Cube } from '../cube/server.ts';
import { day, openFolder } from './company.ts';

// North's customers do not pay, South's new deals lie about, and some belong to nobody.
const { save, configure, load, remove } = openFolder();
let database: Database;
let cube: Cube;
let seen: Look;

beforeAll(async () => {
  database = await createDatabase();
  write();
  await load(database);
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
  seen = await look();
}, 120_000);

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
  remove();
});

const found = (rule: string): Finding[] =>
  seen.causes.flatMap(({ findings }) => findings).filter((one) => one.rule === rule);
const number = async (sql: string) => Number((await database.query<{ n: string }>(sql))[0]?.n);

test('debts that are not paid are told of the team that gave them, by age', async () => {
  const [debt, ...others] = found('debts_overdue');
  expect(others).toEqual([]);
  expect(debt?.subject).toEqual({ kind: 'team', name: 'North', within: null });
  // written anew: what is left of each invoice, by days since it was due
  const rest = `select i.amount - coalesce((select sum(p.amount) from core.fct_payments p where p.invoice_id = i.source_id), 0) as rest,
      i.amount, now() - i.due_at as age
    from core.fct_invoices i join core.fct_deals d using (deal_key) join core.employees e on e.employee_key = d.owner_key
    join core.dim_teams t using (team_key)
   where t.name = 'North' and i.due_at >= current_date - 365`;
  const stake = await number(
    `select sum(rest * case when age > interval '90 days' then 0.5 when age > interval '60 days' then 0.25
       when age > interval '30 days' then 0.1 else 0 end) as n from (${rest}) r where rest > 0`,
  );
  const late = await number(
    `select sum(rest) as n from (${rest}) r where rest > 0 and age > interval '30 days'`,
  );
  expect(stake).toBeGreaterThan(0);
  expect(debt?.stake).toBeCloseTo(stake, 2);
  expect(debt?.figures.late).toBeCloseTo(late, 2);
  const { sentence, why } = tell(debt!, { locale: 'en', currency: 'EUR' });
  expect(sentence).toContain('more than 30 days overdue');
  expect(why[0]).toMatch(/^Most is owed by Slow: /);
  expect(debt?.href).toContain('/drill/receivables.overdue');
});

test('new deals nobody works on are told of their team, and those of nobody of the company', async () => {
  const open = `from core.fct_deals d left join core.employees e on e.employee_key = d.owner_key left join core.dim_teams t using (team_key)
    where d.status = 'open' and (d.owner_key is null or d.first_response_at is null) and d.created_at >= current_date - 90
      and d.created_at < current_date`;
  const profit = `(select sum(amount - cost) from core.fct_deals where status = 'won' and closed_at >= current_date - 365)
    / (select count(*) from core.fct_deals where created_at >= current_date - 365 and created_at < current_date)`;
  const byTeam = new Map(found('leads_unworked').map((one) => [one.subject.name, one]));
  expect([...byTeam.keys()].sort()).toEqual(['', 'South']);
  for (const [name, one] of byTeam) {
    const count = await number(`select count(*) as n ${open} and coalesce(t.name, '') = '${name}'`);
    expect(one.figures.unprocessed).toBe(count);
    expect(one.stake).toBeCloseTo(count * (await number(`select ${profit} as n`)), 2);
  }
  expect(byTeam.get('')).toMatchObject({ area: 'company', subject: { kind: 'company' } });
  expect(byTeam.get('South')).toMatchObject({ area: 'sales', subject: { kind: 'team' } });
});

test('since is the first day that shows it', async () => {
  const { dateBack } = await import('../../../src/lib/server/incidents/look.ts');
  const findings = [...found('debts_overdue'), ...found('leads_unworked')];
  const dates = await dateBack(seen.board, findings);
  expect(dates.size).toBe(findings.length);
  // deals have lain about for twenty days: the tenth of them was the first too many
  const south = found('leads_unworked').find(({ subject }) => subject.name === 'South')!;
  expect(dates.get(south)?.is_older).toBe(false);
  expect(dates.get(south)!.day >= day(21)).toBe(true);
});

function write(): void {
  const deals: (string | number)[][] = [
    ['id', 'created', 'closed', 'answered', 'owner', 'customer', 'stage', 'amount', 'cost', 'status'],
  ];
  const invoices: (string | number)[][] = [['id', 'issued', 'due', 'deal', 'customer', 'amount']];
  const payments: (string | number)[][] = [['id', 'paid', 'invoice', 'amount']];
  for (let back = 200; back >= 1; back--) {
    for (const owner of ['anna', 'boris']) {
      const id = `${owner}${back}`;
      const isSlow = owner === 'anna' && back % 4 === 0;
      const customer = isSlow ? 'slow' : 'good';
      deals.push([id, day(back), day(back), day(back), owner, customer, 'done', 1000, 400, 'won']);
      invoices.push([id, day(back), day(Math.max(0, back - 10)), id, customer, 1000]);
      // the slow pay a part
      payments.push([id, day(Math.max(0, back - 5)), id, isSlow ? 300 : 1000]);
    }
    deals.push([`lost${back}`, day(back), day(back), day(back), 'boris', 'good', 'lost', 9000, 0, 'lost']);
  }
  for (let back = 20; back >= 1; back--) {
    for (const at of [1, 2])
      deals.push([`south${at}${back}`, day(back), '', '', 'boris', 'good', 'new', 1000, 0, 'open']);
    deals.push([`nobody${back}`, day(back), '', '', '', 'good', 'new', 1000, 0, 'open']);
  }
  save('deals.csv', deals);
  save('invoices.csv', invoices);
  save('payments.csv', payments);
  save('people.csv', [
    ['id', 'name', 'team'],
    ['anna', 'Anna', 'north'],
    ['boris', 'Boris', 'south'],
  ]);
  save('teams.csv', [
    ['id', 'name'],
    ['north', 'North'],
    ['south', 'South'],
  ]);
  save('customers.csv', [
    ['id', 'name'],
    ['slow', 'Slow'],
    ['good', 'Good'],
  ]);
  save('stages.csv', [
    ['id', 'name', 'pipeline', 'position', 'kind'],
    ['new', 'New', 'Sales', 1, 'open'],
    ['talk', 'Talk', 'Sales', 2, 'open'],
    ['done', 'Won', 'Sales', 3, 'won'],
    ['lost', 'Lost', 'Sales', 4, 'lost'],
  ]);
  configure(
    `reporting: { timezone: UTC, currency: EUR }
incidents: { min_stake: 1, rules: { leads_unworked: { share: 0.1 } } }
sources:
  crm:
    kind: files
    path: ./*.csv
    streams:
      - { from: teams.csv, entity: teams, fields: { source_id: id, name: name } }
      - { from: people.csv, entity: employees, fields: { source_id: id, name: name, team_id: team } }
      - { from: customers.csv, entity: customers, fields: { source_id: id, name: name } }
      - { from: stages.csv, entity: stages, fields: { source_id: id, name: name, pipeline: pipeline, position: position, kind: kind } }
      - from: deals.csv
        entity: deals
        fields: { source_id: id, created_at: created, closed_at: closed, first_response_at: answered, owner_id: owner, customer_id: customer, stage_id: stage, amount: amount, cost: cost, status: status }
      - { from: invoices.csv, entity: invoices, fields: { source_id: id, issued_at: issued, due_at: due, deal_id: deal, customer_id: customer, amount: amount } }
      - { from: payments.csv, entity: payments, fields: { source_id: id, paid_at: paid, invoice_id: invoice, amount: amount } }
`,
  );
}
