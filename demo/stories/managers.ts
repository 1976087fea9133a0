import { HOUR } from '../company/calendar.ts';
import type { Company } from '../company/types.ts';
import type { Books, Sale } from './books.ts';
import { best, median, sum } from './figures.ts';

export function findSilent(company: Company, { sales }: Books) {
  const returned = new Map<string, number[]>();
  for (const c of company.calls) {
    if (c.context !== 'from-internal') continue;
    const list = returned.get(c.dst);
    if (list === undefined) returned.set(c.dst, [c.at]);
    else list.push(c.at);
  }
  const missed = company.calls.filter((c) => c.context === 'from-trunk' && c.disposition !== 'ANSWERED');
  const lonely = new Set(
    missed.filter((m) => !(returned.get(m.src) ?? []).some((at) => at > m.at && at <= m.at + 2 * HOUR)),
  );
  const figures = (phones: Set<string>, ids: Set<number>) => {
    const own = missed.filter((m) => phones.has(m.dst));
    const inbound = sum(company.calls, (c) => (c.context === 'from-trunk' && phones.has(c.dst) ? 1 : 0));
    const waits = sales
      .filter((s) => s.touched !== null && s.created !== null && ids.has(s.owner ?? 0))
      .map((s) => ((s.touched as number) - (s.created as number)) / 60_000);
    const unreturned = own.filter((m) => lonely.has(m)).length;
    return {
      inbound,
      missed: own.length,
      missedRate: own.length / inbound,
      unreturned,
      unreturnedRate: unreturned / own.length,
      responseMedian: median(waits),
    };
  };
  const sellers = company.users.filter(
    (u) => u.position === 'Менеджер по продажам' && u.internal_phone !== null,
  );
  const all = sellers.map((u) => ({
    id: u.id,
    name: u.full_name,
    ...figures(new Set([u.internal_phone as string]), new Set([u.id])),
  }));
  const worst = best(all, (f) => f.unreturnedRate);
  const others = sellers.filter((u) => u.id !== worst.id);
  const rest = figures(
    new Set(others.map((u) => u.internal_phone as string)),
    new Set(others.map((u) => u.id)),
  );
  return { ...worst, rest };
}

export function findGenerous(company: Company, { sales }: Books) {
  const won = sales.filter((s): s is Sale & { owner: number } => s.type === 'won' && s.owner !== null);
  const all = company.users
    .map((u) => {
      const own = won.filter((s) => s.owner === u.id);
      const amount = sum(own, (s) => s.amount);
      const profit = sum(own, (s) => s.profit);
      return {
        id: u.id,
        name: u.full_name,
        team: u.department_id,
        won: own.length,
        amount,
        profit,
        margin: profit / amount,
      };
    })
    .filter((u) => u.won >= 10);
  const worst = best(all, (u) => -u.margin);
  const peers = all.filter((u) => u.team === worst.team && u.id !== worst.id);
  const margin = sum(peers, (u) => u.profit) / sum(peers, (u) => u.amount);
  return {
    ...worst,
    rankByDealsInTeam: peers.filter((u) => u.won > worst.won).length + 1,
    rankByProfitInTeam: peers.filter((u) => u.profit > worst.profit).length + 1,
    teamMargin: margin,
    givenAway: worst.amount * (margin - worst.margin),
  };
}
