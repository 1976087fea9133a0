import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { readCommon, writeCommon, type Common } from './identities/common.ts';
import { readDecisions, write, type Decided, type Pair } from './identities/decisions.ts';
import { readMatches, type Match } from './identities/matches.ts';
import { readOpen, type Question } from './identities/questions.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

export type { Common } from './identities/common.ts';
export type { Decided, Pair, Verdict } from './identities/decisions.ts';
export type { Match } from './identities/matches.ts';
export type { Evidence, Member } from './identities/part.ts';
export type { Question } from './identities/questions.ts';

export const subjects = ['customers', 'employees'] as const;
export type Subject = (typeof subjects)[number];

/** `matched`: records that are another copy of one; `groups`: those that have copies; `open`: questions for a person. */
export type Counts = Record<Subject, { matched: number; groups: number; open: number }>;
export type Paged<T> = { items: T[]; page: number; pages: number; count: number };

export type IdentityPage = {
  locale: Viewer['locale'];
  timezone: string;
  subject: Subject;
  counts: Counts;
  questions: Paged<Question>;
  matches: Paged<Match>;
  decisions: Decided[];
  common: Common[];
  mayDecide: boolean;
};

const pageSize = 20;

const none = { matched: 0, groups: 0, open: 0 };

/** How many records of several systems were joined, and how many questions are open, as of the last load. */
export async function count(): Promise<Counts> {
  const { rows } = await warehouse().raw<{ rows: ({ entity: Subject } & Counts[Subject])[] }>(
    'select entity, matched, groups, open from ops.identity_counts',
  );
  const of = (subject: Subject): Counts[Subject] => {
    const { matched, groups, open } = rows.find(({ entity }) => entity === subject) ?? none;
    return { matched, groups, open };
  };
  return { customers: of('customers'), employees: of('employees') };
}

/** What was joined and why, what nobody could join by rules, and what people decided. */
export async function load(viewer: Viewer, query: URLSearchParams): Promise<IdentityPage> {
  const subject = query.get('of') === 'employees' ? 'employees' : 'customers';
  const [{ timezone }, counts] = await Promise.all([readSettings(), count()]);
  const asked = pageOf(query.get('asked'), counts[subject].open);
  const page = pageOf(query.get('page'), counts[subject].groups);
  const [questions, matches, decisions, common] = await Promise.all([
    readOpen(subject, pageSize, (asked.page - 1) * pageSize),
    readMatches(subject, pageSize, (page.page - 1) * pageSize),
    readDecisions(subject),
    readCommon(subject),
  ]);
  return {
    locale: viewer.locale,
    timezone,
    subject,
    counts,
    questions: { ...asked, count: counts[subject].open, items: questions },
    matches: { ...page, count: counts[subject].groups, items: matches },
    decisions,
    common,
    mayDecide: viewer.role === 'admin',
  };
}

/**
 * Keeps what an administrator decided about a pair of records, or about a number or address; the next load acts on it.
 * @returns false where the form names no such pair, number or address
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
  if (!subject) return false;
  if (form.has('kind')) return decideCommon(viewer, subject, text('kind'), text('value'), text('verdict'));
  if (!verdict || pair.some(({ source, id }) => /\0/.test(source + id))) return false;
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

async function decideCommon(
  viewer: Viewer,
  subject: Subject,
  kind: string,
  value: string,
  verdict: string,
): Promise<boolean> {
  if (!['common', 'personal'].includes(verdict) || /\0/.test(kind + value)) return false;
  if (!(await writeCommon(subject, kind, value, verdict === 'common', viewer.email))) return false;
  await record({
    action: 'identity_decided',
    user_id: viewer.user_id,
    actor: viewer.email,
    subject,
    details: { kind, value, verdict },
  });
  return true;
}

function pageOf(asked: string | null, count: number): { page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(count / pageSize));
  return { page: Math.min(Math.max(Math.trunc(Number(asked)) || 1, 1), pages), pages };
}
