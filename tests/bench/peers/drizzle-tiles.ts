/** The tiles of tiles.ts in the words of drizzle.mjs, by their names. */
const tile =
  (measure: string, time: string, cut?: string, granularity?: string) => (dateRange: string[]) => ({
    measures: [measure],
    ...(cut ? { dimensions: [cut] } : {}),
    timeDimensions: [
      { dimension: `${measure.split('.')[0]}.${time}`, dateRange, ...(granularity && { granularity }) },
    ],
  });

export const drizzleTiles: Record<string, (dateRange: string[]) => object> = {
  revenue: tile('Deals.won', 'closed_at'),
  'revenue by day': tile('Deals.won', 'closed_at', undefined, 'day'),
  'revenue by team': tile('Deals.won', 'closed_at', 'Teams.name'),
  'revenue by manager': tile('Deals.won', 'closed_at', 'Employees.name'),
  'revenue by product': tile('Deals.won', 'closed_at', 'Products.name'),
  'lost by reason': tile('Deals.lost', 'closed_at', 'Deals.lost_reason'),
  'new deals by channel': tile('Deals.count', 'created_at', 'Campaigns.name'),
  'new deals by month': tile('Deals.count', 'created_at', undefined, 'month'),
  funnel: tile('Funnel.count', 'created_at', 'Stages.name'),
  'calls by day': tile('Calls.count', 'started_at', undefined, 'day'),
  'calls by manager': tile('Calls.count', 'started_at', 'Employees.name'),
  'complaints by cause': tile('Complaints.count', 'opened_at', 'Complaints.cause'),
};
