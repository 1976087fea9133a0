import { closed, created, spent, zeroed } from '../marketing.ts';
import { campaigns, clients, people, rightsOfOwner, zero, type Truth } from './fact.ts';

const place = `coalesce(a.channel, 'unknown') as channel, a.traffic_source, a.medium, a.name as campaign_name,
  a.source_id as campaign_source_id`;
const deals = (where: string): string => `
  select d.*, e.team_key, e.name as owner_name, c.name as customer_name, c.customer_key as client_key, ${place}
  from core.fct_deals d ${people('d.owner_key')} ${clients('d.customer_key')} ${campaigns('d.campaign_key')}
  where not d.is_test and not d.is_deleted and ${where}`;
const rows = (table: string): string =>
  `select f.*, ${place} from core.${table} f ${campaigns('f.campaign_key')} where not f.is_deleted`;
const few = { channel: 'channel', campaign: 'campaign_name', campaign_id: 'campaign_source_id' };
const dimensions = { ...few, source: 'traffic_source', medium: 'medium' };
/** What is known of a deal; spend has none of it. */
const record = {
  ...{
    deal_id: 'source_id',
    system: 'source',
    title: 'title',
    status: 'status',
    amount: 'amount',
    url: 'url',
  },
  ...{ owner: 'owner_name', customer: 'customer_name', customer_key: 'client_key' },
};
const none = Object.fromEntries(Object.keys(record).map((name) => [name, 'null']));
const ofDeals = { ...dimensions, ...record };

/** Each kind of fact is cut by a day of its own. */
export const marketing: Truth = {
  facts: [
    {
      rows: rows('fct_marketing_spend'),
      sums: spent,
      dimensions: { ...dimensions, ...none },
      times: { date: { day: 'day' } },
    },
    {
      rows: deals('true'),
      sums: created,
      dimensions: ofDeals,
      times: { date: 'created_at' },
      ...rightsOfOwner,
    },
    {
      rows: deals(`status = 'won'`),
      sums: closed,
      dimensions: ofDeals,
      times: { date: 'closed_at' },
      ...rightsOfOwner,
    },
  ],
  measures: zeroed,
};

const letters = ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'];
const mailed = 'd.campaign_key in (select campaign_key from core.fct_mailings where not is_deleted)';

export const mailings: Truth = {
  facts: [
    {
      rows: rows('fct_mailings'),
      sums: Object.fromEntries(letters.map((name) => [name, `sum(${name})`])),
      dimensions: few,
      times: { date: { day: 'day' } },
    },
    {
      rows: deals(mailed),
      sums: { leads: 'count(*)' },
      dimensions: few,
      times: { date: 'created_at' },
      ...rightsOfOwner,
    },
    {
      rows: deals(`status = 'won' and ${mailed}`),
      sums: { revenue: 'sum(amount)' },
      dimensions: few,
      times: { date: 'closed_at' },
      ...rightsOfOwner,
    },
  ],
  measures: {
    ...Object.fromEntries(letters.map((name) => [name, name])),
    open_rate: 'opened / nullif(delivered, 0)',
    click_rate: 'clicked / nullif(delivered, 0)',
    unsubscribe_rate: 'unsubscribed / nullif(delivered, 0)',
    leads: zero('leads'),
    revenue: 'revenue',
  },
};
