import { monthOf, shiftDay } from '../../period.ts';
import { nameOf, numberOf } from '../board.ts';
import { workdays } from '../calendar.ts';
import type { Row } from '../result.ts';
import { warehouse } from '../warehouse.ts';
import { page, type Board } from './board.ts';
import { calm, type Finding, type Limits, type Reason, type Rule, type Since } from './rule.ts';

/** A plan that fails while there is time to act: a team's, or the company's where no team's does. */
export const plan: Rule = {
  name: 'plan_behind',
  kind: 'pace',
  topic: 'plan',
  area: 'sales',
  needs: ['plans', 'deals'],
  views: ['plan_fact', 'sales'],
  days: null,
  limits: { pace: 0.8, workdays: 5 },
  look,
  since: async (board, findings) =>
    new Map(findings.map((finding) => [finding, sinceIn(board, finding)] as [Finding, Since])),
};

const looked = 13;
/** The months of each line, kept from the look for the question since when. */
const courses = new WeakMap<Finding, { month: string; severity: number }[]>();

async function look(board: Board): Promise<Finding[]> {
  const last = board.lastDay(['deals']);
  if (last === null || board.freshness.missing(plan.needs).length) return [];
  const limits = board.limitsOf(plan);
  const month = await judged(last, limits);
  const from = monthOf(shiftDay(month.from, -30 * (looked - 1))).from;
  const rows = await board.ask({
    view: 'plan_fact',
    measures: ['plan', 'fact', 'expected', 'forecast', 'pace'],
    by: ['scope_kind', 'scope'],
    time: 'month',
    range: { from, to: month.from },
    grain: 'month',
    where: [
      { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
      { member: 'plan_fact.scope_kind', operator: 'equals', values: ['team', 'company'] },
    ],
  });
  const behind = rows
    .filter((row) => monthIn(row) === month.from && severityOf(row, limits) >= calm && numberOf(row, 'plan'))
    .map((row) => finding(row, rows, month, board, limits));
  const teams = behind.filter(({ subject }) => subject.kind === 'team');
  // the company's gap is then theirs
  const found = teams.some(({ severity }) => severity >= 1) ? teams : behind;
  await Promise.all(found.map(async (one) => (one.reasons = await explain(board, one))));
  return found;
}

/** A month of which hardly anything has passed says nothing; the one before it does. */
async function judged(last: string, limits: Limits) {
  const month = monthOf(last);
  const { elapsed } = await workdays(month, shiftDay(last, 1));
  return elapsed < (limits.workdays ?? 0) ? monthOf(shiftDay(month.from, -1)) : month;
}

const monthIn = (row: Row) => String(row['month.month'] ?? '').slice(0, 10);

function severityOf(row: Row, limits: Limits): number {
  const pace = numberOf(row, 'pace');
  return pace === null ? 0 : (1 - pace) / Math.max(0.01, 1 - (limits.pace ?? 0));
}

function finding(
  row: Row,
  rows: Row[],
  month: { from: string; to: string },
  board: Board,
  limits: Limits,
): Finding {
  const get = (name: string) => numberOf(row, name) ?? 0;
  const kind = nameOf(row, 'scope_kind') === 'team' ? 'team' : 'company';
  const name = kind === 'team' ? (nameOf(row, 'scope') ?? '') : '';
  const end = Math.max(get('forecast'), get('fact'));
  const one: Finding = {
    ...{ rule: plan.name, topic: plan.topic, area: kind === 'team' ? plan.area : 'company' },
    subject: { kind, name, within: null },
    severity: severityOf(row, limits),
    stake: Math.max(0, get('plan') - end) * board.worth.margin,
    figures: {
      plan: get('plan'),
      fact: get('fact'),
      forecast: end,
      pace: get('pace'),
      margin: board.worth.margin,
    },
    limits,
    range: month,
    reasons: [],
    href: page('sales.won_amount', {
      period: month,
      by: 'owner',
      ...(name ? { filters: { team: [name] } } : {}),
    }),
  };
  const mine = rows.filter(
    (other) =>
      nameOf(other, 'scope_kind') === nameOf(row, 'scope_kind') &&
      nameOf(other, 'scope') === nameOf(row, 'scope'),
  );
  courses.set(
    one,
    mine
      .map((other) => ({
        month: monthIn(other),
        severity: numberOf(other, 'plan') ? severityOf(other, limits) : 0,
      }))
      .sort((a, b) => b.month.localeCompare(a.month)),
  );
  return one;
}

function sinceIn(_: Board, one: Finding): Since {
  const months = courses.get(one) ?? [];
  const well = months.findIndex(({ severity }) => severity < calm);
  const run = well < 0 ? months : months.slice(0, well);
  return { day: run.at(-1)?.month ?? one.range.from, is_older: well < 0 && months.length >= looked };
}

/** Who left since it began or shortly before, and whose results fell most against the months before it. */
async function explain(board: Board, one: Finding): Promise<Reason[]> {
  if (one.subject.kind !== 'team') return [];
  const began = sinceIn(board, one).day;
  const before = { from: monthOf(shiftDay(began, -85)).from, to: shiftDay(began, -1) };
  const where = [{ member: 'sales.team', operator: 'equals' as const, values: [one.subject.name] }];
  const ask = (range: { from: string; to: string }) =>
    board.ask({ view: 'sales', measures: ['won_amount'], by: ['owner'], time: 'closed_at', range, where });
  const { rows: gone } = await warehouse().raw<{ rows: { name: string }[] }>(
    `select e.name from core.employees e join core.dim_teams t using (team_key)
      where t.name = ? and e.left_at between ?::date - 45 and ?::date order by e.left_at, e.name limit 5`,
    [one.subject.name, began, one.range.to],
  );
  const reasons: Reason[] = gone.length ? [{ key: 'left', names: gone.map(({ name }) => name) }] : [];
  const [was, is] = await Promise.all([ask(before), ask(one.range)]);
  const months = 3;
  const now = new Map(is.map((row) => [nameOf(row, 'owner'), numberOf(row, 'won_amount') ?? 0]));
  const share = one.figures.forecast ? (one.figures.fact ?? 0) / one.figures.forecast : 1;
  const fell = was
    .map((row) => {
      const name = nameOf(row, 'owner') ?? '';
      const usual = ((numberOf(row, 'won_amount') ?? 0) / months) * share;
      return { name, amount: usual - (now.get(name) ?? 0) };
    })
    .filter(({ name, amount }) => name !== '' && amount > 0)
    .sort((a, b) => b.amount - a.amount)
    .slice(0, 2);
  const amount = fell.reduce((sum, each) => sum + each.amount, 0);
  return fell.length ? [...reasons, { key: 'fell', names: fell.map(({ name }) => name), amount }] : reasons;
}
