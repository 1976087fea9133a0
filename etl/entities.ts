/**
 * The canonical entities: what any source is mapped to. A record's identity is (source, source_id);
 * references hold the source's own ids and are resolved to keys when the record is merged.
 */
export type FieldType =
  'text' | 'number' | 'integer' | 'boolean' | 'date' | 'timestamp' | 'month' | 'currency';

export type Field = {
  type: FieldType;
  required?: true;
  /** allowed values; other values are a reason for quarantine */
  values?: readonly string[];
  /** the entity whose source_id this field holds */
  ref?: EntityName;
  /** the id by which another source, named by «refs», knows this same record; no record is made of it */
  same?: EntityName;
  /** column in core, where it differs from the field's name */
  column?: string;
  /** not stored, only used on the way */
  transient?: true;
  min?: number;
  max?: number;
  /** the moment of something that has happened: in the future it is a mistake */
  past?: true;
};

export type Entity = {
  table: string;
  /** surrogate key column of a dimension */
  key?: string;
  fields: Record<string, Field>;
  /** fields that make the identity of a record whose source gives no id */
  natural?: readonly string[];
  /** rows equal in the natural key are separate rows (counted within their file), not duplicates */
  repeats?: true;
  /** at least one of each group has to be there */
  oneOf?: readonly (readonly string[])[];
  /** amounts that are converted to the reporting currency, and the moment whose rate applies */
  money?: { fields: readonly string[]; at: readonly string[] };
  /** moments that follow each other; where they do not, one of them is left out */
  order?: readonly { first: string; then: string; drop: string }[];
  /** fields that should be filled: completeness counts them */
  recommended?: readonly string[];
};

const text = { type: 'text' } as const;
const number = { type: 'number' } as const;
const timestamp = { type: 'timestamp' } as const;
const moment = { type: 'timestamp', past: true } as const;
const date = { type: 'date' } as const;
const boolean = { type: 'boolean' } as const;
const amount = { type: 'number' } as const;
const count = { type: 'number', min: 0 } as const;
const name = { type: 'text', required: true } as const;
const sourceId = { type: 'text', required: true } as const;
const currency = { type: 'currency' } as const;
const must = <T extends Field>(field: T): T & { required: true } => ({ ...field, required: true });
const ref = (entity: EntityName): Field => ({ type: 'text', ref: entity });
/** The same record's id in the source that «refs» names: both are one customer or employee. */
const master = (entity: EntityName): Field => ({ type: 'text', same: entity });
const oneOfValues = (...values: string[]): Field => ({ type: 'text', values });
const pipelineKinds = oneOfValues('reach', 'react', 'reengage', 'refresh');
const utm = { utm_source: text, utm_medium: text, utm_campaign: text };
const utmAll = { ...utm, utm_content: text, utm_term: text };

export type EntityName =
  | 'fx_rates'
  | 'calendar'
  | 'teams'
  | 'employees'
  | 'products'
  | 'stages'
  | 'campaigns'
  | 'customers'
  | 'deals'
  | 'deal_stage_events'
  | 'touchpoints'
  | 'calls'
  | 'activities'
  | 'marketing_spend'
  | 'mailings'
  | 'complaints'
  | 'survey_responses'
  | 'invoices'
  | 'payments'
  | 'plans'
  | 'assessments';

