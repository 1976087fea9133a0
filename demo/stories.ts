import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DAY, dayOf, HOUR, isWorkday, monthOf, monthStart, printDay, startOf } from './company/calendar.ts';
import { SEED, setScene, simulate } from './company/simulate.ts';
import type { Campaign, Company } from './company/types.ts';
import { countOddities, type Oddities } from './stories/oddities.ts';
import { read, type Books, type Sale } from './stories/books.ts';
import { print } from './stories/print.ts';

export type Stories = {
  from: string;
  until: string;
  seed: number;
  company: ReturnType<typeof sumUp>;
  burning: ReturnType<typeof findBurner>;
  silent: ReturnType<typeof findSilent>;
  rotten: ReturnType<typeof findRot>;
  faulty: ReturnType<typeof findFault>;
  failing: ReturnType<typeof findFailing>;
  generous: ReturnType<typeof findGenerous>;
  oddities: Oddities;
};

/** Looks for the stories as an analyst would: by the figures, not by knowing whom we made up. */
export function tell(company: Company): Stories {
  const books = read(company);
  return {
    from: printDay(company.from),
    until: printDay(company.until),
    seed: company.seed,
    company: sumUp(company, books),
    burning: findBurner(company, books),
    silent: findSilent(company, books),
    rotten: findRot(company, books),
    faulty: findFault(company),
    failing: findFailing(company, books),
    generous: findGenerous(company, books),
    oddities: countOddities(company),
  };
}

const sum = <T>(items: Iterable<T>, value: (item: T) => number): number => {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
};
const best = <T>(items: T[], value: (item: T) => number): T =>
  items.reduce((a, b) => (value(b) > value(a) ? b : a));

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function sumUp(company: Company, { sales, costs }: Books) {
  const won = sales.filter((s) => s.type === 'won');
  const lost = sales.filter((s) => s.type === 'lost');
  const amount = sum(won, (s) => s.amount);
  const spend = sum(costs, (c) => c.cost);
  const profit = sum(won, (s) => s.profit);
  const campaign = sum(
    won.filter((s) => s.campaign !== null),
    (s) => s.profit,
  );
  return {
    deals: sales.length,
    won: won.length,
    wonAmount: amount,
    winRate: won.length / (won.length + lost.length),
    margin: profit / amount,
    spend,
    romi: (profit - spend) / spend,
    romiOfCampaigns: (campaign - spend) / spend,
    calls: company.calls.length,
  };
}

/** A campaign's account: spend by day, leads by creation, profit of what was won. */
function account(campaign: Campaign, { sales, costs }: Books) {
  const own = sales.filter((s) => s.campaign?.id === campaign.id);
  const won = own.filter((s) => s.type === 'won');
  const spend = sum(
    costs.filter((c) => c.campaign.id === campaign.id),
    (c) => c.cost,
  );
  const profit = sum(won, (s) => s.profit);
  const months = new Set(costs.filter((c) => c.campaign.id === campaign.id).map((c) => monthOf(c.day))).size;
  return {
    id: campaign.id,
    name: campaign.name,
    channel: campaign.channel,
    since: printDay(campaign.started_on),
    months,
    spend,
    leads: own.length,
    won: won.length,
    profit,
    romi: (profit - spend) / spend,
  };
}

function findBurner(company: Company, books: Books) {
  const accounts = company.campaigns.map((c) => account(c, books)).filter((a) => a.spend > 0);
  const worst = best(accounts, (a) => -a.romi);
  const rank = accounts.filter((a) => a.spend / a.months > worst.spend / worst.months).length + 1;
  const rest = accounts.filter((a) => a.id !== worst.id);
  const next = best(rest, (a) => -a.romi);
  return { ...worst, rankByMonthlySpend: rank, next: { name: next.name, romi: next.romi } };
}

