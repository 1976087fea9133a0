import type { Metric } from '../../metrics.ts';
import { shiftDay, type Range } from '../../period.ts';
import { defaults, link, type State } from '../../state.ts';
import { operator, type Viewer } from '../../viewer.ts';
import { ask as askCube, numberOf } from '../board.ts';
import { read as readFreshness, type Freshness } from '../freshness.ts';
import type { Row } from '../result.ts';
import * as settings from '../settings.ts';
import { readLimits, type Chosen } from './limits.ts';
import type { Limits, Rule } from './rule.ts';

/** The whole company's figures are judged; who may read of it is decided when it is read. */
export const watcher: Viewer = {
  ...operator,
  user_id: 'incidents',
  name: 'Pulse',
  email: '',
  role: 'admin',
  locale: 'en',
};

/** What an average deal, lead or call brings: by this, losses of any kind become money. */
export type Worth = {
  /** gross profit of the last 90 days */
  profit: number;
  margin: number;
  win_rate: number;
  deal: number;
  lead: number;
  call: number;
};

export type Board = {
  timezone: string;
  freshness: Freshness;
  chosen: Chosen;
  worth: Worth;
  ask(question: Parameters<typeof askCube>[1]): Promise<Row[]>;
  /** the limits of a rule, as the company has set them */
  limitsOf(rule: Pick<Rule, 'name' | 'limits' | 'days'>): Limits;
  /** the last day that is over for all of these entities; null where one has never been loaded */
  lastDay(entities: string[]): string | null;
};

/** What all rules share, asked once for each look. @throws Problem where Cube cannot be asked */
export async function open(now: Date): Promise<Board> {
  const [{ timezone }, freshness, chosen] = await Promise.all([
    settings.read(),
    readFreshness(now),
    readLimits(),
  ]);
  const ask: Board['ask'] = (question) =>
    askCube({ viewer: watcher, state: defaults, timezone }, { limit: 50_000, ...question });
  const lastDay = (entities: string[]): string | null => {
    const { at } = freshness.asOf(entities);
    if (!at || freshness.missing(entities).length) return null;
    return shiftDay(new Date(at).toLocaleDateString('sv-SE', { timeZone: timezone }), -1);
  };
  const limitsOf: Board['limitsOf'] = ({ name, limits, days }) => ({
    ...limits,
    ...(days === null ? {} : { days }),
    ...chosen.rules[name],
  });
  const worth = await weigh(ask, lastDay(['deals']), lastDay(['calls']));
  return { timezone, freshness, chosen, worth, ask, limitsOf, lastDay };
}

const year = 365;

async function weigh(ask: Board['ask'], deals: string | null, calls: string | null): Promise<Worth> {
  if (!deals) return { profit: 0, margin: 0, win_rate: 0, deal: 0, lead: 0, call: 0 };
  const range = trailing(deals, year);
  const sums = ['gross_profit', 'won_amount', 'deals_won', 'deals_lost'];
  const [closed, recent, created, rung] = await Promise.all([
    ask({ view: 'sales', measures: sums, time: 'closed_at', range }),
    ask({ view: 'sales', measures: ['gross_profit'], time: 'closed_at', range: trailing(deals, 90) }),
    ask({ view: 'sales', measures: ['deals'], time: 'created_at', range }),
    calls
      ? ask({ view: 'calls', measures: ['inbound'], time: 'started_at', range: trailing(calls, year) })
      : [],
  ]);
  const sum = (name: string) => numberOf(closed[0], name) ?? 0;
  const per = (count: number) => (count > 0 ? Math.max(0, sum('gross_profit')) / count : 0);
  return {
    profit: Math.max(0, numberOf(recent[0], 'gross_profit') ?? 0),
    margin: per(sum('won_amount')),
    win_rate: sum('deals_won') / Math.max(1, sum('deals_won') + sum('deals_lost')),
    deal: per(sum('deals_won')),
    lead: per(numberOf(created[0], 'deals') ?? 0),
    call: per(numberOf(rung[0], 'inbound') ?? 0),
  };
}

/** So many days that end with this one. */
export function trailing(to: string, days: number): Range {
  return { from: shiftDay(to, 1 - days), to };
}

/** Where a figure is seen with its parts and records; nothing is narrowed but what `way` says. */
export function page(metric: Metric['name'], way: Partial<State>): string {
  return link(`/drill/${metric}`, { ...defaults, compare: 'none', ...way });
}
