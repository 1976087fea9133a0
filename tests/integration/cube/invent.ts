import fc from 'fast-check';
import type { Database } from '../../harness/database.ts';

type Row = Record<string, string | number | boolean | null>;
/** A small company: rows by table, references by the ids of the source. */
export type Company = {
  customers: Row[];
  deals: Row[];
  touches: Row[];
  spend: Row[];
  calls: Row[];
  complaints: Row[];
  activities: Row[];
  events: Row[];
  responses: Row[];
  invoices: Row[];
  payments: Row[];
};

const start = Date.UTC(2025, 0, 1);
const time = (hours: number) => new Date(start + hours * 3_600_000).toISOString();
const id = (prefix: string, count: number) =>
  fc.option(
    fc.integer({ min: 1, max: count }).map((n) => `${prefix}${n}`),
    { freq: 4 },
  );
// Equal amounts and equal moments are where the order of arrival would show.
const money = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100),
  fc.constantFrom(0, 100, 100, 200),
);
const moment = fc
  .oneof(
    fc.integer({ min: -500, max: 14_500 }),
    fc.integer({ min: 0, max: 8 }).map((n) => n * 1_500),
  )
  .map(time);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 6 });
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const numbered = (rows: Row[], prefix: string) => rows.map((row, i) => ({ ...row, id: `${prefix}${i + 1}` }));

const customers = fc
  .array(
    fc.record({
      owner: id('e', 3),
      region: fc.constantFrom('North', 'West', null),
      industry: fc.constantFrom('Mining', 'Trade', null),
      is_deleted: rarely,
    }),
    {
      minLength: 5,
      maxLength: 5,
    },
  )
  .map((rows) => numbered(rows, 'c'));
const deals = fc
  .array(
    fc
      .record({
        status: fc.constantFrom('won', 'won', 'lost', 'open'),
        created: fc.integer({ min: 0, max: 12_000 }),
        length: fc.integer({ min: 0, max: 2_000 }),
        answered: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 2 }),
        is_endless: rarely,
        owner: id('e', 3),
        customer: id('c', 5),
        campaign: id('a', 3),
        product: id('p', 2),
        amount: maybe(money),
        cost: maybe(money),
        is_test: rarely,
        is_deleted: rarely,
      })
      .map(({ created, length, answered, is_endless, ...deal }) => ({
        ...deal,
        created_at: time(created),
        first_response_at: answered === null ? null : time(created + answered),
        closed_at: deal.status === 'open' || is_endless ? null : time(created + length),
        stage: { won: 's3', lost: 's4', open: `s${1 + (created % 2)}` }[deal.status]!,
      })),
    { maxLength: 30, size: 'max' },
  )
  .map((rows) => numbered(rows, 'd'));
const touches = fc
  .array(
    fc.record({
      at: moment,
      deal: id('d', 20),
      customer: id('c', 5),
      campaign: id('a', 3),
      is_deleted: rarely,
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((rows) => numbered(rows, 't'));
const spend = fc
  .array(
    fc.record({
      day: fc.integer({ min: 0, max: 600 }).map((n) => time(n * 24).slice(0, 10)),
      campaign: id('a', 3),
      cost: money,
      clicks: fc.nat(100),
      is_deleted: rarely,
    }),
    { maxLength: 15 },
  )
  .map((rows) => numbered(rows, 'm'));
const calls = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 14_000 }).map(time),
      direction: fc.constantFrom('in', 'out', 'internal'),
      disposition: fc.constantFrom('answered', 'no_answer', 'busy'),
      employee: id('e', 3),
      customer: id('c', 5),
      is_deleted: rarely,
    }),
    { maxLength: 15 },
  )
  .map((rows) => numbered(rows, 'k'));
const complaints = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 14_000 }).map(time),
      due_at: maybe(moment),
      status: fc.constantFrom('new', 'resolved', 'rejected'),
      cause: fc.constantFrom('delay', 'defect', null),
      employee: id('e', 3),
      customer: id('c', 5),
    }),
    { maxLength: 10 },
  )
  .map((rows) => numbered(rows, 'q'));

const activities = fc
  .array(
    fc.record({
      at: moment,
      kind: fc.constantFrom('email', 'meeting', 'message', 'task', 'task'),
      due_at: maybe(moment),
      done_at: fc.option(moment, { freq: 1 }),
      employee: id('e', 3),
      customer: id('c', 5),
      is_deleted: rarely,
    }),
    { maxLength: 15 },
  )
  .map((rows) => numbered(rows, 'v'));
