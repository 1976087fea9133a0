import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChanges, transform } from '../../../etl/transform.ts';
import { settings } from '../cube/derive.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { match, nameOf, type Decision, type Rec } from './identity-model.ts';

// Few values for many records, so that they meet, contradict each other and change hands.
const sources = ['crm', 'desk', 'pbx'];
const phones = ['+79160000001', '+79160000002', '+79160000003'];
const emails = ['a@example.com', 'b@example.com'];
const writings = [
  (phone: string) => phone,
  (phone: string) => `8 (${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8, 10)}-${phone.slice(10)}`,
  (phone: string) => phone.slice(1),
];

type Change = Rec & { phone: string | null; email: string | null };
type Step = { records: Change[]; decisions: Decision[] };

const pick = <T>(list: T[], chance = 3) => fc.option(fc.constantFrom(...list), { freq: chance });
const record = fc
  .record({
    source: fc.constantFrom(...sources),
    number: fc.integer({ min: 1, max: 4 }),
    isInferred: fc.option(fc.constant(true), { freq: 5 }),
    isDeleted: fc.option(fc.constant(true), { freq: 5 }),
    phone: pick(phones),
    writing: fc.constantFrom(...writings),
    email: pick(emails, 1),
    master: pick(['1', '2', '3'], 1),
  })
  .map(({ source, number, isInferred, isDeleted, phone, writing, email, master }): Change => {
    // What is only named has no fields: it is its number.
    const isNamed = isInferred === null && phone !== null;
    const spelled = phone && writing(phone);
    // Bare digits are an id where a system lists its customers.
    const isNumber = !isNamed || source === 'pbx' || !/^\d+$/.test(`${spelled}`);
    return {
      source,
      id: isNamed ? `${spelled}` : `${number}`,
      isInferred: isNamed,
      isDeleted: isDeleted === null,
      phone: isNamed ? null : spelled,
      email: isNamed ? null : email,
      master: isNamed || source === 'crm' ? null : master,
      known: [
        ...(phone && isNumber ? [`phone:${phone}`] : []),
        ...(email && !isNamed ? [`email:${email}`] : []),
      ],
    };
  });
const name = fc
  .tuple(fc.constantFrom(...sources), fc.integer({ min: 1, max: 4 }))
  .map(([source, n]) => `${source}/${n}`);
const decision = fc
  .record({
    a: name,
    b: name,
    verdict: fc.constantFrom<Decision['verdict']>('same', 'different', 'undecided'),
  })
  .filter(({ a, b }) => a !== b)
  .map(({ a, b, verdict }): Decision => (a < b ? { a, b, verdict } : { a: b, b: a, verdict }));
const step = fc.record({
  records: fc.array(record, { maxLength: 6 }),
  decisions: fc.array(decision, { maxLength: 1 }),
});

let database: Database;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(settings);
  await client.query(`
    insert into core.settings values ('reporting.country', '"RU"'), ('reporting.currency', '"RUB"');
    insert into ops.sources (source, kind, position, entities) values
      ('crm', 'files', 0, '{deals,customers}'), ('desk', 'files', 1, '{complaints,customers}'), ('pbx', 'files', 2, '{calls}');
    insert into ops.stream_refs select source, 'customers', 'master_id', 'crm' from ops.sources`);
  await client.query('begin');
  await transform(client);
  await client.query('commit');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** A load: what changed, in one transaction, with its tables of changes. */
async function load({ records, decisions }: Step): Promise<void> {
  await client.query('begin');
  await openChanges(client);
  for (const { a, b, verdict } of decisions) {
    const [source_a, id_a] = a.split('/');
    const [source_b, id_b] = b.split('/');
    await client.query(
      `insert into ops.identity_decisions (entity, source_a, id_a, source_b, id_b, verdict, decided_by)
       values ('customers', $1, $2, $3, $4, $5, 'test')
       on conflict (entity, source_a, id_a, source_b, id_b) do update set verdict = excluded.verdict, is_applied = false`,
      [source_a, id_a, source_b, id_b, verdict],
    );
  }
  for (const r of records) {
    await client.query(
      `insert into core.dim_customers (source, source_id, name, email, phone, master_id, is_inferred, is_deleted, stream)
       values ($1, $2, $2, $3, $4, $5, $6, $7, 'customers')
       on conflict (source, source_id) do update set email = excluded.email, phone = excluded.phone,
         master_id = excluded.master_id, is_inferred = excluded.is_inferred, is_deleted = excluded.is_deleted`,
      [r.source, r.id, r.email, r.phone, r.master, r.isInferred, r.isDeleted],
    );
    // Each record has a deal, and each number a call that names nobody.
    await client.query(
      `insert into core.fct_deals (source, source_id, status, customer_id, customer_key)
       select source, source_id, 'won', source_id, coalesce(same_as, customer_key) from core.dim_customers
       where source = $1 and source_id = $2 on conflict do nothing`,
      [r.source, r.id],
    );
    if (r.phone)
      await client.query(
        `insert into core.fct_calls (source, source_id, started_at, direction, disposition, phone)
         values ('pbx', $1::text, now(), 'in', 'answered', $1::text) on conflict do nothing`,
        [r.phone],
      );
  }
  await transform(client);
  await client.query('commit');
}

