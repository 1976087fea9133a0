import { monthOf, printDay } from '../company/calendar.ts';
import type { Campaign, Company } from '../company/types.ts';
import type { Books } from './books.ts';
import { best, sum } from './figures.ts';

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

export function findBurner(company: Company, books: Books) {
  const accounts = company.campaigns.map((c) => account(c, books)).filter((a) => a.spend > 0);
  const worst = best(accounts, (a) => -a.romi);
  const rank = accounts.filter((a) => a.spend / a.months > worst.spend / worst.months).length + 1;
  const rest = accounts.filter((a) => a.id !== worst.id);
  const next = best(rest, (a) => -a.romi);
  return { ...worst, rankByMonthlySpend: rank, next: { name: next.name, romi: next.romi } };
}
