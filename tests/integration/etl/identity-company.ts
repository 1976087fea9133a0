import { csvSource, openCompany, type Company } from './company.ts';

export type Customer = {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  master?: string;
  region?: string;
};
export type Employee = { id: string; name?: string; email?: string; extension?: string; team?: string };
export type Deal = { id: string; customer?: string; owner?: string };
export type Call = { id: string; customer?: string; employee?: string; phone?: string };
export type Records = { customers?: Customer[]; employees?: Employee[]; deals?: Deal[]; calls?: Call[] };
/** What each system holds, in the order of the settings. */
export type Systems = Record<string, Records>;

const cell = (text = ''): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (header: string, rows: (string | undefined)[][]): string =>
  `${[header, ...rows.map((row) => row.map(cell).join(','))].join('\n')}\n`;

const streams: {
  [Entity in keyof Records]-?: {
    header: string;
    fields: string;
    row: (record: never) => (string | undefined)[];
  };
} = {
  employees: {
    header: 'id,name,email,extension,team',
    fields: '{ source_id: id, name: name, email: email, extension: extension, team_id: team }',
    row: ({ id, name, email, extension, team }: Employee) => [
      id,
      name ?? `Employee ${id}`,
      email,
      extension,
      team,
    ],
  },
  customers: {
    header: 'id,name,email,phone,master,region',
    fields: '{ source_id: id, name: name, email: email, phone: phone, master_id: master, region: region }',
    row: ({ id, name, email, phone, master, region }: Customer) => [
      id,
      name ?? `Customer ${id}`,
      email,
      phone,
      master,
      region,
    ],
  },
  deals: {
    header: 'id,created,closed,state,customer,owner,amount',
    fields:
      '{ source_id: id, created_at: created, closed_at: closed, status: state, customer_id: customer, owner_id: owner, amount: amount }',
    row: ({ id, customer, owner }: Deal) => [id, '2025-01-10', '2025-01-20', 'won', customer, owner, '100'],
  },
  calls: {
    header: 'id,at,employee,customer,phone',
    fields:
      '{ source_id: id, started_at: at, direction: { value: in }, disposition: { value: answered }, employee_id: employee, customer_id: customer, phone: phone }',
    row: ({ id, employee, customer, phone }: Call) => [id, '2025-01-15T10:00:00Z', employee, customer, phone],
  },
};

/** Several systems of one company: `hold` writes what they hold, `load` loads all of them or some. */
export async function openSystems(): Promise<{
  company: Company;
  load(systems: Systems, only?: string[]): Promise<void>;
  /** groups of records that are one, each as «source/id», the canonical first */
  groups(entity: 'customers' | 'employees'): Promise<string[][]>;
  /** what people may decide about: shared identifiers, and chains as lists of records */
  open(entity: 'customers' | 'employees'): Promise<string[]>;
  decide(entity: string, a: string, b: string, verdict: string): Promise<void>;
}> {
  const company = await openCompany();
  const { database } = company;
  return {
    company,
    async load(systems, only) {
      const names = Object.keys(systems).filter((name) => !only || only.includes(name));
      const yaml = Object.entries(systems).map(([source, records]) => {
        const parts = Object.entries(records).map(([entity, rows]) => {
          const { header, fields, row } = streams[entity as keyof Records];
          company.write(
            `${source}-${entity}.csv`,
            csv(header, rows.map(row as (record: unknown) => string[])),
          );
          return csvSource(
            source,
            entity,
            `${source}-${entity}.csv`,
            fields,
            entity === 'customers' && source !== 'crm' && 'crm' in systems ? 'refs: { master_id: crm }' : '',
          );
        });
        const [first = '', ...rest] = parts;
        return first + rest.map((part) => part.split('\n').slice(4).join('\n')).join('');
      });
      for (const run of await company.load(yaml.join(''), { only: names }))
        if (run.status !== 'succeeded') throw new Error(`${run.source}: ${run.error}`);
    },
    async groups(entity) {
      const key = entity === 'customers' ? 'customer_key' : 'employee_key';
      const rows = await database.query<{ members: string[] }>(`
        select array_agg(d.source || '/' || d.source_id order by d.same_as is not null, d.source, d.source_id collate "C") as members
        from core.dim_${entity} d group by coalesce(d.same_as, d.${key}) having count(*) > 1 order by 1`);
      return rows.map(({ members }) => members);
    },
    async open(entity) {
      const key = entity === 'customers' ? 'customer_key' : 'employee_key';
      const rows = await database.query<{ what: string }>(
        `select kind || ' ' || value as what from ops.shared_identifiers where entity = $1 and is_open
         union all
         select string_agg(d.source || '/' || d.source_id, ' ' order by d.source, d.source_id)
         from ops.identity_conflicts c join core.dim_${entity} d on d.${key} = c.key
         where c.entity = $1 group by c.conflict_key
         order by 1`,
        [entity],
      );
      return rows.map(({ what }) => what);
    },
    async decide(entity, a, b, verdict) {
      const pair = [a, b]
        .map((one) => one.split(/\/(.*)/s).slice(0, 2))
        .sort((x, y) => (x.join('\0') < y.join('\0') ? -1 : 1));
      await database.query(
        `insert into ops.identity_decisions (entity, source_a, id_a, source_b, id_b, verdict, decided_by)
         values ($1, $2, $3, $4, $5, $6, 'test')
         on conflict (entity, source_a, id_a, source_b, id_b) do update set verdict = excluded.verdict, is_applied = false`,
        [entity, ...pair.flat(), verdict],
      );
    },
  };
}