async function seen() {
  const { rows } = await client.query<{ record: string; canonical: string; deal: string }>(`
    select d.source || '/' || d.source_id as record, c.source || '/' || c.source_id as canonical,
      o.source || '/' || o.source_id as deal
    from core.dim_customers d
    join core.dim_customers c on c.customer_key = coalesce(d.same_as, d.customer_key) and c.same_as is null
    join core.fct_deals f on f.source = d.source and f.source_id = d.source_id
    join core.dim_customers o on o.customer_key = f.customer_key`);
  const open = await client.query<{ value: string }>(
    `select kind || ':' || value as value from ops.shared_identifiers where is_open order by 1`,
  );
  const calls = await client.query<{ phone: string; customer: string | null }>(
    `select f.phone, c.source || '/' || c.source_id as customer
     from core.fct_calls f left join core.dim_customers c using (customer_key)`,
  );
  return {
    canonical: Object.fromEntries(rows.map(({ record, canonical }) => [record, canonical])),
    deals: Object.fromEntries(rows.map(({ record, deal }) => [record, deal])),
    calls: Object.fromEntries(calls.rows.map(({ phone, customer }) => [phone, customer])),
    open: open.rows.map(({ value }) => value).sort(),
  };
}

function expected(steps: Step[]) {
  const records = new Map<string, Rec>();
  const decisions = new Map<string, Decision>();
  const called = new Set<string>();
  for (const step of steps) {
    for (const one of step.records) records.set(nameOf(one), one);
    for (const one of step.decisions) decisions.set(`${one.a} ${one.b}`, one);
    for (const { phone } of step.records) if (phone) called.add(phone);
  }
  const { canonical, open } = match([...records.values()], [...decisions.values()], sources);
  const ownerOf = (spelled: string): string | null => {
    const phone = `phone:+7${spelled.replace(/\D/g, '').slice(1)}`;
    const owners = [...records.values()].filter(
      (one) =>
        one.known.includes(phone) &&
        (!one.isDeleted ||
          ![...records.values()].some(
            (o) => o.source === one.source && !o.isDeleted && !o.isInferred && o.known.includes(phone),
          )),
    );
    const who = new Set(owners.map((one) => canonical.get(nameOf(one))));
    return who.size === 1 ? ([...who][0] ?? null) : null;
  };
  return {
    canonical: Object.fromEntries(canonical),
    deals: Object.fromEntries(canonical),
    calls: Object.fromEntries([...called].map((phone) => [phone, ownerOf(phone)])),
    open,
  };
}

async function forget(): Promise<void> {
  await client.query(`
    truncate core.dim_customers, core.fct_deals, core.fct_calls, ops.identifiers, ops.shared_identifiers, ops.identity_gaps,
      ops.identity_conflicts, ops.identity_decisions, core.customer_facts, core.customer_months, core.cohort_months, core.month_facts`);
}

test(
  'whatever changes, load by load, who is who is what it would be from all records at once',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        await forget();
        for (let i = 0; i < steps.length; i++) {
          await load(steps[i] as Step);
          expect(await seen()).toEqual(expected(steps.slice(0, i + 1)));
        }
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 25) },
    );
  },
);

test('in whatever order records arrive, they end as the same', { timeout: 600_000 }, async () => {
  const holds = fc.uniqueArray(record, { selector: nameOf, minLength: 4, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(
      holds.chain((records) =>
        fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })),
      ),
      async ([records, shuffled]) => {
        await forget();
        for (const one of shuffled) await load({ records: [one], decisions: [] });
        expect(await seen()).toEqual(expected([{ records, decisions: [] }]));
      },
    ),
    { numRuns: Number(process.env.FC_RUNS ?? 10) },
  );
});
