import type { Range } from '../../period.ts';
import { shiftDay } from '../../period.ts';
import { nameOf } from '../board.ts';
import { toNumber, type Row } from '../result.ts';
import { trailing as daysUpTo, type Board, type Worth } from './board.ts';
import { course, minus, plus, runOf, type Course } from './course.ts';
import { calm } from './rule.ts';
import type { Figures, Finding, Limits, Reason, Rule, Share, Since, Subject, SubjectKind } from './rule.ts';

/** `now` and `past` are sums of the subject, the others those of whom it is set beside. */
export type Seen = { now: Figures; peers: Figures; past: Figures; peersPast: Figures };
export type Judged = { severity: number; stake: number; figures: Figures };

/** A rule about the sums of the last so many days, by one dimension. */
export type Spec = Omit<Rule, 'look' | 'since' | 'days' | 'views'> & {
  days: number;
  view: string;
  time: string;
  measures: string[];
  subject: SubjectKind;
  /** the dimension that names the subject, and the one that holds it */
  by: string;
  within?: string;
  /** a dimension of which the largest parts explain */
  detail?: string;
  /** whom it is set beside: all others, or the others within the same */
  peers: 'all' | 'within';
  /** days before that tell what is usual */
  past?: number;
  /** of what is everybody's: the figures that add up over teams, whose heads are told of their share */
  shared?: string[];
  /** records that belong to nobody are judged as well: they are the company's */
  nameless?: true;
  /** null where there is too little to judge */
  judge(seen: Seen, limits: Limits, worth: Worth): Judged | null;
  explain?(seen: Seen, parts: Part[]): Reason[];
  href(subject: Subject, range: Range): string;
};

/** One value of `detail` within the subject. */
export type Part = { name: string | null; sums: Figures };
type Group = { subject: Subject; sums: Figures; parts: Part[] };

const longestLook = 400;

export function trailing(spec: Spec): Rule {
  const { name, kind, topic, area, needs, days, limits } = spec;
  return {
    ...{ name, kind, topic, area, needs, days, limits },
    views: [spec.view],
    look: (board) => look(spec, board),
    since: (board, findings) => since(spec, board, findings),
  };
}

async function look(spec: Spec, board: Board): Promise<Finding[]> {
  const last = board.lastDay(spec.needs);
  if (last === null) return [];
  const limits = board.limitsOf(spec);
  const { now: range, past } = windowsOf(spec, limits, last);
  const ask = (asked: Range, by: string[]) =>
    board.ask({ view: spec.view, measures: spec.measures, by, time: spec.time, range: asked });
  const own = [spec.by, ...(spec.within ? [spec.within] : [])];
  const detail = spec.detail ? [spec.detail] : [];
  const teams = spec.shared ? ['team'] : [];
  const [rows, before] = await Promise.all([
    ask(range, [...own, ...teams, ...detail]),
    past ? ask(past, [...own, ...teams]) : [],
  ]);
  const [groups, earlier] = [grouped(spec, rows), grouped(spec, before)];
  return [...groups.values()].flatMap((group): Finding[] => {
    const { subject } = group;
    if (subject.name === '' && !spec.nameless) return [];
    const mate = (one: Group) => spec.peers === 'all' || one.subject.within === subject.within;
    const others = (all: Map<string, Group>) =>
      [...all.values()]
        .filter((one) => mate(one) && one.subject.name !== subject.name)
        .reduce((sum, one) => plus(sum, one.sums), none(spec));
    const seen = {
      now: group.sums,
      peers: others(groups),
      past: earlier.get(keyOf(subject))?.sums ?? none(spec),
      peersPast: others(earlier),
    };
    const judged = spec.judge(seen, limits, board.worth);
    if (!judged || judged.severity < calm) return [];
    const { name, topic } = spec;
    const area = subject.kind === 'company' ? 'company' : spec.area;
    const mine = (all: Row[]) => all.filter((row) => keyOf(subjectOf(spec, row)) === keyOf(subject));
    const shares = spec.shared && sharesOf(spec, seen, mine(rows), mine(before), limits, board.worth);
    const reasons = spec.explain?.(seen, group.parts) ?? [];
    return [
      {
        rule: name,
        topic,
        area,
        subject,
        ...judged,
        limits,
        range,
        reasons,
        ...(shares && { shares }),
        href: spec.href(subject, range),
      },
    ];
  });
}

