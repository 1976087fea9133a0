import type { CardEvent, CardMonth, CardPage, EventKind } from '../../card.ts';
import type { Condition } from '../../metrics.ts';
import { pageAt, told } from '../addresses.ts';
import * as cube from '../cube.ts';
import * as settings from '../settings.ts';
import type { Row } from '../result.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { numberOf } from '../board.ts';
import { describe } from './words.ts';

export const pageSize = 50;
const view = 'customer_history';

export const of = (key: number): Condition => ({
  member: `${view}.customer_key`,
  operator: 'equals',
  values: [String(key)],
});

const columns = [
  'event_id',
  'kind',
  'step',
  'at',
  'title',
  'detail',
  'amount',
  'size',
  'due_at',
  'url',
  'system',
  'record_id',
  'employee',
];

/** The entity of the record behind an event. */
function entityOf(kind: EventKind, step: unknown): string {
  if (kind === 'money') return step === 'invoice' ? 'invoices' : 'payments';
  return entities[kind];
}

const entities = {
  deal: 'deals',
  call: 'calls',
  mail: 'activities',
  meeting: 'activities',
  complaint: 'complaints',
  survey: 'survey_responses',
  visit: 'touchpoints',
} satisfies Record<Exclude<EventKind, 'money'>, string>;

/** One page of what happened, newest first, cut into months. A page number beyond the last shows the last. */
export async function load(scope: Scope, key: number, kinds: string[]): Promise<CardPage['timeline']> {
  const empty = { state: 'ok' as const, months: [], count: 0, page: 1, pages: 1 };
  const outcome = await safely('card timeline', scope.style.locale, async () => {
    const first = await ask(scope, key, kinds, scope.state.page);
    const pages = Math.max(1, Math.ceil(first.count / pageSize));
    const page = Math.min(scope.state.page, pages);
    const { record_urls } = await settings.read();
    const { rows } = page === scope.state.page ? first : await ask(scope, key, kinds, page);
    return {
      ...empty,
      months: byMonth(rows.map((row) => read(scope, row, record_urls))),
      count: first.count,
      page,
      pages,
    };
  });
  return 'value' in outcome ? outcome.value : { ...empty, state: 'failed', error: outcome.error };
}

async function ask({ viewer, timezone }: Scope, key: number, kinds: string[], page: number) {
  const { rows, total } = await cube.load(viewer, {
    dimensions: columns.map((name) => `${view}.${name}`),
    filters: [
      of(key),
      { member: `${view}.at`, operator: 'set' },
      ...(kinds.length ? [{ member: `${view}.kind`, operator: 'equals' as const, values: kinds }] : []),
    ],
    order: [
      [`${view}.at`, 'desc'],
      [`${view}.event_id`, 'desc'],
    ],
    limit: pageSize,
    offset: (page - 1) * pageSize,
    total: true,
    timezone,
  });
  const short = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.slice(view.length + 1), value])),
  );
  return { rows: short, count: total ?? rows.length };
}

function read(scope: Scope, row: Row, urls: settings.Settings['record_urls']): CardEvent {
  const kind = String(row['kind']) as EventKind;
  const employee = row['employee'];
  return {
    id: String(row['event_id']),
    kind,
    at: String(row['at']),
    person: employee ? String(employee) : null,
    amount: numberOf(row, 'amount'),
    address: pageAt(row['url']) ?? told(urls, entityOf(kind, row['step']), row['system'], row['record_id']),
    ...describe(scope, row),
  };
}

export function byMonth(events: CardEvent[]): CardMonth[] {
  const months: CardMonth[] = [];
  for (const event of events) {
    const month = event.at.slice(0, 7);
    const last = months.at(-1);
    if (last?.month === month) last.events.push(event);
    else months.push({ month, events: [event] });
  }
  return months;
}
