import { formatMoment } from '#lib/dates.ts';
import { formatCount } from '#lib/format.ts';
import type { Locale } from '#lib/page.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Progress, Run, Source, StreamCounts } from '#lib/server/loads.ts';

const kinds: Record<string, () => string> = {
  files: m.data_kind_files,
  sql: m.data_kind_sql,
  rest: m.data_kind_rest,
  singer: m.data_kind_singer,
  webhook: m.data_kind_webhook,
  entered: m.settings_kind_entered,
};

const entities: Record<string, () => string> = {
  teams: m.data_entity_teams,
  employees: m.data_entity_employees,
  customers: m.data_entity_customers,
  products: m.data_entity_products,
  stages: m.data_entity_stages,
  campaigns: m.data_entity_campaigns,
  deals: m.data_entity_deals,
  deal_stage_events: m.data_entity_deal_stage_events,
  touchpoints: m.data_entity_touchpoints,
  calls: m.data_entity_calls,
  activities: m.data_entity_activities,
  marketing_spend: m.data_entity_marketing_spend,
  mailings: m.data_entity_mailings,
  complaints: m.data_entity_complaints,
  survey_responses: m.data_entity_survey_responses,
  invoices: m.data_entity_invoices,
  payments: m.data_entity_payments,
  plans: m.data_entity_plans,
  assessments: m.data_entity_assessments,
  fx_rates: m.data_entity_fx_rates,
  calendar: m.data_entity_calendar,
};

const found: Record<string, () => string> = {
  encoding: m.data_detected_encoding,
  delimiter: m.data_detected_delimiter,
  quote: m.data_detected_quote,
  sheet: m.data_detected_sheet,
};

const signs: Record<string, () => string> = { '\t': m.data_tab, ' ': m.data_space };

// What a newer loader may know and this page does not yet is shown by its own name.
const own = (known: Record<string, () => string>, name: string) =>
  Object.hasOwn(known, name) ? (known[name] as () => string)() : name;

export const kindName = (kind: string) => own(kinds, kind);
export const entityName = (entity: string) => own(entities, entity);
export const detectedName = (name: string) => own(found, name);
export const detectedValue = (value: string) => own(signs, value);

export const pathOf = (source: string) => `/data/${encodeURIComponent(source)}`;

/** `следующая 22 нояб., 04:00`, or the try that comes before it; null without a schedule. */
export function nextWords({ schedule, retry }: Source, locale: Locale, timezone: string): string | null {
  if (retry) {
    const moment = formatMoment(retry.at, locale, timezone);
    return m.data_next_try({ moment, attempt: formatCount(retry.attempt, locale) });
  }
  if (!schedule) return null;
  if (!schedule.next) return m.data_next_none();
  return m.data_next({ moment: formatMoment(schedule.next, locale, timezone) });
}

/** What is on: a source that is being loaded is neither fresh nor never loaded, but may still be failing. */
export function marksOf({ health, is_running }: Source): (Source['health'] | 'running')[] {
  if (!is_running) return [health];
  return health === 'fresh' || health === 'never' ? ['running'] : ['running', health];
}

const causes: Record<Run['cause'], () => string> = {
  hand: m.data_cause_hand,
  schedule: m.data_cause_schedule,
  retry: m.data_cause_retry,
  quarantine: m.data_cause_quarantine,
};

export const causeName = (cause: Run['cause']) => causes[cause]();

/** `читается deals`: what a run under way is doing. */
export function phaseWords(progress: Progress | null): string {
  if (!progress) return m.data_phase_starting();
  const stream = progress.stream ?? '';
  if (progress.phase === 'reading') return m.data_phase_reading({ stream });
  if (progress.phase === 'merging') return m.data_phase_merging({ stream });
  return progress.phase === 'waiting' ? m.data_phase_waiting() : m.data_phase_deriving();
}

type Detected = StreamCounts['detected'];

/** Files of which the same was found out, together. */
export function groupAlike(detected: Detected): { names: string[]; all: Detected }[] {
  const groups = new Map<string, { names: string[]; all: Detected }>();
  for (const of of new Set(detected.map((one) => one.of))) {
    const all = detected.filter((one) => one.of === of);
    const key = JSON.stringify(all.map(({ name, value }) => [name, value]));
    const known = groups.get(key);
    if (known) known.names.push(of);
    else groups.set(key, { names: [of], all });
  }
  return [...groups.values()];
}
