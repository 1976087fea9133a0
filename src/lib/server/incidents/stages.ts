import { shiftDay } from '../../period.ts';
import { nameOf, numberOf } from '../board.ts';
import { page, type Board, type Worth } from './board.ts';
import type { Row } from '../result.ts';
import { calm, type Finding, type Limits, type Reason, type Rule, type Share, type Since } from './rule.ts';

/** Deals that rot: most of those in a stage stand there longer than its norm. */
export const stages: Rule = {
  name: 'stage_stuck',
  kind: 'sla',
  topic: 'stage',
  area: 'company',
  needs: ['deals', 'stages'],
  views: ['funnel'],
  days: null,
  limits: { share: 0.5, least: 20 },
  look,
  since,
};

async function look(board: Board): Promise<Finding[]> {
  const last = board.lastDay(['deals']);
  if (last === null || board.freshness.missing(stages.needs).length) return [];
  const limits = board.limitsOf(stages);
  const by = ['pipeline', 'stage'];
  const [stuck, open] = await Promise.all([
    board.ask({
      view: 'funnel',
      measures: ['stuck', 'stuck_amount'],
      by: [...by, 'owner', 'team'],
      where: [{ member: 'funnel.stuck', operator: 'gt', values: ['0'] }],
    }),
    board.ask({
      view: 'sales',
      measures: ['deals_open'],
      by: [...by, 'team'],
      where: [{ member: 'sales.status', operator: 'equals', values: ['open'] }],
    }),
  ]);
  const keyOf = (row: Row) => JSON.stringify([nameOf(row, 'pipeline'), nameOf(row, 'stage')]);
  return [...new Set(open.map(keyOf))].flatMap((key): Finding[] => {
    const [within, name] = JSON.parse(key) as [string | null, string | null];
    const places: Place = {
      stuck: stuck.filter((row) => keyOf(row) === key),
      open: open.filter((row) => keyOf(row) === key),
    };
    const { severity, figures, stake, reasons } = weigh(places, limits, board.worth);
    if (name === null || (figures.deals ?? 0) < (limits.least ?? 0) || severity < calm) return [];
    return [
      {
        ...{ rule: stages.name, topic: stages.topic, area: stages.area, severity, limits },
        subject: { kind: 'stage', name, within },
        stake,
        figures: { ...figures, margin: board.worth.margin, win_rate: board.worth.win_rate },
        range: { from: last, to: last },
        reasons,
        shares: sharesOf(places, limits, board.worth),
        href: page('funnel.stuck_amount', {
          by: 'owner',
          within: [['stage', name]],
          ...(within === null ? {} : { filters: { pipeline: [within] } }),
        }),
      },
    ];
  });
}

type Place = { stuck: Row[]; open: Row[] };

function weigh({ stuck, open }: Place, limits: Limits, { win_rate, margin }: Worth) {
  const sum = (rows: Row[], name: string) => rows.reduce((all, row) => all + (numberOf(row, name) ?? 0), 0);
  const figures = {
    deals: sum(stuck, 'stuck'),
    open: sum(open, 'deals_open'),
    amount: sum(stuck, 'stuck_amount'),
  };
  return {
    figures,
    severity: figures.deals / Math.max(figures.open, 1) / (limits.share ?? 1),
    stake: figures.amount * win_rate * margin,
    reasons: whose(
      stuck.map((row) => ({ name: nameOf(row, 'owner') ?? '', count: numberOf(row, 'stuck') ?? 0 })),
      figures.deals,
    ),
  };
}

function sharesOf({ stuck, open }: Place, limits: Limits, worth: Worth): Share[] {
  const teams = [...new Set(open.flatMap((row) => nameOf(row, 'team') ?? []))];
  return teams.flatMap((team) => {
    const own = (rows: Row[]) => rows.filter((row) => nameOf(row, 'team') === team);
    const { severity, ...share } = weigh({ stuck: own(stuck), open: own(open) }, limits, worth);
    return severity < calm ? [] : [{ team, ...share }];
  });
}

/** Whether a few have it or everybody. */
function whose(people: { name: string; count: number }[], all: number): Reason[] {
  const sorted = people.filter(({ name }) => name !== '').sort((a, b) => b.count - a.count);
  const few = sorted.slice(0, 2);
  const count = few.reduce((sum, one) => sum + one.count, 0);
  if (sorted.length > 4 && count < all / 2) return [{ key: 'everybody', names: [], count: sorted.length }];
  return [{ key: 'few', names: few.map(({ name }) => name), count, share: count / Math.max(all, 1) }];
}

const months = 24;
/** Deals of the last months have not had the time to be slow. */
const young = 45;

/** The first month of whose deals half stayed much longer than those of the months before. */
async function since(board: Board, findings: Finding[]): Promise<Map<Finding, Since>> {
  const last = board.lastDay(['deals']);
  if (last === null || findings.length === 0) return new Map();
  const from = `${shiftDay(last, -31 * months).slice(0, 7)}-01`;
  const values = [...new Set(findings.map(({ subject }) => subject.name))];
  const rows = await board.ask({
    view: 'funnel',
    measures: ['days_in_stage_median', 'entered'],
    by: ['pipeline', 'stage'],
    time: 'created_at',
    range: { from, to: shiftDay(last, -young) },
    grain: 'month',
    where: [{ member: 'funnel.stage', operator: 'equals', values }],
  });
  return new Map(
    findings.flatMap((finding): [Finding, Since][] => {
      const { subject } = finding;
      const course = rows
        .filter((row) => nameOf(row, 'stage') === subject.name && nameOf(row, 'pipeline') === subject.within)
        .map((row) => ({
          month: String(row['created_at.month'] ?? '').slice(0, 10),
          days: numberOf(row, 'days_in_stage_median') ?? 0,
          entered: numberOf(row, 'entered') ?? 0,
        }))
        .filter(({ month, entered }) => month !== '' && entered >= 5)
        .sort((a, b) => a.month.localeCompare(b.month));
      const day = turn(course);
      return day ? [[finding, { day, is_older: day === course[0]?.month }]] : [];
    }),
  );
}

/** The month from which on all stay at least half as long again as what is usual in the first half of the course. */
export function turn(course: { month: string; days: number }[]): string | null {
  const early = course.slice(0, Math.max(3, Math.floor(course.length / 2))).map(({ days }) => days);
  const usual = early.sort((a, b) => a - b)[Math.floor(early.length / 2)];
  if (usual === undefined) return null;
  let found: string | null = null;
  for (const { month, days } of [...course].reverse()) {
    if (days < 1.5 * usual) break;
    found = month;
  }
  return found ?? course.at(-1)?.month ?? null;
}
