import { clients, limit, now, people, rights, segment, single, zero, type Truth } from './fact.ts';

const whom = `e.name as employee_name, e.team_key, t.name as team_name, c.name as customer_name,
  c.customer_key as client_key, ${segment} as segment`;
const dimensions = {
  employee: 'employee_name',
  team: 'team_name',
  customer: 'customer_name',
  customer_key: 'client_key',
  segment: 'segment',
};

const unresolved = `status not in ('resolved', 'rejected')`;
const hours = (to: string): string => `extract(epoch from ${to} - opened_at) / 3600`;
const complaints = {
  complaints: 'count(*)',
  open: `count(*) filter (where ${unresolved})`,
  resolved: `count(*) filter (where status = 'resolved')`,
  overdue: `count(*) filter (where ${unresolved} and due_at < now_at)`,
  unanswered: `count(*) filter (where ${unresolved} and first_response_at is null)`,
};
const spans = {
  first_response_hours: `avg(${hours('first_response_at')})`,
  resolution_hours: `avg(${hours('resolved_at')})`,
  resolution_hours_median: `percentile_cont(0.5) within group (order by ${hours('resolved_at')})`,
  first_response_hours_median: `percentile_cont(0.5) within group (order by ${hours('first_response_at')})`,
};

/** Complaints, and the deals won in the same time. */
export const service: Truth = {
  facts: [
    {
      rows: `select q.*, ${whom}, p.name as product_name, ${now('q')} as now_at
        from core.fct_complaints q ${people('q.employee_key')} ${clients('q.customer_key')}
        left join core.dim_products p on p.product_key = q.product_key
        where not q.is_deleted`,
      sums: { ...complaints, ...spans },
      dimensions: {
        ...dimensions,
        product: 'product_name',
        complaint_id: 'source_id',
        system: 'source',
        subject: 'subject',
        url: 'url',
        status: 'status',
        cause: 'cause',
        severity: 'severity',
        channel: 'channel',
        stage: 'stage',
        age: `case when ${unresolved} then case when now_at - opened_at < interval '1 day' then '1'
          when now_at - opened_at < interval '3 days' then '3' when now_at - opened_at < interval '7 days' then '7'
          when now_at - opened_at < interval '30 days' then '30' else 'older' end end`,
      },
      times: {
        opened_at: 'opened_at',
        resolved_at: 'resolved_at',
        first_response_at: 'first_response_at',
        due_at: 'due_at',
      },
      ...rights,
    },
    {
      rows: `select d.source, d.closed_at, d.owner_key as employee_key, ${whom}, p.name as product_name
        from core.fct_deals d ${people('d.owner_key')} ${clients('d.customer_key')}
        left join core.dim_products p on p.product_key = d.product_key
        where d.status = 'won' and not d.is_test and not d.is_deleted`,
      sums: { won: 'count(*)' },
      dimensions: { ...dimensions, system: 'source', product: 'product_name' },
      times: { opened_at: 'closed_at' },
      ...rights,
    },
  ],
  measures: {
    ...Object.fromEntries(Object.keys(complaints).map((name) => [name, zero(name)])),
    ...Object.fromEntries(Object.keys(spans).map((name) => [name, name])),
    per_100_deals: '100 * coalesce(complaints, 0) / nullif(won, 0)',
  },
};

export const nps = single({
  rows: `select r.*, ${whom}
    from core.fct_survey_responses r ${people('r.employee_key')} ${clients('r.customer_key')}
    where not r.is_deleted`,
  sums: {
    responses: 'count(*)',
    promoters: 'count(*) filter (where score in (9, 10))',
    passives: 'count(*) filter (where score in (7, 8))',
    detractors: 'count(*) filter (where score <= 6)',
    nps: '100.0 * (count(*) filter (where score in (9, 10)) - count(*) filter (where score <= 6)) / count(*)',
    average_score: 'avg(score)',
  },
  dimensions: {
    ...dimensions,
    survey: 'survey',
    score: 'score',
    response_id: 'source_id',
    system: 'source',
    comment: 'comment',
  },
  times: { answered_at: 'answered_at' },
  ...rights,
});

const inbound = `filter (where direction = 'in')`;

export const calls = single({
  rows: `select k.*, ${whom}, a.name as campaign_name, k.direction = 'in' and k.disposition <> 'answered' as is_missed,
      b.called_back_at
    from core.fct_calls k ${people('k.employee_key')} ${clients('k.customer_key')}
    left join core.dim_campaigns a on a.campaign_key = k.campaign_key
    left join lateral (
      select min(b.started_at) as called_back_at from core.fct_calls b
      where b.phone = k.phone and b.direction = 'out' and not b.is_deleted and b.started_at > k.started_at
    ) b on k.direction = 'in' and k.disposition <> 'answered'
    where not k.is_deleted`,
  sums: {
    calls: 'count(*)',
    inbound: `count(*) ${inbound}`,
    outbound: `count(*) filter (where direction = 'out')`,
    answered: `count(*) filter (where disposition = 'answered')`,
    missed: 'count(*) filter (where is_missed)',
    missed_rate: `count(*) filter (where is_missed)::numeric / nullif(count(*) ${inbound}, 0)`,
    talk_minutes: 'sum(talk_s) / 60',
    talk_seconds_average: `avg(talk_s) filter (where disposition = 'answered')`,
    wait_seconds_average: 'avg(wait_s)',
    // unknown where no wait of those that were answered is known
    service_level: `sum(case when direction = 'in' then case when disposition = 'answered'
      then (wait_s <= ${limit('answer_seconds', 20)})::int else 0 end end)::numeric / nullif(count(*) ${inbound}, 0)`,
    missed_unreturned: `count(*) filter (where is_missed and (called_back_at is null
      or called_back_at > started_at + make_interval(secs => 3600 * ${limit('callback_hours', 2)})))`,
  },
  dimensions: {
    employee: 'employee_name',
    team: 'team_name',
    customer: 'customer_name',
    customer_key: 'client_key',
    call_id: 'source_id',
    system: 'source',
    phone: 'phone',
    direction: 'direction',
    disposition: 'disposition',
    campaign: 'campaign_name',
    hour: `extract(hour from started_at at time zone ':zone')`,
    weekday: `extract(isodow from started_at at time zone ':zone')`,
  },
  times: { started_at: 'started_at' },
  ...rights,
});
