import type { Family } from './rollups.ts';

const filled = (...columns: string[]): string => `num_nonnulls(${columns.join(', ')})`;
const known = 'not is_inferred';

/** Which fields are required or recommended, as in the model: `[entity, changes, how many are filled, of how many, where]`. */
const entities: [string, string, string, number, string?][] = [
  ['teams', 'teams', '1', 1, known],
  ['employees', 'employees', filled('name', 'email', 'team_id'), 3, known],
  ['products', 'products', filled('name', 'category'), 2, known],
  ['stages', 'stages', filled('pipeline', 'name', 'position', 'kind'), 4, known],
  ['campaigns', 'campaigns', filled('channel', 'name'), 2, known],
  ['customers', 'customers', filled('name', 'industry', 'region', 'email', 'phone', 'owner_id'), 6, known],
  ['deals', 'deals', filled('source_id', 'created_at', 'customer_id', 'owner_id', 'amount'), 5],
  ['deal_stage_events', 'stage_events', '3', 3, known],
  ['touchpoints', 'touchpoints', '1', 1],
  ['calls', 'calls', `3 + ${filled('employee_id', 'phone', 'talk_s')}`, 6],
  ['activities', 'activities', '2', 2],
  ['marketing_spend', 'spend', filled('day', 'cost'), 2],
  ['complaints', 'complaints', `2 + ${filled('cause', 'product_id', 'employee_id')}`, 5],
  ['survey_responses', 'responses', '2', 2],
  ['invoices', 'invoices', `1 + ${filled('amount', 'due_at')}`, 3],
  ['payments', 'payments', `1 + ${filled('amount')}`, 2],
  ['plans', 'plans', '4', 4],
  ['calendar', 'calendar', '2', 2],
];
const owned = ['customers', 'deals'];

/** How many records there are and how much of them is filled in; those few that no load watches are counted as they are. */
export const quality: Family = {
  cube: 'quality_records',
  rows: entities
    .map(([entity, changes, has, fields, where = 'true']) => {
      const owner = owned.includes(entity) ? 'owner_key' : 'null::bigint';
      return `
        select sign, '${entity}' as entity, source, ${owner} as owner_key, count(*) as n_sum, sum(${has}) as filled_sum,
          ${fields} * count(*) as fields_sum
        from changed_${changes} where ${where} group by 1, 2, 3, 4`;
    })
    .join(' union all '),
  sums: { n_sum: null, filled_sum: null, fields_sum: null },
  cuts: { owner: ['entity', 'source', 'owner_key'] },
};

const counted = (entity: string, table: string, fields: number): string => `
  union all
  select 'records', source, '${entity}', null, count(*), ${fields} * count(*), ${fields} * count(*), 0, 0
  from core.${table} group by source`;

export const qualityFacts = `
  create view rollup.quality_facts__owner as
  select 'source' as kind, s.source, entity, null::bigint as owner_key, 0::numeric as records, 0::numeric as filled,
    0::numeric as fields, 0::numeric as quarantined, 0::numeric as duplicates
  from ops.sources s, unnest(s.entities) entity
  union all
  select 'quarantine', source, entity, null, 0, 0, 0, count(*), 0
  from ops.quarantine where resolved_at is null group by source, entity
  union all
  select 'duplicates', source, entity, null, 0, 0, 0, 0, sum(duplicate)
  from (
    select distinct on (r.source, t.stream) r.source, t.entity, t.duplicate
    from ops.run_streams t join ops.runs r using (run_id) where r.status = 'succeeded'
    order by r.source, t.stream, t.run_id desc
  ) latest group by source, entity
  union all
  select 'records', source, entity, owner_key, n_sum, filled_sum, fields_sum, 0, 0 from rollup.quality_records__owner
  ${counted('mailings', 'fct_mailings', 2)} ${counted('assessments', 'fct_assessments', 4)} ${counted('fx_rates', 'fx_rates', 3)}`;
