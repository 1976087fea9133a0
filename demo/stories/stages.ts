import { DAY, dayOf, monthOf, startOf } from '../company/calendar.ts';
import type { Company } from '../company/types.ts';
import type { Books } from './books.ts';
import { best, median, sum } from './figures.ts';

export function findRot(company: Company, { stays }: Books) {
  const now = startOf(company.until + 1);
  // Only those who entered before the last month: a younger stay has not had the time to be long.
  const ripe = stays.filter((s) => s.entered < now - 30 * DAY);
  const cut = now - 180 * DAY;
  const found = company.statuses
    .filter((s) => s.type === 'open')
    .map((status) => {
      const own = ripe.filter((s) => s.status === status.id);
      const days = (list: typeof own): number[] => list.map((s) => ((s.left ?? now) - s.entered) / DAY);
      const before = median(days(own.filter((s) => s.entered < cut)));
      const after = median(days(own.filter((s) => s.entered >= cut)));
      return { status, before, after };
    });
  const worst = best(found, (f) => f.after / f.before);
  const { status } = worst;
  const norm = status.norm_days as number;
  const own = stays.filter((s) => s.status === status.id);
  const months = [...new Set(own.map((s) => monthOf(dayOf(s.entered))))].sort();
  const byMonth = months.map((month) => ({
    month,
    median: median(
      own.filter((s) => monthOf(dayOf(s.entered)) === month).map((s) => ((s.left ?? now) - s.entered) / DAY),
    ),
  }));
  const since = byMonth.find((m) => m.median > norm)?.month ?? '';
  const split = (late: boolean): number =>
    median(
      own
        .filter((s) => monthOf(dayOf(s.entered)) >= since === late)
        .map((s) => ((s.left ?? now) - s.entered) / DAY),
    );
  const open = own.filter((s) => s.left === null && s.open);
  const stuck = open.filter((s) => now - s.entered > norm * DAY);
  return {
    pipeline: company.pipelines.find((p) => p.id === status.pipeline_id)?.name ?? '',
    stage: status.name,
    id: status.id,
    norm,
    since,
    medianBefore: split(false),
    medianAfter: split(true),
    open: open.length,
    stuck: stuck.length,
    stuckAmount: sum(stuck, (s) => s.amount),
  };
}