const events = fc
  .array(
    fc.record({ deal: fc.integer({ min: 1, max: 20 }).map((n) => `d${n}`), stage: id('s', 2), at: moment }),
    { maxLength: 30, size: 'max' },
  )
  .map((rows) =>
    numbered(
      rows.filter(({ stage }) => stage !== null),
      'h',
    ),
  );

const responses = fc
  .array(
    fc.record({
      at: moment,
      score: fc.integer({ min: 0, max: 10 }),
      survey: fc.constantFrom('service', null),
      employee: id('e', 3),
      customer: id('c', 5),
      is_deleted: rarely,
    }),
    { maxLength: 10 },
  )
  .map((rows) => numbered(rows, 'r'));
const invoices = fc
  .array(
    fc.record({
      at: moment,
      due_at: maybe(moment),
      amount: maybe(money),
      customer: id('c', 5),
      deal: id('d', 20),
      is_deleted: rarely,
    }),
    { maxLength: 12 },
  )
  .map((rows) => numbered(rows, 'i'));
const payments = fc
  .array(
    fc.record({
      at: moment,
      amount: maybe(money),
      invoice: id('i', 12),
      customer: id('c', 5),
      deal: id('d', 20),
      is_deleted: rarely,
    }),
    { maxLength: 12 },
  )
  .map((rows) => numbered(rows, 'z'));

export const companies: fc.Arbitrary<Company> = fc.record({
  customers,
  deals,
  touches,
  spend,
  calls,
  complaints,
  activities,
  events,
  responses,
  invoices,
  payments,
});

/** What does not change from company to company. */
export const ground = `
  insert into core.dim_teams (team_key, source, source_id, name) values (1, 'x', 'n', 'North'), (2, 'x', 's', 'South');
  insert into core.dim_employees (source, source_id, name, team_key) values ('x', 'e1', 'Ann', 1), ('x', 'e2', 'Bob', 1), ('x', 'e3', 'Eve', 2);
  insert into core.dim_products (source, source_id, name) values ('x', 'p1', 'Pump'), ('x', 'p2', 'Seal');
  insert into core.dim_campaigns (source, source_id, channel, name) values ('x', 'a1', 'search', 'Spring'), ('x', 'a2', 'search', 'Brand'), ('x', 'a3', 'email', 'Letters');
  insert into core.dim_stages (source, source_id, pipeline, name, position, kind) values ('x', 's1', 'Main', 'New', 1, 'open'),
    ('x', 's2', 'Main', 'Offer', 2, 'open'), ('x', 's3', 'Main', 'Won', 3, 'won'), ('x', 's4', 'Main', 'Lost', 4, 'lost')`;

const key = (column: string, table: string, field: string) =>
  `(select ${column} from core.${table} where source_id = r.${field})`;
