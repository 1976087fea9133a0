import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSystems, type Systems } from './identity-company.ts';

let systems: Awaited<ReturnType<typeof openSystems>>;
beforeAll(async () => {
  systems = await openSystems();
});
afterAll(() => systems.company.database.drop());

const query = <T extends object>(sql: string) =>
  systems.company.database.query<T & Record<string, unknown>>(sql);
/** A full landing that is empty or poor is not believed, so each case has a database of its own. */
async function see(
  holds: Systems,
  entity: 'customers' | 'employees',
): Promise<{ groups: string[][]; open: string[] }> {
  await systems.company.database.drop();
  systems = await openSystems();
  await systems.load(holds);
  return { groups: await systems.groups(entity), open: await systems.open(entity) };
}

const mobile = '+7 (916) 123-45-67';

describe('one customer in several systems', () => {
  const cases: [name: string, holds: Systems, groups: string[][], open?: string[]][] = [
    [
      'is known by a phone, however it is written',
      {
        crm: { customers: [{ id: '1', phone: mobile }] },
        desk: { customers: [{ id: 'a', phone: '8 916 123 45 67' }] },
        shop: { customers: [{ id: 'z', phone: '9161234567' }] },
      },
      [['crm/1', 'desk/a', 'shop/z']],
    ],
    [
      'is known by an e-mail, however it is written',
      {
        crm: { customers: [{ id: '1', email: ' Anna@Example.COM ' }] },
        desk: { customers: [{ id: 'a', email: 'second@example.com; anna@example.com' }] },
      },
      [['crm/1', 'desk/a']],
    ],
    [
      'is known by the id that a system has mapped, two of its records for one too',
      {
        crm: { customers: [{ id: '1' }, { id: '2' }] },
        desk: {
          customers: [
            { id: 'a', master: '1' },
            { id: 'b', master: '1' },
            { id: 'c', master: '9' },
          ],
        },
      },
      [['crm/1', 'desk/a', 'desk/b']],
    ],
    [
      'is known by what it is only named by: the number of a caller, the address of a requester',
      {
        crm: { customers: [{ id: '1', phone: mobile, email: 'anna@example.com' }] },
        pbx: {
          calls: [
            { id: 'c', customer: '79161234567' },
            { id: 'd', customer: mobile },
          ],
        },
        desk: { calls: [{ id: 'c', customer: 'Anna@example.com' }] },
      },
      [['crm/1', 'desk/Anna@example.com', 'pbx/+7 (916) 123-45-67', 'pbx/79161234567']],
    ],
    [
      'is not known by an id that only looks like a number, where its system keeps a list',
      {
        crm: { customers: [{ id: '1', phone: mobile }] },
        desk: { customers: [{ id: 'a' }], calls: [{ id: 'c', customer: '79161234567' }] },
      },
      [],
    ],
    [
      'is not known by a number that is none, nor by its name',
      {
        crm: { customers: [{ id: '1', name: 'Anna', phone: '00000000000', email: 'none' }] },
        desk: { customers: [{ id: 'a', name: 'Anna', phone: '00000000000', email: 'none' }] },
      },
      [],
    ],
    [
      'stays two where one system lists two, with nothing to decide',
      {
        crm: {
          customers: [
            { id: '1', phone: mobile },
            { id: '2', phone: mobile },
          ],
        },
      },
      [],
    ],
    [
      'is ambiguous behind a switchboard',
      {
        crm: {
          customers: [
            { id: '1', phone: mobile },
            { id: '2', phone: mobile },
          ],
        },
        desk: { customers: [{ id: 'a', phone: mobile }] },
      },
      [],
      ['phone +79161234567'],
    ],
    [
      'is told apart behind a switchboard by the extension',
      {
        crm: {
          customers: [
            { id: '1', phone: '8 495 123-45-67 доб. 12' },
            { id: '2', phone: '8 495 123-45-67 доб. 13' },
          ],
        },
        desk: { customers: [{ id: 'a', phone: '+74951234567 ext. 13' }] },
      },
      [['crm/2', 'desk/a']],
    ],
    [
      'is told apart behind a switchboard by the e-mail',
      {
        crm: {
          customers: [
            { id: '1', phone: mobile, email: 'a@example.com' },
            { id: '2', phone: mobile },
          ],
        },
        desk: { customers: [{ id: 'a', phone: mobile, email: 'a@example.com' }] },
      },
      [['crm/1', 'desk/a']],
    ],
    [
      'is ambiguous wholly where a chain of matches contradicts itself',
      {
        crm: {
          customers: [
            { id: '1', email: 'a@example.com' },
            { id: '2', phone: mobile },
          ],
        },
        desk: { customers: [{ id: 'a', email: 'a@example.com', phone: mobile }] },
        shop: { customers: [{ id: 'z', phone: mobile }] },
      },
      [],
      ['crm/1 crm/2 desk/a shop/z'],
    ],
    [
      'may have a name, an id and an address made to break things',
      {
        crm: {
          customers: [
            { id: "1'; drop table core.dim_customers; --", name: '<script>alert(1)</script>', phone: mobile },
            { id: 'id/with/slashes,and "quotes"', name: '\u202Eevil', email: "o'brien+$1%s@example.com" },
          ],
        },
        desk: {
          customers: [
            { id: '$1', name: '${name}', phone: '\u200E+7 916 123\u201145\u201167' },
            { id: '%', email: "O'Brien+$1%s@example.com", phone: '1'.repeat(5000) },
          ],
        },
      },
      [
        ["crm/1'; drop table core.dim_customers; --", 'desk/$1'],
        ['crm/id/with/slashes,and "quotes"', 'desk/%'],
      ],
    ],
  ];
  test.for(cases)('%s', async ([, holds, groups, open = []]) => {
    expect(await see(holds, 'customers')).toEqual({ groups, open });
  });
});