function findSilent(company: Company, { sales }: Books) {
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

function findRot(company: Company, { stays }: Books) {
  const now = startOf(company.until + 1);
  // Only those who entered before the last month: a younger stay has not had the time to be long.
  const ripe = stays.filter((s) => s.entered < now - 30 * DAY);
  const cut = now - 180 * DAY;
  const found = company.statuses
    .filter((s) => s.type === 'open')
    .map((status) => {
      const own = ripe.filter((s) => s.status === status.id);
      const days = (list: typeof own): number[] => list.map((s) => ((s.left ?? now) - s.entered) / DAY);
      const before = median(days(own.filter((s) => s.entered < cut)));
      const after = median(days(own.filter((s) => s.entered >= cut)));
      return { status, before, after };
    });
  const worst = best(found, (f) => f.after / f.before);
  const { status } = worst;
  const norm = status.norm_days as number;
  const own = stays.filter((s) => s.status === status.id);
  const months = [...new Set(own.map((s) => monthOf(dayOf(s.entered))))].sort();
  const byMonth = months.map((month) => ({
    month,
    median: median(
      own.filter((s) => monthOf(dayOf(s.entered)) === month).map((s) => ((s.left ?? now) - s.entered) / DAY),
    ),
  }));
  const since = byMonth.find((m) => m.median > norm)?.month ?? '';
  const split = (late: boolean): number =>
    median(
      own
        .filter((s) => monthOf(dayOf(s.entered)) >= since === late)
        .map((s) => ((s.left ?? now) - s.entered) / DAY),
    );
  const open = own.filter((s) => s.left === null && s.open);
  const stuck = open.filter((s) => now - s.entered > norm * DAY);
  return {
    pipeline: company.pipelines.find((p) => p.id === status.pipeline_id)?.name ?? '',
    stage: status.name,
    id: status.id,
    norm,
    since,
    medianBefore: split(false),
    medianAfter: split(true),
    open: open.length,
    stuck: stuck.length,
    stuckAmount: sum(stuck, (s) => s.amount),
  };
}

function findFault(company: Company) {
  const now = startOf(company.until + 1);
  const within = (id: number, from: number, to: number): number =>
    company.tickets.filter(
      (t) => t.product === id && t.opened >= now - from * DAY && t.opened < now - to * DAY,
    ).length;
  const all = company.products.map((p) => ({
    id: p.id,
    name: p.name,
    last: within(p.id, 90, 0),
    before: within(p.id, 180, 90),
  }));
  const worst = best(all, (p) => p.last - p.before);
  const rest = all.filter((p) => p.id !== worst.id);
  const own = company.tickets.filter((t) => t.product === worst.id && t.opened >= now - 90 * DAY);
  return {
    ...worst,
    defects: own.filter((t) => t.cause === 'Брак').length,
    restLast: sum(rest, (p) => p.last),
    restBefore: sum(rest, (p) => p.before),
  };
}

/** A month of which hardly anything has passed says nothing; the one before it does. */
function judged(until: number): number {
  let worked = 0;
  for (let day = monthStart(until); day <= until; day++) if (isWorkday(day)) worked++;
  return worked < 5 ? monthStart(until) - 1 : until;
}

function findFailing(company: Company, { sales }: Books) {
  const month = monthOf(judged(company.until));
  const fact = (team: number, of: string): number =>
    sum(sales, (s) =>
      s.type === 'won' && s.team === team && s.closed !== null && monthOf(dayOf(s.closed)) === of
        ? s.amount
        : 0,
    );
  const lines = company.plans
    .filter((p) => p.scope_kind === 'team' && p.metric === 'won_amount' && p.month === month)
    .map((p) => ({ id: Number(p.scope), name: p.title, plan: p.target, fact: fact(Number(p.scope), month) }))
    .map((p) => ({ ...p, completion: p.fact / p.plan }));
  if (lines.length === 0) throw new Error('there is no plan yet: the first three months have none');
  const worst = best(lines, (p) => -p.completion);
  const rest = lines.filter((p) => p.id !== worst.id);
  const gone = company.users.filter((u) => u.department_id === worst.id && u.dismissed_on !== null);
  const before = monthOf(monthStart(judged(company.until), -3));
  return {
    ...worst,
    month,
    restCompletion: sum(rest, (p) => p.fact) / sum(rest, (p) => p.plan),
    left: gone.map((u) => ({ name: u.full_name, day: printDay(u.dismissed_on as number) })),
    threeMonthsAgo: { month: before, fact: fact(worst.id, before) },
  };
}

function findGenerous(company: Company, { sales }: Books) {
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

/** `npx tsx demo/stories.ts [YYYY-MM-DD]` writes STORIES.md anew. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const until = process.argv[2] ?? '2026-10-31';
  const path = join(fileURLToPath(new URL('.', import.meta.url)), 'STORIES.md');
  writeFileSync(path, print(tell(simulate(setScene({ until, seed: SEED })))));
  console.log(`${path}: figures for ${until}`);
}
