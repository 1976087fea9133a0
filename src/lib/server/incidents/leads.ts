import { page } from './board.ts';
import { sorted } from './parts.ts';
import type { Finding } from './rule.ts';
import { trailing } from './trailing.ts';

/** New deals that nobody has taken or answered yet: of a team, or of nobody at all. */
export const leadsUnworked = trailing({
  name: 'leads_unworked',
  kind: 'threshold',
  topic: 'unworked',
  area: 'sales',
  needs: ['deals', 'stages'],
  days: 90,
  limits: { share: 0.1, least: 10 },
  view: 'sales',
  time: 'created_at',
  measures: ['deals', 'unprocessed'],
  subject: 'team',
  by: 'team',
  detail: 'owner',
  peers: 'all',
  nameless: true,
  judge({ now, peers }, limits, worth) {
    const { deals = 0, unprocessed = 0 } = now;
    if (unprocessed < (limits.least ?? 0)) return null;
    return {
      severity: unprocessed / Math.max(1, deals) / (limits.share ?? 1),
      stake: unprocessed * worth.lead,
      figures: {
        ...{ deals, unprocessed, worth: worth.lead },
        others: (peers.unprocessed ?? 0) / Math.max(1, peers.deals ?? 0),
      },
    };
  },
  explain({ now }, parts) {
    const [first] = sorted(parts, 'unprocessed');
    const whole = Math.max(1, now.unprocessed ?? 0);
    return first ? [{ key: 'few', names: [first.name], count: first.sum, share: first.sum / whole }] : [];
  },
  href: ({ name }, range) =>
    page('sales.unprocessed', {
      period: range,
      by: name ? 'owner' : 'channel',
      ...(name ? { filters: { team: [name] } } : {}),
    }),
});

/** Where one person has most of it and is told of already, the same deals are not told of, and counted, twice. */
export function isToldOf(one: Finding, all: Finding[]): boolean {
  if (one.rule !== 'leads_unworked') return false;
  return one.reasons.some(
    ({ names, share = 0 }) =>
      share > 0.5 && all.some(({ rule, subject }) => rule === 'answers_late' && subject.name === names[0]),
  );
}
