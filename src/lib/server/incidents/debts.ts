import { page } from './board.ts';
import { sorted } from './parts.ts';
import { trailing } from './trailing.ts';

const ages = ['overdue_60', 'overdue_90', 'overdue_older'] as const;

/**
 * What customers owe for more than 30 days. Its cost is spent already, so what is not paid is lost out of gross profit
 * in full; how likely that is grows with age, as in a provision matrix (IFRS 9, B5.5.35).
 */
export const debts = trailing({
  name: 'debts_overdue',
  kind: 'threshold',
  topic: 'debts',
  area: 'sales',
  needs: ['invoices', 'payments', 'deals'],
  days: 365,
  limits: { share: 0.05, risk_60: 0.1, risk_90: 0.25, risk_older: 0.5 },
  view: 'receivables',
  time: 'due_at',
  measures: ['invoiced', ...ages],
  subject: 'team',
  by: 'team',
  detail: 'customer',
  peers: 'all',
  nameless: true,
  judge({ now }, limits) {
    const late = ages.reduce((sum, age) => sum + (now[age] ?? 0), 0);
    const invoiced = now.invoiced ?? 0;
    if (invoiced <= 0 || late <= 0) return null;
    const stake = ages.reduce(
      (sum, age) => sum + (now[age] ?? 0) * (limits[age.replace('overdue', 'risk')] ?? 0),
      0,
    );
    return {
      severity: late / invoiced / (limits.share ?? 1),
      stake,
      figures: { late, invoiced, older: now.overdue_older ?? 0 },
    };
  },
  explain({ now }, parts) {
    const late = ages.reduce((sum, age) => sum + (now[age] ?? 0), 0);
    const few = sorted(parts, ...ages).slice(0, 3);
    const amount = few.reduce((all, { sum }) => all + sum, 0);
    const names = few.map(({ name }) => name);
    return few.length ? [{ key: 'debtors', names, amount, share: amount / Math.max(1, late) }] : [];
  },
  href: ({ name }) =>
    page('receivables.overdue', { by: 'customer', ...(name ? { filters: { team: [name] } } : {}) }),
});
