import { page } from './board.ts';
import { debts } from './debts.ts';
import { leadsUnworked } from './leads.ts';
import { largest } from './parts.ts';
import { plan } from './plan.ts';
import type { Figures, Limits, Rule } from './rule.ts';
import { stages } from './stages.ts';
import { trailing, type Judged, type Seen } from './trailing.ts';

const get = (figures: Figures, name: string) => figures[name] ?? 0;
const limit = (limits: Limits, name: string) => limits[name] ?? 0;
const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

/** A campaign that brings back too little of what it costs. */
const campaignLoss = trailing({
  name: 'campaign_loss',
  kind: 'threshold',
  topic: 'campaign',
  area: 'marketing',
  needs: ['marketing_spend', 'deals'],
  days: 90,
  limits: { loss: 0.5, spend_share: 0.01 },
  view: 'marketing',
  time: 'date',
  measures: ['spend', 'gross_profit', 'leads', 'won'],
  subject: 'campaign',
  by: 'campaign',
  within: 'channel',
  peers: 'all',
  judge({ now, peers }, limits) {
    const [spend, profit] = [get(now, 'spend'), get(now, 'gross_profit')];
    if (spend <= 0 || share(spend, spend + get(peers, 'spend')) < limit(limits, 'spend_share')) return null;
    const loss = 1 - profit / spend;
    return {
      severity: loss / limit(limits, 'loss'),
      stake: spend - profit,
      figures: { spend, profit, romi: -loss, leads: get(now, 'leads'), won: get(now, 'won') },
    };
  },
  explain: ({ now, peers }) =>
    get(now, 'leads') > 0
      ? [
          {
            key: 'few_won',
            names: [],
            count: get(now, 'won'),
            amount: get(now, 'leads'),
            share: share(get(peers, 'won'), get(peers, 'leads')),
          },
        ]
      : [{ key: 'no_leads', names: [] }],
  href: ({ name, within }, range) =>
    page('marketing.romi', {
      period: range,
      by: 'channel',
      within: [['campaign', name]],
      ...(within === null ? {} : { filters: { channel: [within] } }),
    }),
});

/** How far a share is past its limit, and past what is usual: where all are alike, it is not one person's doing. */
function beyond(own: number, others: number, most: number): number {
  return Math.min(own / most, others > 0 ? own / (1.5 * others) : Infinity);
}

/** Those who ring, are not answered and not called back either. */
const callsUnreturned = trailing({
  name: 'calls_unreturned',
  kind: 'sla',
  topic: 'answers',
  area: 'sales',
  needs: ['calls', 'deals'],
  days: 30,
  limits: { share: 0.5, least: 10 },
  view: 'calls',
  time: 'started_at',
  measures: ['inbound', 'missed', 'missed_unreturned'],
  subject: 'employee',
  by: 'employee',
  within: 'team',
  peers: 'all',
  judge({ now, peers }, limits, worth) {
    const [missed, unreturned] = [get(now, 'missed'), get(now, 'missed_unreturned')];
    if (unreturned < limit(limits, 'least')) return null;
    const others = share(get(peers, 'missed_unreturned'), get(peers, 'missed'));
    return {
      severity: beyond(share(unreturned, missed), others, limit(limits, 'share')),
      stake: unreturned * worth.call,
      figures: {
        ...{ missed, unreturned, inbound: get(now, 'inbound'), worth: worth.call },
        others,
      },
    };
  },
  explain: ({ now, peers }) => [
    {
      key: 'missed_more',
      names: [],
      share: share(get(now, 'missed'), get(now, 'inbound')),
      amount: share(get(peers, 'missed'), get(peers, 'inbound')),
    },
  ],
  href: ({ name }, range) =>
    page('calls.missed_unreturned', { period: range, by: 'hour', filters: { manager: [name] } }),
});

/** New deals that nobody answers in time. */
const answersLate = trailing({
  name: 'answers_late',
  kind: 'sla',
  topic: 'answers',
  area: 'sales',
  needs: ['deals'],
  days: 30,
  limits: { share: 0.3, least: 10 },
  view: 'sales',
  time: 'created_at',
  measures: ['deals', 'sla_breaches'],
  subject: 'employee',
  by: 'owner',
  within: 'team',
  peers: 'all',
  judge({ now, peers }, limits, worth) {
    const [deals, late] = [get(now, 'deals'), get(now, 'sla_breaches')];
    if (late < limit(limits, 'least')) return null;
    const others = share(get(peers, 'sla_breaches'), get(peers, 'deals'));
    return {
      severity: beyond(share(late, deals), others, limit(limits, 'share')),
      stake: late * worth.lead,
      figures: {
        deals,
        late,
        worth: worth.lead,
        others,
      },
    };
  },
  href: ({ name }, range) =>
    page('sales.sla_breaches', { period: range, by: 'channel', filters: { manager: [name] } }),
});

