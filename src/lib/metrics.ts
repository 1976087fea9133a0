import type { Definition } from './catalogue.ts';
import type { Direction, Unit } from './page.ts';
import type { FilterKey } from './state.ts';

export type Condition =
  | { member: string; operator: 'equals' | 'notEquals' | 'set' | 'notSet'; values?: string[] }
  | { or: Condition[] };

/** What a page adds to a metric of the catalogue: how to go down from it. */
type Way = {
  /** `<view>.<measure>`, the name everywhere */
  name: string;
  /** dimensions of its view to break it down by, most telling first */
  dimensions: string[];
  /** which kind of record stands behind it, and which of them count */
  records: RecordKind;
  conditions: Condition[];
  /** the figure of a fresh period grows as its open deals are decided */
  matures?: true;
  /** name in plan lines, for metrics that are planned */
  plan: string | null;
};

/** One metric of the thesaurus, as far as pages need to know it. */
export type Metric = Way & {
  unit: Unit;
  direction: Direction;
  /** the time dimension that the period cuts; null counts what is true now, whatever the period */
  time: string | null;
  /** sums over parts give the whole, and a bucket without rows is 0 rather than a gap */
  is_additive: boolean;
  /** the entities it is counted from, and those without which it does not exist */
  entities: string[];
  needs: Definition['needs'];
};

export type RecordKind = 'deals' | 'spend' | 'responses' | 'complaints';

const dealDimensions = ['team', 'owner', 'product', 'channel', 'pipeline', 'region', 'segment', 'industry'];
const won: Condition[] = [{ member: 'sales.status', operator: 'equals', values: ['won'] }];

const list: Way[] = [
  {
    name: 'sales.won_amount',
    dimensions: dealDimensions,
    records: 'deals',
    conditions: won,
    plan: 'won_amount',
  },
  {
    name: 'sales.deals_won',
    dimensions: dealDimensions,
    records: 'deals',
    conditions: won,
    plan: 'deals_won',
  },
  {
    name: 'sales.conversion',
    matures: true,
    dimensions: dealDimensions,
    records: 'deals',
    conditions: [],
    plan: null,
  },
  {
    name: 'sales.lost_amount',
    dimensions: ['lost_reason', ...dealDimensions],
    records: 'deals',
    conditions: [{ member: 'sales.status', operator: 'equals', values: ['lost'] }],
    plan: null,
  },
  {
    name: 'marketing.romi',
    dimensions: ['channel', 'campaign', 'source', 'medium'],
    records: 'spend',
    conditions: [],
    plan: null,
  },
  {
    name: 'nps.nps',
    dimensions: ['team', 'employee', 'survey', 'segment', 'score'],
    records: 'responses',
    conditions: [],
    plan: null,
  },
  {
    name: 'service.open',
    dimensions: ['cause', 'product', 'stage', 'severity', 'channel', 'team', 'employee'],
    records: 'complaints',
    conditions: [{ member: 'service.status', operator: 'equals', values: ['new', 'in_progress'] }],
    plan: null,
  },
  {
    name: 'service.complaints',
    dimensions: ['cause', 'product', 'stage', 'severity', 'channel', 'team', 'employee'],
    records: 'complaints',
    // won deals are rows of this view too, for complaints per 100 of them
    conditions: [{ member: 'service.complaint_id', operator: 'set' }],
    plan: null,
  },
];

export const names: string[] = list.map(({ name }) => name);

let defined: ReadonlyMap<string, Definition> = new Map();

/** What the metrics mean is said once, in Cube's model: `server/catalogue.ts` hands it over when it has read it. */
export function define(definitions: ReadonlyMap<string, Definition>): void {
  defined = definitions;
}

/** The definition of any metric of the catalogue, one that has no page of its own too. */
export function definitionOf(name: string): Definition | null {
  return defined.get(name) ?? null;
}

export function find(name: string): Metric | null {
  const way = list.find((one) => one.name === name);
  const definition = defined.get(name);
  if (!way || !definition) return null;
  const { direction, time, is_additive, sources, needs } = definition;
  return { ...way, unit: definition.unit as Unit, direction, time, is_additive, entities: sources, needs };
}

export function get(name: string): Metric {
  const metric = find(name);
  if (!metric) throw new Error(`No metric is called ${name}`);
  return metric;
}

export function viewOf(metric: Pick<Metric, 'name'>): string {
  return metric.name.split('.')[0] ?? '';
}

/** Which dimension of each view a filter of the page narrows. */
const filterMembers: Record<string, Partial<Record<FilterKey, string>>> = {
  sales: {
    team: 'team',
    manager: 'owner',
    pipeline: 'pipeline',
    channel: 'channel',
    product: 'product',
    region: 'region',
    segment: 'segment',
  },
  marketing: { channel: 'channel' },
  service: { team: 'team', manager: 'employee', product: 'product', segment: 'segment' },
  nps: { team: 'team', manager: 'employee', segment: 'segment' },
};

/** The member a filter narrows in a view, null when the view has no such dimension. */
export function memberOf(view: string, key: FilterKey): string | null {
  const dimension = filterMembers[view]?.[key];
  return dimension ? `${view}.${dimension}` : null;
}

/** The filter that narrows the same dimension, if there is one. */
export function filterKeyOf(view: string, dimension: string): FilterKey | null {
  const members = filterMembers[view] ?? {};
  return (Object.keys(members) as FilterKey[]).find((key) => members[key] === dimension) ?? null;
}