/** In the order in which they are merged: what others refer to comes first. */
export const entities: Record<EntityName, Entity> = {
  fx_rates: {
    table: 'fx_rates',
    natural: ['day', 'currency'],
    fields: { day: must(date), currency: must(currency), rate: must({ type: 'number', min: 0 }) },
  },
  calendar: {
    table: 'calendar_days',
    natural: ['day'],
    fields: { day: must(date), is_workday: must(boolean) },
  },
  teams: {
    table: 'dim_teams',
    key: 'team_key',
    fields: { source_id: sourceId, name, parent_id: text },
  },
  employees: {
    table: 'dim_employees',
    key: 'employee_key',
    fields: {
      source_id: sourceId,
      name,
      email: text,
      team_id: ref('teams'),
      role: text,
      hired_at: date,
      left_at: date,
      extension: text,
      master_id: master('employees'),
    },
    recommended: ['email', 'team_id'],
  },
  products: {
    table: 'dim_products',
    key: 'product_key',
    fields: { source_id: sourceId, name, category: text, unit_price: number, unit_cost: number },
    recommended: ['category'],
  },
  stages: {
    table: 'dim_stages',
    key: 'stage_key',
    fields: {
      source_id: sourceId,
      pipeline: must(text),
      name,
      position: must({ type: 'integer' }),
      kind: must(oneOfValues('open', 'won', 'lost', 'nurture')),
      pipeline_kind: pipelineKinds,
      norm_days: number,
      reference_conversion: number,
      probability: number,
    },
  },
  campaigns: {
    table: 'dim_campaigns',
    key: 'campaign_key',
    fields: {
      source_id: sourceId,
      channel: must(text),
      name,
      source: { type: 'text', column: 'traffic_source' },
      medium: text,
      ...utm,
      started_at: date,
      ended_at: date,
      budget: number,
    },
  },
  customers: {
    table: 'dim_customers',
    key: 'customer_key',
    fields: {
      source_id: sourceId,
      name,
      kind: text,
      industry: text,
      region: text,
      email: text,
      phone: text,
      owner_id: ref('employees'),
      created_at: timestamp,
      master_id: master('customers'),
    },
    recommended: ['industry', 'region', 'email', 'phone', 'owner_id'],
  },
  deals: {
    table: 'fct_deals',
    fields: {
      source_id: sourceId,
      created_at: moment,
      status: oneOfValues('open', 'won', 'lost'),
      title: text,
      customer_id: ref('customers'),
      owner_id: ref('employees'),
      stage_id: ref('stages'),
      product_id: ref('products'),
      amount,
      cost: amount,
      currency,
      closed_at: timestamp,
      expected_close_at: timestamp,
      probability: { type: 'number', min: 0, max: 1 },
      first_response_at: timestamp,
      lost_reason: text,
      campaign_id: ref('campaigns'),
      ...utmAll,
      url: text,
      is_test: boolean,
    },
    money: { fields: ['amount', 'cost'], at: ['closed_at', 'created_at'] },
    order: [
      { first: 'created_at', then: 'closed_at', drop: 'created_at' },
      { first: 'created_at', then: 'first_response_at', drop: 'first_response_at' },
    ],
    recommended: ['created_at', 'customer_id', 'owner_id', 'amount'],
  },
  deal_stage_events: {
    table: 'fct_deal_stage_events',
    natural: ['deal_id', 'stage_id', 'entered_at'],
    fields: { deal_id: must(ref('deals')), stage_id: must(ref('stages')), entered_at: must(moment) },
  },
  touchpoints: {
    table: 'fct_touchpoints',
    natural: [
      'deal_id',
      'customer_id',
      'at',
      'campaign_id',
      'utm_source',
      'utm_medium',
      'utm_campaign',
      'kind',
    ],
    fields: {
      at: must(moment),
      deal_id: ref('deals'),
      customer_id: ref('customers'),
      campaign_id: ref('campaigns'),
      ...utm,
      kind: text,
    },
    oneOf: [
      ['deal_id', 'customer_id'],
      ['campaign_id', 'utm_source', 'utm_medium', 'utm_campaign'],
    ],
  },
  calls: {
    table: 'fct_calls',
    fields: {
      source_id: sourceId,
      started_at: must(moment),
      direction: must(oneOfValues('in', 'out', 'internal')),
      disposition: must(oneOfValues('answered', 'no_answer', 'busy', 'failed')),
      duration_s: count,
      talk_s: count,
      wait_s: count,
      employee_id: ref('employees'),
      customer_id: ref('customers'),
      deal_id: ref('deals'),
      campaign_id: ref('campaigns'),
      phone: text,
    },
    recommended: ['employee_id', 'phone', 'talk_s'],
  },
  activities: {
    table: 'fct_activities',
    fields: {
      source_id: sourceId,
      kind: must(oneOfValues('email', 'meeting', 'task', 'message')),
      created_at: must(moment),
      employee_id: ref('employees'),
      customer_id: ref('customers'),
      deal_id: ref('deals'),
      due_at: timestamp,
      done_at: timestamp,
    },
  },
  marketing_spend: {
    table: 'fct_marketing_spend',
    natural: ['day', 'campaign_id', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'],
    repeats: true,
    fields: {
      day: must(date),
      campaign_id: ref('campaigns'),
      ...utmAll,
      cost: must(amount),
      currency,
      impressions: count,
      clicks: count,
    },
    oneOf: [['campaign_id', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term']],
    money: { fields: ['cost'], at: ['day'] },
  },
  mailings: {
    table: 'fct_mailings',
    natural: ['day', 'campaign_id'],
    repeats: true,
    fields: {
      day: must(date),
      campaign_id: must(ref('campaigns')),
      sent: count,
      delivered: count,
      opened: count,
      clicked: count,
      unsubscribed: count,
    },
  },
  complaints: {
    table: 'fct_complaints',
    fields: {
      source_id: sourceId,
      opened_at: must(moment),
      status: must(oneOfValues('new', 'in_progress', 'resolved', 'rejected')),
      first_response_at: timestamp,
      resolved_at: timestamp,
      due_at: timestamp,
      cause: text,
      severity: text,
      channel: text,
      stage: text,
      subject: text,
      customer_id: ref('customers'),
      product_id: ref('products'),
      employee_id: ref('employees'),
      deal_id: ref('deals'),
      url: text,
    },
    order: [
      { first: 'opened_at', then: 'resolved_at', drop: 'resolved_at' },
      { first: 'opened_at', then: 'first_response_at', drop: 'first_response_at' },
    ],
    recommended: ['cause', 'product_id', 'employee_id'],
  },
  survey_responses: {
    table: 'fct_survey_responses',
    fields: {
      source_id: sourceId,
      answered_at: must(moment),
      score: must({ type: 'number', min: 0, max: 10 }),
      survey: text,
      customer_id: ref('customers'),
      employee_id: ref('employees'),
      comment: text,
    },
  },
  invoices: {
    table: 'fct_invoices',
    fields: {
      source_id: sourceId,
      issued_at: must(timestamp),
      due_at: timestamp,
      amount: must(amount),
      currency,
      customer_id: ref('customers'),
      deal_id: ref('deals'),
    },
    money: { fields: ['amount'], at: ['issued_at'] },
    recommended: ['due_at'],
  },
  payments: {
    table: 'fct_payments',
    fields: {
      source_id: sourceId,
      paid_at: must(moment),
      amount: must(amount),
      currency,
      invoice_id: text,
      customer_id: ref('customers'),
      deal_id: ref('deals'),
    },
    money: { fields: ['amount'], at: ['paid_at'] },
  },
  plans: {
    table: 'fct_plans',
    natural: ['month', 'metric', 'scope_kind', 'scope'],
    fields: {
      month: must({ type: 'month' }),
      metric: must(text),
      scope_kind: must(oneOfValues('company', 'team', 'employee', 'product', 'channel')),
      scope: text,
      target: must(number),
    },
  },
  assessments: {
    table: 'fct_assessments',
    natural: ['employee_id', 'assessed_at', 'competency'],
    fields: {
      employee_id: must(ref('employees')),
      assessed_at: must(timestamp),
      competency: must(text),
      score: must(number),
    },
  },
};

export const entityNames = Object.keys(entities) as EntityName[];

/** Fields that any entity may carry besides its own: the version and the deletion mark of the record. */
export const systemFields: Record<'updated_at' | 'is_deleted', Field> = {
  updated_at: timestamp,
  is_deleted: boolean,
};

/** Every field that a mapping of the entity may name. */
export function fieldsOf(entity: EntityName): Record<string, Field> {
  const own = entities[entity].fields;
  return 'source_id' in own
    ? { ...own, ...systemFields }
    : { source_id: { type: 'text' }, ...own, ...systemFields };
}

/** Its fields that name a record of another entity. */
export function referencesOf(entity: EntityName): [string, Field][] {
  return Object.entries(fieldsOf(entity)).filter(([, field]) => field.ref);
}