const owner = key('employee_key', 'dim_employees', 'owner');
const employee = key('employee_key', 'dim_employees', 'employee');
const customer = key('customer_key', 'dim_customers', 'customer');
const campaign = key('campaign_key', 'dim_campaigns', 'campaign');
const inserts: [keyof Company, string, string][] = [
  [
    'customers',
    'id text, owner text, region text, industry text, is_deleted boolean',
    `core.dim_customers (source, source_id, name, region, industry, owner_key, is_deleted)
     select 'x', id, 'Customer ' || id, region, industry, ${owner}, is_deleted`,
  ],
  [
    'deals',
    `id text, status text, created_at timestamptz, first_response_at timestamptz, closed_at timestamptz, owner text, customer text, campaign text, product text,
     stage text, amount numeric, cost numeric, is_test boolean, is_deleted boolean`,
    `core.fct_deals (source, source_id, status, status_given, created_at, first_response_at, closed_at, owner_key, customer_id, customer_key, campaign_id,
       campaign_key, product_key, stage_id, stage_key, amount, cost, is_test, is_deleted)
     select 'x', id, status, status, created_at, first_response_at, closed_at, ${owner}, customer, ${customer}, campaign, ${campaign},
       ${key('product_key', 'dim_products', 'product')}, stage, ${key('stage_key', 'dim_stages', 'stage')}, amount, cost, is_test, is_deleted`,
  ],
  [
    'touches',
    'id text, at timestamptz, deal text, customer text, campaign text, is_deleted boolean',
    `core.fct_touchpoints (source, source_id, at, deal_id, deal_key, customer_id, customer_key, campaign_id, campaign_key, is_deleted)
     select 'x', id, at, deal, ${key('deal_key', 'fct_deals', 'deal')}, customer, ${customer}, campaign, ${campaign}, is_deleted`,
  ],
  [
    'spend',
    'id text, day date, campaign text, cost numeric, clicks numeric, is_deleted boolean',
    `core.fct_marketing_spend (source, source_id, day, campaign_id, campaign_key, cost, impressions, clicks, is_deleted)
     select 'x', id, day, campaign, ${campaign}, cost, clicks * 10, clicks, is_deleted`,
  ],
  [
    'calls',
    'id text, at timestamptz, direction text, disposition text, employee text, customer text, is_deleted boolean',
    `core.fct_calls (source, source_id, started_at, direction, disposition, talk_s, employee_key, customer_key, is_deleted)
     select 'x', id, at, direction, disposition, case disposition when 'answered' then 60 end, ${employee}, ${customer}, is_deleted`,
  ],
  [
    'complaints',
    'id text, at timestamptz, due_at timestamptz, status text, cause text, employee text, customer text',
    `core.fct_complaints (source, source_id, opened_at, due_at, status, cause, employee_key, customer_key)
     select 'x', id, at, due_at, status, cause, ${employee}, ${customer}`,
  ],
  [
    'activities',
    `id text, at timestamptz, kind text, due_at timestamptz, done_at timestamptz, employee text, customer text,
     is_deleted boolean`,
    `core.fct_activities (source, source_id, kind, created_at, due_at, done_at, employee_key, customer_key, is_deleted)
     select 'x', id, kind, at, due_at, done_at, ${employee}, ${customer}, is_deleted`,
  ],
  [
    'events',
    'id text, at timestamptz, deal text, stage text',
    `core.fct_deal_stage_events (source, source_id, deal_id, deal_key, stage_id, stage_key, entered_at)
     select 'x', id, deal, ${key('deal_key', 'fct_deals', 'deal')}, stage, ${key('stage_key', 'dim_stages', 'stage')}, at`,
  ],
  [
    'responses',
    'id text, at timestamptz, score numeric, survey text, employee text, customer text, is_deleted boolean',
    `core.fct_survey_responses (source, source_id, answered_at, score, survey, employee_key, customer_key, is_deleted)
     select 'x', id, at, score, survey, ${employee}, ${customer}, is_deleted`,
  ],
  [
    'invoices',
    'id text, at timestamptz, due_at timestamptz, amount numeric, customer text, deal text, is_deleted boolean',
    `core.fct_invoices (source, source_id, issued_at, due_at, amount, customer_key, deal_id, deal_key, is_deleted)
     select 'x', id, at, due_at, amount, ${customer}, deal, ${key('deal_key', 'fct_deals', 'deal')}, is_deleted`,
  ],
  [
    'payments',
    'id text, at timestamptz, amount numeric, invoice text, customer text, deal text, is_deleted boolean',
    `core.fct_payments (source, source_id, paid_at, amount, invoice_id, customer_key, deal_id, deal_key, is_deleted)
     select 'x', id, at, amount, invoice, ${customer}, deal, ${key('deal_key', 'fct_deals', 'deal')}, is_deleted`,
  ],
];

/** Puts the company in place of the one before; rows get their keys in the order in which they stand here. */
export async function settle(database: Database, company: Company): Promise<void> {
  await database.query(
    `truncate core.dim_customers, core.fct_deals, core.hist_deals, core.fct_deal_stage_events, core.fct_touchpoints,
       core.fct_marketing_spend, core.fct_calls, core.fct_complaints, core.fct_activities, core.fct_survey_responses, core.fct_invoices, core.fct_payments`,
  );
  await arrive((sql, values) => database.query(sql, values), company);
}

/** Puts a company's rows beside or over those that are there, as a load of changes does. */
export async function arrive(
  query: (sql: string, values: unknown[]) => Promise<unknown>,
  company: Company,
): Promise<void> {
  for (const [name, columns, insert] of inserts) {
    const names = /\(source, source_id, ([^)]*)\)/.exec(insert)?.[1]?.split(/,\s*/) ?? [];
    await query(
      `insert into ${insert} from jsonb_to_recordset($1) as r(${columns}) where true
       on conflict (source, source_id) do update set (${names.join(', ')}) = row(${names.map((n) => `excluded.${n}`).join(', ')})`,
      [JSON.stringify(company[name])],
    );
  }
}
