import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Viewer } from '../../../src/lib/viewer.ts';
import type * as Identities from '../../../src/lib/server/identities.ts';
import { openSystems, type Systems } from './identity-company.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

const holds: Systems = {
  crm: {
    employees: [{ id: '1', name: 'Anna', email: 'anna@example.com', extension: '101', team: 'Sales' }],
    customers: [
      { id: '1', name: 'Acme', phone: '+7 916 000-00-01' },
      { id: '2', name: 'Beta', phone: '+7 916 000-00-02' },
      { id: '3', name: 'Gamma', phone: '+7 916 000-00-02' },
    ],
  },
  desk: {
    customers: [
      { id: 'a', name: 'ACME', phone: '89160000001' },
      { id: 'b', name: '<b>', phone: '89160000002' },
    ],
  },
  pbx: { calls: [{ id: 'c', employee: '101' }] },
};
const viewer: Viewer = {
  user_id: 'u',
  name: 'Admin',
  email: 'admin@example.com',
  role: 'admin',
  locale: 'en',
  access: 'company',
  team_keys: [],
  employee_keys: [],
};

let systems: Awaited<ReturnType<typeof openSystems>>;
let identities: typeof Identities;
beforeAll(async () => {
  systems = await openSystems();
  Object.assign(process.env, {
    WAREHOUSE_URL: systems.company.database.url,
    CUBE_URL: 'http://127.0.0.1:1',
    PULSE_SECRET: 'the secret of this installation',
  });
  await systems.load(holds);
  identities = await import('../../../src/lib/server/identities.ts');
  const users = await import('../../../src/lib/server/users.ts');
  const { email, name, role, locale } = viewer;
  await users.add({ email, name, role, locale });
  const [user] = await systems.company.database.query<{ id: string }>('select id from app.users');
  viewer.user_id = user?.id ?? '';
});
afterAll(async () => {
  await (await import('../../../src/lib/server/warehouse.ts')).close();
  await systems.company.database.drop();
});

const form = (verdict: string, id = 'b') => {
  const data = new FormData();
  const fields = { subject: 'customers', source_a: 'desk', id_a: id, source_b: 'crm', id_b: '2', verdict };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};

test('what was joined is explained, what is ambiguous is listed with its candidates', async () => {
  const page = await identities.load(viewer, new URLSearchParams());
  expect(page.counts).toEqual({
    customers: { matched: 1, groups: 1, open: 1 },
    employees: { matched: 1, groups: 1, open: 0 },
  });
  expect(page.matches.items).toMatchObject([
    {
      members: [
        { source: 'crm', id: '1', name: 'Acme', evidence: [{ kind: 'phone', value: '+79160000001' }] },
        { source: 'desk', id: 'a', name: 'ACME', evidence: [{ kind: 'phone', value: '+79160000001' }] },
      ],
    },
  ]);
  expect(page.questions.items).toMatchObject([
    {
      about: { kind: 'phone', value: '+79160000002' },
      records: 3,
      pairs: [
        { a: { source: 'crm', id: '2' }, b: { source: 'desk', id: 'b' } },
        { a: { source: 'crm', id: '3' }, b: { source: 'desk', id: 'b' } },
      ],
    },
  ]);
  const staff = await identities.load(viewer, new URLSearchParams('of=employees&page=99&asked=x'));
  expect(staff.matches.items).toMatchObject([{ members: [{ id: '1' }, { id: '101', is_inferred: true }] }]);
});

test('a decision is kept, audited, acted on by the next load, and can be taken back', async () => {
  expect(await identities.decide(viewer, form('same'))).toBe(true);
  const waiting = await identities.load(viewer, new URLSearchParams());
  expect(waiting.decisions).toMatchObject([{ verdict: 'same', by: 'admin@example.com', is_applied: false }]);
  const audit = await systems.company.database.query(
    `select actor, details from app.audit where action = 'identity_decided'`,
  );
  expect(audit).toMatchObject([{ actor: 'admin@example.com', details: { verdict: 'same' } }]);
  await systems.load(holds);
  const page = await identities.load(viewer, new URLSearchParams());
  expect(page.counts.customers).toEqual({ matched: 2, groups: 2, open: 0 });
  expect(page.matches.items[0]?.members).toMatchObject([
    { source: 'crm', id: '2', decided_by: ['admin@example.com'] },
    { source: 'desk', id: 'b', decided_by: ['admin@example.com'] },
  ]);
  expect(await identities.decide(viewer, form('undecided'))).toBe(true);
  await systems.load(holds);
  expect((await identities.count()).customers).toEqual({ matched: 1, groups: 1, open: 1 });
});

test('a number that is called common asks no more, whoever has it, until that is taken back', async () => {
  const about = (verdict: string, value = '+79160000002') => {
    const data = new FormData();
    for (const [name, one] of Object.entries({ subject: 'customers', kind: 'phone', value, verdict }))
      data.set(name, one);
    return data;
  };
  const asked = async () => {
    const { counts, questions } = await identities.load(viewer, new URLSearchParams());
    return { open: counts.customers.open, waits: questions.items.map((item) => item.waits) };
  };
  expect(await identities.decide({ ...viewer, role: 'executive' }, about('common'))).toBe(false);
  expect(await identities.decide(viewer, about('common', '+79169999999'))).toBe(false);
  expect(await asked()).toEqual({ open: 1, waits: [false] });
  // One that joins two records rightly or wrongly may be called common too.
  for (const value of ['+79160000001', '+79160000002'])
    expect(await identities.decide(viewer, about('common', value))).toBe(true);
  expect(await asked()).toEqual({ open: 1, waits: [true] });
  const more = { ...holds, shop: { customers: [{ id: 's', phone: '+7 916 000-00-02' }] } };
  await systems.load(more);
  expect((await identities.count()).customers).toEqual({ matched: 0, groups: 0, open: 0 });
  const page = await identities.load(viewer, new URLSearchParams());
  expect(page.common).toMatchObject([
    { value: '+79160000002', is_common: true, is_applied: true },
    { value: '+79160000001' },
  ]);
  for (const value of ['+79160000001', '+79160000002'])
    expect(await identities.decide(viewer, about('personal', value))).toBe(true);
  await systems.load(more);
  expect((await identities.count()).customers).toEqual({ matched: 1, groups: 1, open: 1 });
});

test('nobody but an administrator decides, and only about records that are there', async () => {
  expect(await identities.decide({ ...viewer, role: 'executive' }, form('same'))).toBe(false);
  expect(await identities.decide(viewer, form('same', 'nobody'))).toBe(false);
  expect(await identities.decide(viewer, form('perhaps'))).toBe(false);
  expect(await identities.decide(viewer, form('same', 'b\0'))).toBe(false);
});

test('a manager known by an address in one system sees the rows of all their records', async () => {
  const viewers = await import('../../../src/lib/server/viewers.ts');
  const [anna] = await systems.company.database.query<{ employee_key: string }>(
    `select employee_key from core.dim_employees where source = 'crm'`,
  );
  const seen = await viewers.of({
    id: 'x',
    name: 'Anna',
    email: 'ANNA@example.com',
    role: 'manager',
    locale: 'en',
  });
  expect(seen.employee_keys.map(String)).toEqual([String(anna?.employee_key)]);
  expect(await systems.company.database.query('select employee_key from core.fct_calls')).toEqual([anna]);
});
