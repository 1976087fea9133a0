import { lensOf } from '../../lens.ts';
import {
  borrow,
  elasticityOf,
  judge,
  lowOf,
  marginalOf,
  returnOf,
  sum,
  type Estimate,
  type Verdict,
} from '../../marginal.ts';
import type { Range } from '../../period.ts';
import { safely, type Outcome } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { read, recentOf, spanOf, type Campaign } from './weeks.ts';

export type Judged = Campaign & {
  verdict: Verdict;
  average: Estimate | null;
  marginal: Estimate | null;
  /** what a month without it leaves in the till: spend of the last 30 days less the profit it would have brought */
  saved: number;
};

/** `span` is the year judged by, `recent` the 30 days whose spend is at stake. */
export type Judgement = { span: Range; recent: Range; campaigns: Judged[] } | null;

/** Every campaign that costs money now, judged once for the sentence above and the tables below. */
export function load(scope: Scope): Promise<Outcome<Judgement>> {
  return safely('advice', scope.style.locale, async () => {
    const span = await spanOf(scope);
    if (!span) return null;
    const campaigns = await read(scope, lensOf(scope.state), span);
    const customers = sum(campaigns.map(({ won }) => won));
    const spend = sum(campaigns.flatMap(({ weeks }) => weeks.map((week) => week.spend)));
    const price = customers > 0 ? spend / customers : null;
    const elasticities = borrow(campaigns.map(({ weeks }) => elasticityOf(weeks)));
    const judged = campaigns.map((one, at): Judged => {
      const average = returnOf(one.weeks);
      const elasticity = elasticities[at] ?? null;
      const marginal = average && elasticity ? marginalOf(average, elasticity) : null;
      const verdict = judge(one.weeks, average, marginal, price);
      return { ...one, verdict, average, marginal, saved: one.running * (1 - (average?.value ?? 0)) };
    });
    return { span, recent: recentOf(scope), campaigns: judged.filter(({ running }) => running > 0) };
  });
}

/** Those to stop or cut, the most money first; those to scale by what a tenth more would surely bring. */
export function sorted(campaigns: Judged[]): { stop: Judged[]; scale: Judged[]; rest: Judged[] } {
  const is = (...known: Verdict[]) => campaigns.filter(({ verdict }) => known.includes(verdict));
  return {
    stop: is('stop', 'cut').toSorted((a, b) => rank(a) - rank(b) || b.saved - a.saved),
    scale: is('scale').toSorted((a, b) => surely(b) - surely(a)),
    rest: is('unclear', 'young').toSorted((a, b) => b.running - a.running),
  };
}

const rank = ({ verdict }: Judged) => (verdict === 'stop' ? 0 : 1);
const surely = ({ marginal, running }: Judged) => (marginal ? lowOf(marginal) * running : -Infinity);
