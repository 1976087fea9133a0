import { dayOf, isWorkday, monthOf, monthStart, printDay } from '../company/calendar.ts';
import type { Company } from '../company/types.ts';
import type { Books } from './books.ts';
import { best, sum } from './figures.ts';

/** A month of which hardly anything has passed says nothing; the one before it does. */
function judged(until: number): number {
  let worked = 0;
  for (let day = monthStart(until); day <= until; day++) if (isWorkday(day)) worked++;
  return worked < 5 ? monthStart(until) - 1 : until;
}

export function findFailing(company: Company, { sales }: Books) {
  const month = monthOf(judged(company.until));
  const fact = (team: number, of: string): number =>
    sum(sales, (s) =>
      s.type === 'won' && s.team === team && s.closed !== null && monthOf(dayOf(s.closed)) === of
        ? s.amount
        : 0,
    );
  const lines = company.plans
    .filter((p) => p.scope_kind === 'team' && p.metric === 'won_amount' && p.month === month)
    .map((p) => ({ id: Number(p.scope), name: p.title, plan: p.target, fact: fact(Number(p.scope), month) }))
    .map((p) => ({ ...p, completion: p.fact / p.plan }));
  if (lines.length === 0) throw new Error('there is no plan yet: the first three months have none');
  const worst = best(lines, (p) => -p.completion);
  const rest = lines.filter((p) => p.id !== worst.id);
  const gone = company.users.filter((u) => u.department_id === worst.id && u.dismissed_on !== null);
  const before = monthOf(monthStart(judged(company.until), -3));
  return {
    ...worst,
    month,
    restCompletion: sum(rest, (p) => p.fact) / sum(rest, (p) => p.plan),
    left: gone.map((u) => ({ name: u.full_name, day: printDay(u.dismissed_on as number) })),
    threeMonthsAgo: { month: before, fact: fact(worst.id, before) },
  };
}
