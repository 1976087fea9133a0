/**
 * One kind of fact in SQL written from the thesaurus and not from the model. `rows` is its table, `sums` are aggregates
 * over it, `dimensions` and `times` are columns of it; a dimension that it does not have is null, at a time that it does
 * not have it did not happen. `:zone` stands for the zone of the question.
 */
export type Fact = {
  rows: string;
  sums: Record<string, string>;
  dimensions: Record<string, string>;
  times: Record<string, Time>;
  /** columns by which rights are cut; without them only those who see the whole company see it */
  team?: string;
  employee?: string;
};
/** A moment, or a day of no zone. */
export type Time = string | { day: string };

export type Truth = {
  facts: Fact[];
  /** measures as formulas over the names of the sums */
  measures: Record<string, string>;
  /** what every question has to say */
  filters?: { member: string; operator: string; values: string[] }[];
};

/** A view whose measures are aggregates of one kind of fact. */
export function single(fact: Fact, more: Omit<Partial<Truth>, 'facts'> = {}): Truth {
  return {
    facts: [fact],
    measures: Object.fromEntries(Object.keys(fact.sums).map((name) => [name, name])),
    ...more,
  };
}

export const days = (from: string, to: string): string => `extract(epoch from ${to} - ${from}) / 86400`;
export const zero = (name: string): string => `coalesce(${name}, 0)`;
/** "Now" of a row: the end of the last load of its source. */
export const now = (row: string): string =>
  `coalesce((select o.fresh_at from ops.sources o where o.source = ${row}.source), now())`;
export const limit = (key: string, otherwise: number): string =>
  `coalesce((select value::text::float8 from core.settings where key = 'limits.${key}'), ${otherwise})`;

export const people = (key: string): string =>
  `left join core.employees e on e.employee_key = ${key} left join core.dim_teams t on t.team_key = e.team_key`;
export const clients = (key: string): string =>
  `left join core.customers c on c.customer_key = ${key} left join core.customer_facts cf on cf.customer_key = ${key}`;
export const segment = `coalesce(cf.segment, case when c.customer_key is not null then 'occasional' end)`;
export const campaigns = (key: string): string => `left join core.dim_campaigns a on a.campaign_key = ${key}`;
export const rights = { team: 'team_key', employee: 'employee_key' };
export const rightsOfOwner = { team: 'team_key', employee: 'owner_key' };