/** Of one subject's rows each team judged by itself, however little it has; what is usual with it is set beside the same others. */
function sharesOf(spec: Spec, seen: Seen, rows: Row[], before: Row[], limits: Limits, worth: Worth): Share[] {
  const teams = [...new Set(rows.flatMap((row) => nameOf(row, 'team') ?? []))];
  return teams.flatMap((team) => {
    const own = (all: Row[]): Group | undefined => {
      const theirs = all.filter((row) => nameOf(row, 'team') === team);
      return [...grouped(spec, theirs).values()][0];
    };
    const now = own(rows);
    const past = own(before)?.sums ?? none(spec);
    const judged = spec.judge(
      { ...seen, now: now?.sums ?? none(spec), past },
      { ...limits, least: 1 },
      worth,
    );
    if (!judged || judged.severity < calm) return [];
    const figures = Object.fromEntries((spec.shared ?? []).map((name) => [name, judged.figures[name] ?? 0]));
    const reasons = spec.explain?.({ ...seen, now: now?.sums ?? none(spec) }, now?.parts ?? []) ?? [];
    return [{ team, figures, stake: judged.stake, reasons }];
  });
}

async function since(spec: Spec, board: Board, findings: Finding[]): Promise<Map<Finding, Since>> {
  const last = board.lastDay(spec.needs);
  if (last === null || findings.length === 0) return new Map();
  const limits = board.limitsOf(spec);
  const { from } = windowsOf(spec, limits, shiftDay(last, -longestLook)).whole;
  const whole = { from, to: last };
  const values = [...new Set(findings.map(({ subject }) => subject.name))];
  const within = [...new Set(findings.flatMap(({ subject }) => subject.within ?? []))];
  const ask = (by: string[], where: { dimension: string; values: string[] } | null) =>
    board.ask({
      ...{ view: spec.view, measures: spec.measures, by, time: spec.time, range: whole, grain: 'day' },
      where:
        where && !where.values.includes('')
          ? [{ member: `${spec.view}.${where.dimension}`, operator: 'equals', values: where.values }]
          : [],
      // should there be more rows than are given, it is the latest that count
      order: [[spec.time, 'desc']],
    });
  const isWithin = spec.peers === 'within' && spec.within !== undefined;
  const [own, all] = await Promise.all([
    ask([spec.by, ...(spec.within ? [spec.within] : [])], { dimension: spec.by, values }),
    isWithin && spec.within
      ? within.length
        ? ask([spec.within], { dimension: spec.within, values: within })
        : []
      : ask([], null),
  ]);
  const courseOf = (rows: Row[]) => course(rows, spec.time, spec.measures, whole);
  return new Map(
    findings.flatMap((finding): [Finding, Since][] => {
      const { subject } = finding;
      const mine = courseOf(own.filter((row) => keyOf(subjectOf(spec, row)) === keyOf(subject)));
      const theirs = courseOf(
        isWithin && spec.within ? all.filter((row) => nameOf(row, spec.within!) === subject.within) : all,
      );
      const found = runOf(last, longestLook, (day) => {
        const judged = spec.judge(seenOn(spec, limits, day, mine, theirs), limits, board.worth);
        return judged !== null && judged.severity >= calm;
      });
      return found ? [[finding, found]] : [];
    }),
  );
}

function seenOn(spec: Spec, limits: Limits, day: string, mine: Course, theirs: Course): Seen {
  const { now, past } = windowsOf(spec, limits, day);
  const nothing = none(spec);
  return {
    now: mine(now),
    peers: minus(theirs(now), mine(now)),
    past: past ? mine(past) : nothing,
    peersPast: past ? minus(theirs(past), mine(past)) : nothing,
  };
}

function windowsOf(
  spec: Spec,
  limits: Limits,
  last: string,
): { now: Range; past: Range | null; whole: Range } {
  const now = daysUpTo(last, limits.days ?? spec.days);
  const past = spec.past ? daysUpTo(shiftDay(now.from, -1), spec.past) : null;
  return { now, past, whole: { from: past?.from ?? now.from, to: last } };
}

const none = ({ measures }: Spec): Figures => Object.fromEntries(measures.map((name) => [name, 0]));
const keyOf = ({ name, within }: Subject) => JSON.stringify([name, within]);

function subjectOf(spec: Spec, row: Row): Subject {
  const name = nameOf(row, spec.by) ?? '';
  return {
    kind: name === '' && spec.nameless ? 'company' : spec.subject,
    name,
    within: spec.within ? nameOf(row, spec.within) : null,
  };
}

function grouped(spec: Spec, rows: Row[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const subject = subjectOf(spec, row);
    const sums = Object.fromEntries(spec.measures.map((name) => [name, toNumber(row[name]) ?? 0]));
    const known = groups.get(keyOf(subject)) ?? { subject, sums: none(spec), parts: [] };
    const parts = spec.detail ? withPart(known.parts, nameOf(row, spec.detail), sums) : [];
    groups.set(keyOf(subject), { subject, sums: plus(known.sums, sums), parts });
  }
  return groups;
}

function withPart(parts: Part[], name: string | null, sums: Figures): Part[] {
  const known = parts.find((one) => one.name === name);
  if (!known) return [...parts, { name, sums }];
  return parts.map((one) => (one === known ? { name, sums: plus(one.sums, sums) } : one));
}