/** What the others' change over the year leads to expect of this one, season and growth included. */
function expected({ past, peers, peersPast }: Seen, name: string): number {
  return get(peersPast, name) > 0 ? (get(past, name) * get(peers, name)) / get(peersPast, name) : 0;
}

/** How many standard deviations of a count lie between what came and what was to be expected. */
const deviations = (seen: number, usual: number) => Math.abs(seen - usual) / Math.sqrt(Math.max(usual, 1));

const complaintsRise = trailing({
  name: 'complaints_rise',
  kind: 'deviation',
  topic: 'complaints',
  area: 'company',
  needs: ['complaints', 'deals'],
  days: 90,
  limits: { times: 2, deviations: 4, least: 10 },
  view: 'service',
  time: 'opened_at',
  measures: ['complaints'],
  subject: 'product',
  by: 'product',
  detail: 'cause',
  shared: ['complaints', 'usual'],
  peers: 'all',
  past: 365,
  judge(seen, limits, worth) {
    const now = get(seen.now, 'complaints');
    const usual = expected(seen, 'complaints');
    if (now < limit(limits, 'least') || get(seen.past, 'complaints') === 0) return null;
    return {
      severity: Math.min(
        share(now, Math.max(usual, 0.5)) / limit(limits, 'times'),
        deviations(now, usual) / limit(limits, 'deviations'),
      ),
      stake: (now - usual) * worth.deal,
      figures: { complaints: now, usual, worth: worth.deal },
    };
  },
  explain: ({ now }, parts) => largest(parts, 'complaints', get(now, 'complaints')),
  href: ({ name }, range) =>
    page('service.complaints', { period: range, by: 'cause', filters: { product: [name] } }),
});

const leadsFall = trailing({
  name: 'leads_fall',
  kind: 'deviation',
  topic: 'leads',
  area: 'marketing',
  needs: ['deals'],
  days: 28,
  limits: { fall: 0.4, deviations: 4, least: 20 },
  view: 'marketing',
  time: 'date',
  measures: ['leads'],
  subject: 'channel',
  by: 'channel',
  peers: 'all',
  past: 365,
  judge(seen, limits, worth): Judged | null {
    const now = get(seen.now, 'leads');
    const usual = expected(seen, 'leads');
    if (usual < limit(limits, 'least')) return null;
    return {
      severity: Math.min(
        (1 - now / usual) / limit(limits, 'fall'),
        deviations(now, usual) / limit(limits, 'deviations'),
      ),
      stake: (usual - now) * worth.lead,
      figures: { leads: now, usual, worth: worth.lead },
    };
  },
  href: ({ name }, range) =>
    page('sales.deals', { period: range, by: 'owner', filters: { channel: [name] } }),
});

/** Turnover that is bought: deals sold with less margin than the colleagues of the team do. */
const marginLow = trailing({
  name: 'margin_low',
  kind: 'deviation',
  topic: 'margin',
  area: 'sales',
  needs: ['deals'],
  days: 90,
  limits: { points: 0.08, least: 10 },
  view: 'sales',
  time: 'closed_at',
  measures: ['won_amount', 'gross_profit', 'deals_won'],
  subject: 'employee',
  by: 'owner',
  within: 'team',
  peers: 'within',
  judge({ now, peers }, limits) {
    const [amount, deals] = [get(now, 'won_amount'), get(now, 'deals_won')];
    if (Math.min(deals, get(peers, 'deals_won')) < limit(limits, 'least') || get(peers, 'won_amount') <= 0)
      return null;
    const margin = share(get(now, 'gross_profit'), amount);
    const usual = share(get(peers, 'gross_profit'), get(peers, 'won_amount'));
    return {
      severity: (usual - margin) / limit(limits, 'points'),
      stake: (usual - margin) * amount,
      figures: { amount, deals, margin, usual },
    };
  },
  explain: ({ now, peers }) => [
    {
      key: 'cheaper',
      names: [],
      amount: share(get(now, 'gross_profit'), get(now, 'deals_won')),
      share: share(get(peers, 'gross_profit'), get(peers, 'deals_won')),
    },
  ],
  href: ({ name }, range) =>
    page('sales.margin', { period: range, by: 'product', filters: { manager: [name] } }),
});

/** All that is watched, whatever the company. */
export const rules: Rule[] = [
  campaignLoss,
  callsUnreturned,
  answersLate,
  stages,
  complaintsRise,
  leadsFall,
  plan,
  marginLow,
  debts,
  leadsUnworked,
];
