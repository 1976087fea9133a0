import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { readDecisions, write, type Decided, type Pair } from './identities/decisions.ts';
import { readMatches, type Match } from './identities/matches.ts';
import { readOpen, type Question } from './identities/questions.ts';
import { readPart } from './identities/part.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

export type { Decided, Pair, Verdict } from './identities/decisions.ts';
export type { Match } from './identities/matches.ts';
export type { Evidence, Member } from './identities/part.ts';
export type { Question } from './identities/questions.ts';

export const subjects = ['customers', 'employees'] as const;
export type Subject = (typeof subjects)[number];

/** `matched`: records that are another copy of one; `open`: questions that only a person can answer. */
export type Counts = Record<Subject, { matched: number; open: number }>;
export type Paged<T> = { items: T[]; page: number; pages: number; count: number };

export type IdentityPage = {
  locale: Viewer['locale'];
  timezone: string;
  subject: Subject;
  counts: Counts;
  questions: Paged<Question>;
  matches: Paged<Match>;
  decisions: Decided[];
  mayDecide: boolean;
};

const pageSize = 20;

/** How many records of several systems were joined, and how many questions are open. */
export async function count(): Promise<Counts> {
  const { rows } = await warehouse().raw<{ rows: { subject: Subject; matched: number; open: number }[] }>(`
    select s.subject, s.matched,
      (select count(*) from ops.shared_identifiers i where i.entity = s.subject and i.is_open)
        + (select count(distinct conflict_key) from ops.identity_conflicts c where c.entity = s.subject) as open
    from (
      select 'customers' as subject, count(*) as matched from core.dim_customers where same_as is not null
      union all
      select 'employees', count(*) from core.dim_employees where same_as is not null
    ) s`);
  return Object.fromEntries(rows.map(({ subject, matched, open }) => [subject, { matched, open }])) as Counts;
}

/** What was joined and why, what nobody could join by rules, and what people decided. */
export async function load(viewer: Viewer, query: URLSearchParams): Promise<IdentityPage> {
  const subject = query.get('of') === 'employees' ? 'employees' : 'customers';
  const [{ timezone }, counts, total] = await Promise.all([readSettings(), count(), countGroups(subject)]);
  const asked = pageOf(query.get('asked'), counts[subject].open);
  const page = pageOf(query.get('page'), total);
  const [questions, matches, decisions] = await Promise.all([
    readOpen(subject, pageSize, (asked.page - 1) * pageSize),
    readMatches(subject, pageSize, (page.page - 1) * pageSize),
    readDecisions(subject),
  ]);
  return {
    locale: viewer.locale,
    timezone,
    subject,
    counts,
    questions: { ...asked, count: counts[subject].open, items: questions },
    matches: { ...page, count: total, items: matches },
    decisions,
    mayDecide: viewer.role === 'admin',
  };
}

/**
 * Keeps what an administrator decided about a pair of records; the next load acts on it.
 * @returns false where the form names no such pair
 */
export async function decide(viewer: Viewer, form: FormData): Promise<boolean> {
  if (viewer.role !== 'admin') return false;
  const text = (name: string): string => String(form.get(name) ?? '');
  const subject = subjects.find((one) => one === text('subject'));
  const verdict = (['same', 'different', 'undecided'] as const).find((one) => one === text('verdict'));
  const pair: Pair = [
    { source: text('source_a'), id: text('id_a') },
    { source: text('source_b'), id: text('id_b') },
  ];
  if (!subject || !verdict || pair.some(({ source, id }) => /\0/.test(source + id))) return false;
  const comment = text('comment').replaceAll('\0', '').trim().slice(0, 500) || null;
  if (!(await write(subject, pair, verdict, viewer.email, comment))) return false;
  await record({
    action: 'identity_decided',
    user_id: viewer.user_id,
    actor: viewer.email,
    subject,
    details: { pair, verdict, ...(comment && { comment }) },
  });
  return true;
}

async function countGroups(subject: Subject): Promise<number> {
  const { table } = readPart(subject);
  const { rows } = await warehouse().raw<{ rows: { n: number }[] }>(
    `select count(distinct same_as) as n from ${table} where same_as is not null`,
  );
  return rows[0]?.n ?? 0;
}

function pageOf(asked: string | null, count: number): { page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(count / pageSize));
  return { page: Math.min(Math.max(Math.trunc(Number(asked)) || 1, 1), pages), pages };
}