describe('one employee in several systems', () => {
  const cases: [name: string, holds: Systems, groups: string[][], open?: string[]][] = [
    [
      'is known by e-mail or extension',
      {
        crm: {
          employees: [
            { id: '1', email: 'Anna@example.com', extension: '101' },
            { id: '2', extension: '102' },
          ],
        },
        pbx: { employees: [{ id: 'x', extension: '101' }] },
        desk: { employees: [{ id: 'a', email: 'anna@example.com' }] },
      },
      [['crm/1', 'desk/a', 'pbx/x']],
    ],
    [
      'is known by what it is only named by: an extension in calls, an address',
      {
        crm: { employees: [{ id: '1', email: 'anna@example.com', extension: '101' }] },
        pbx: { calls: [{ id: 'c', employee: '101' }] },
        desk: {
          deals: [
            { id: 'd', owner: 'ANNA@example.com' },
            { id: 'e', owner: '101' },
          ],
        },
      },
      [['crm/1', 'desk/ANNA@example.com', 'pbx/101']],
    ],
    [
      'is not joined by an extension that people of two addresses have in two offices',
      {
        crm: { employees: [{ id: '1', email: 'anna@example.com', extension: '101' }] },
        north: { employees: [{ id: 'n', email: 'boris@example.com', extension: '101' }] },
        pbx: { calls: [{ id: 'c', employee: '101' }] },
      },
      [],
      ['extension 101'],
    ],
  ];
  test.for(cases)('%s', async ([, holds, groups, open = []]) => {
    expect(await see(holds, 'employees')).toEqual({ groups, open });
  });
});

describe('facts', () => {
  const holds: Systems = {
    crm: {
      employees: [{ id: '1', name: 'Anna', extension: '101', team: 'Sales' }],
      customers: [
        { id: '1', phone: mobile },
        { id: '2', phone: '+7 916 000-00-02' },
      ],
      deals: [{ id: 'd', customer: '1', owner: '1' }],
    },
    desk: { customers: [{ id: 'a', phone: mobile, region: 'Moscow' }], deals: [{ id: 'e', customer: 'a' }] },
    pbx: {
      calls: [
        { id: 'c', employee: '101', phone: '79161234567' },
        { id: 'd', employee: '101', phone: '79160000099' },
        { id: 'e', employee: '999', customer: '79160000002' },
      ],
    },
  };
  const carried = () =>
    query(`
      select 'deal ' || f.source_id as fact, c.source || '/' || c.source_id as customer, e.source || '/' || e.source_id as employee
      from core.fct_deals f left join core.dim_customers c using (customer_key) left join core.dim_employees e on employee_key = f.owner_key
      union all
      select 'call ' || f.source_id, c.source || '/' || c.source_id, e.source || '/' || e.source_id
      from core.fct_calls f left join core.dim_customers c using (customer_key) left join core.dim_employees e using (employee_key)
      order by 1`);
  const joined = [
    { fact: 'call c', customer: 'crm/1', employee: 'crm/1' },
    { fact: 'call d', customer: null, employee: 'crm/1' },
    { fact: 'call e', customer: 'crm/2', employee: 'pbx/999' },
    { fact: 'deal d', customer: 'crm/1', employee: 'crm/1' },
    { fact: 'deal e', customer: 'crm/1', employee: null },
  ];

  test('carry the key of the one, a call that of the one whose number it was', async () => {
    await see(holds, 'customers');
    expect(await carried()).toEqual(joined);
    expect(await query('select source_id, region from core.customers order by 1')).toEqual([
      { source_id: '1', region: 'Moscow' },
      { source_id: '2', region: null },
    ]);
    expect(await query('select count(*) as n from core.hist_deals')).toEqual([{ n: '0' }]);
  });

  test('carry it from the moment they are written', async () => {
    const more = {
      ...holds,
      desk: {
        ...holds.desk,
        deals: [
          { id: 'e', customer: 'a' },
          { id: 'f', customer: 'a' },
        ],
      },
      pbx: { calls: [...(holds.pbx?.calls ?? []), { id: 'f', employee: '101', phone: '8 (916) 123-45-67' }] },
    };
    await systems.load(more, ['desk', 'pbx']);
    expect(await carried()).toEqual([
      ...joined.slice(0, 3),
      { fact: 'call f', customer: 'crm/1', employee: 'crm/1' },
      ...joined.slice(3),
      { fact: 'deal f', customer: 'crm/1', employee: null },
    ]);
  });

  test('get their own back when the match is taken back, and nobody calls that a change of owner', async () => {
    await systems.load({
      ...holds,
      crm: {
        ...holds.crm,
        employees: [{ id: '1', name: 'Anna', extension: '105', team: 'Sales' }],
        customers: [
          { id: '1', phone: '+7 916 000-00-01' },
          { id: '2', phone: '+7 916 000-00-02' },
        ],
      },
    });
    expect(await systems.groups('customers')).toEqual([['crm/2', 'pbx/79160000002']]);
    expect(await carried()).toEqual([
      { fact: 'call c', customer: 'desk/a', employee: 'pbx/101' },
      { fact: 'call d', customer: null, employee: 'pbx/101' },
      { fact: 'call e', customer: 'crm/2', employee: 'pbx/999' },
      { fact: 'call f', customer: 'desk/a', employee: 'pbx/101' },
      { fact: 'deal d', customer: 'crm/1', employee: 'crm/1' },
      { fact: 'deal e', customer: 'desk/a', employee: null },
      { fact: 'deal f', customer: 'desk/a', employee: null },
    ]);
    expect(await query('select count(*) as n from core.hist_deals')).toEqual([{ n: '0' }]);
    expect(await query('select region from core.customers order by source, source_id')).toEqual([
      { region: null },
      { region: null },
      { region: 'Moscow' },
    ]);
  });
});

