import { isWorkday, dayOf } from '../company/calendar.ts';
import type { Campaign, Company, Deal, Status } from '../company/types.ts';

/** A deal that counts, in the reporting currency. */
export type Sale = {
  id: number;
  type: Status['type'];
  created: number | null;
  closed: number | null;
  touched: number | null;
  owner: number | null;
  team: number | null;
  campaign: Campaign | null;
  amount: number;
  profit: number;
};
export type Cost = { day: number; campaign: Campaign; cost: number };
/** One deal in one stage; `left` is null while it is there. */
export type Stay = { status: number; entered: number; left: number | null; open: boolean; amount: number };
export type Books = { sales: Sale[]; costs: Cost[]; stays: Stay[] };

/** The operational records as an accountant would lay them out: noise left out, money in one currency. */
export function read(company: Company): Books {
  const rates = new Map(
    company.rates.filter((r) => isWorkday(r.day)).map((r) => [`${r.currency} ${r.day}`, r.rate]),
  );
  const convert = (amount: number, currency: string, day: number): number => {
    if (currency === 'RUB') return amount;
    let at = day;
    while (!rates.has(`${currency} ${at}`)) at--;
    return amount * (rates.get(`${currency} ${at}`) as number);
  };
  const types = new Map(company.statuses.map((s) => [s.id, s.type]));
  const teams = new Map(company.users.map((u) => [u.id, u.department_id]));
  const find = matcher(company.campaigns);
  const counted = company.deals.filter(counts);
  const sales = counted.map((d): Sale => {
    const day = dayOf(d.closed_at ?? d.created_at ?? d.updated_at);
    const amount = convert(d.price ?? 0, d.currency, day);
    return {
      id: d.id,
      type: types.get(d.status_id) ?? 'open',
      created: d.created_at,
      closed: d.closed_at,
      touched: d.first_touch_at,
      owner: d.responsible_user_id,
      team: teams.get(d.responsible_user_id ?? 0) ?? null,
      campaign: find(d),
      amount,
      profit: amount - convert(d.cost_price ?? 0, d.currency, day),
    };
  });
  const costs = company.spend.map((s) => ({
    day: s.day,
    campaign: s.campaign,
    cost: convert(s.cost, s.currency, s.day),
  }));
  return { sales, costs, stays: follow(company, sales) };
}

export const counts = (deal: Deal): boolean =>
  !deal.is_test && !deal.is_spam && deal.duplicate_of === null && deal.deleted_at === null;

/** A deal belongs to the campaign it names, else to the one with its UTM values. */
function matcher(campaigns: Campaign[]): (deal: Deal) => Campaign | null {
  const clean = (text: string | null): string => (text ?? '').trim().toLowerCase();
  const byId = new Map(campaigns.map((c) => [c.id, c]));
  const byTags = new Map(campaigns.map((c) => [`${c.utm_source} ${c.utm_medium} ${c.utm_campaign}`, c]));
  return (d) =>
    byId.get(d.campaign_id ?? 0) ??
    byTags.get(`${clean(d.utm_source)} ${clean(d.utm_medium)} ${clean(d.utm_campaign)}`) ??
    null;
}

function follow(company: Company, sales: Sale[]): Stay[] {
  const known = new Map(sales.map((s) => [s.id, s]));
  const stays: Stay[] = [];
  company.moves.forEach((move, i) => {
    const sale = known.get(move.lead_id);
    if (sale === undefined) return;
    const next = company.moves[i + 1];
    const left = next?.lead_id === move.lead_id ? next.changed_at : null;
    stays.push({
      status: move.status_id,
      entered: move.changed_at,
      left,
      open: sale.type === 'open',
      amount: sale.amount,
    });
  });
  return stays;
}
