import { demandOf, monthOf, monthStart } from './calendar.ts';
import { LEAVE_MONTH } from './people.ts';
import type { Plan } from './outside.ts';
import type { Department, Product, Scene, User } from './types.ts';
import type { Campaign } from './types.ts';

/** A fact for planning: who, what and how much, in which month. */
export type Result = {
  month: string;
  metric: 'won_amount' | 'deals_won' | 'deals';
  value: number;
  team: number | null;
  employee: number | null;
  product: number | null;
  channel: string | null;
};

type Scope = {
  kind: Plan['scope_kind'];
  scope: string;
  title: string;
  metrics: Result['metric'][];
  fits: (r: Result) => boolean;
};

/** The department that lost two people keeps a plan made for five. */
export const STRAINED = 4;

/** A month's plan comes from the half-year before it, the season, and ambition. */
export function plan(
  scene: Scene,
  results: Result[],
  departments: Department[],
  users: User[],
  products: Product[],
  campaigns: Campaign[],
): Plan[] {
  const sums = new Map<string, number>();
  const scopes = listScopes(departments, users, products, campaigns);
  for (const r of results)
    for (const s of scopes)
      if (s.metrics.includes(r.metric) && s.fits(r)) {
        const key = `${s.kind} ${s.scope} ${r.metric} ${r.month}`;
        sums.set(key, (sums.get(key) ?? 0) + r.value);
      }
  const plans: Plan[] = [];
  for (let i = 3; monthStart(scene.from, i) <= scene.until; i++) {
    const month = monthOf(monthStart(scene.from, i));
    const now = weigh(scene, i);
    for (const s of scopes)
      for (const metric of s.metrics) {
        const strained = s.kind === 'team' && s.scope === String(STRAINED) && i > LEAVE_MONTH;
        // Frozen at the last half-year with the whole crew.
        const base = strained ? LEAVE_MONTH : i;
        const past = Array.from({ length: Math.min(6, base) }, (_, n) => base - 1 - n);
        const key = `${s.kind} ${s.scope} ${metric}`;
        const reached = past.map((m) => sums.get(`${key} ${monthOf(monthStart(scene.from, m))}`) ?? 0);
        const pace = add(reached) / add(past.map((m) => weigh(scene, m)));
        const target = roundUp(pace * now * (strained ? 1.06 : s.kind === 'employee' ? 1 : 1.03), metric);
        if (target > 0)
          plans.push({ month, metric, scope_kind: s.kind, scope: s.scope, title: s.title, target });
      }
  }
  return plans;
}

function listScopes(
  departments: Department[],
  users: User[],
  products: Product[],
  campaigns: Campaign[],
): Scope[] {
  const all: Result['metric'][] = ['won_amount', 'deals_won', 'deals'];
  return [
    { kind: 'company', scope: '', title: 'Компания', metrics: all, fits: () => true },
    ...departments
      .filter((d) => d.parent_id === 1)
      .map((d): Scope => ({
        kind: 'team',
        scope: String(d.id),
        title: d.name,
        metrics: all,
        fits: (r) => r.team === d.id,
      })),
    ...users
      .filter((u) => u.position === 'Менеджер по продажам')
      .map((u): Scope => ({
        kind: 'employee',
        scope: String(u.id),
        title: u.full_name,
        metrics: ['won_amount', 'deals_won'],
        fits: (r) => r.employee === u.id,
      })),
    ...products.map((p): Scope => ({
      kind: 'product',
      scope: String(p.id),
      title: p.name,
      metrics: ['won_amount'],
      fits: (r) => r.product === p.id,
    })),
    ...[...new Set(campaigns.map((c) => c.channel))].map((channel): Scope => ({
      kind: 'channel',
      scope: channel,
      title: channel,
      metrics: ['deals', 'won_amount'],
      fits: (r) => r.channel === channel,
    })),
  ];
}

const add = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

/** How busy the days are whose requests are won in this month. */
function weigh(scene: Scene, month: number): number {
  const LAG = 18;
  let total = 0;
  for (let day = monthStart(scene.from, month); day < monthStart(scene.from, month + 1); day++)
    total += demandOf(Math.max(scene.from, day - LAG), scene.from);
  return total;
}

function roundUp(value: number, metric: Result['metric']): number {
  return metric === 'won_amount' ? Math.round(value / 10_000) * 10_000 : Math.round(value);
}
