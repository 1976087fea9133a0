import type { Definition } from './catalogue.ts';
import type { Direction, Unit } from './page.ts';
import type { FilterKey } from './state.ts';
import { home, ways, type Way } from './ways.ts';

export type Condition =
  | {
      member: string;
      operator: 'equals' | 'notEquals' | 'set' | 'notSet' | 'gt' | 'contains';
      values?: string[];
    }
  | { or: Condition[] };

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

/** Those of the home page, and all that have a page one level down. */
export const names: string[] = home;

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
  const way = ways.find((one) => one.name === name);
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
  funnel: {
    team: 'team',
    manager: 'owner',
    pipeline: 'pipeline',
    channel: 'channel',
    product: 'product',
    region: 'region',
    segment: 'segment',
  },
  calls: { team: 'team', manager: 'employee' },
  activity: { team: 'team', manager: 'employee' },
  competence: { team: 'team', manager: 'employee' },
  data_quality: { team: 'team', manager: 'owner' },
  customers: { team: 'team', manager: 'owner', region: 'region', segment: 'segment' },
  receivables: { team: 'team', manager: 'owner', segment: 'segment' },
  // whose plan is chosen by the level, which is a condition of its own
  plan_fact: { team: 'scope', manager: 'scope', product: 'scope', channel: 'scope' },
  marketing: { channel: 'channel' },
  attribution: { channel: 'channel' },
  mailings: { channel: 'channel' },
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