describe('a decision', () => {
  const holds: Systems = {
    crm: {
      customers: [
        { id: '1', phone: mobile },
        { id: '2', phone: mobile },
        { id: '3', email: 'c@example.com' },
      ],
    },
    desk: { customers: [{ id: 'a', phone: mobile }, { id: 'c', email: 'c@example.com' }, { id: 'd' }] },
  };
  const now = async () => ({
    groups: await systems.groups('customers'),
    open: await systems.open('customers'),
  });

  test('beats the rules, and is remembered over loads', async () => {
    expect(await see(holds, 'customers')).toEqual({
      groups: [['crm/3', 'desk/c']],
      open: ['phone +79161234567'],
    });
    await systems.decide('customers', 'crm/2', 'desk/a', 'same');
    await systems.decide('customers', 'desk/c', 'crm/3', 'different');
    await systems.load(holds);
    const decided = { groups: [['crm/2', 'desk/a']], open: ['email c@example.com'].slice(1) };
    expect(await now()).toEqual(decided);
    await systems.load(holds);
    expect(await now()).toEqual(decided);
    await systems.load({ ...holds, desk: { customers: [...(holds.desk?.customers ?? []), { id: 'e' }] } });
    expect(await now()).toEqual(decided);
  });

  test('may join what no rule joins, and be taken back', async () => {
    await systems.decide('customers', 'crm/1', 'desk/d', 'same');
    await systems.load(holds);
    expect(await now()).toMatchObject({
      groups: [
        ['crm/1', 'desk/d'],
        ['crm/2', 'desk/a'],
      ],
    });
    await systems.decide('customers', 'crm/1', 'desk/d', 'undecided');
    await systems.decide('customers', 'crm/2', 'desk/a', 'undecided');
    await systems.decide('customers', 'crm/3', 'desk/c', 'undecided');
    await systems.load(holds);
    expect(await now()).toEqual({ groups: [['crm/3', 'desk/c']], open: ['phone +79161234567'] });
  });

  test('settles a shared number when each pair is told apart', async () => {
    await systems.decide('customers', 'crm/1', 'desk/a', 'different');
    await systems.load(holds);
    expect(await now()).toMatchObject({ open: ['phone +79161234567'] });
    await systems.decide('customers', 'crm/2', 'desk/a', 'different');
    await systems.load(holds);
    expect(await now()).toEqual({ groups: [['crm/3', 'desk/c']], open: [] });
  });

  test('that contradicts another joins nobody and stays in sight', async () => {
    await systems.decide('customers', 'crm/1', 'desk/d', 'same');
    await systems.decide('customers', 'crm/2', 'desk/d', 'same');
    await systems.decide('customers', 'crm/1', 'crm/2', 'different');
    await systems.load(holds);
    expect(await now()).toEqual({ groups: [['crm/3', 'desk/c']], open: ['crm/1 crm/2 desk/d'] });
  });
});
