import type { Catalogue } from '../../catalogue.ts';
import { noPick, type Pick } from '../../explore.ts';
import type { Start } from '../../explore-page.ts';
import { explorePath } from '../../explore-steps.ts';
import { m } from '../../paraglide/messages.js';
import type { PeriodChoice } from '../../period.ts';
import { defaults, link } from '../../state.ts';
import type { Scope } from '../scope.ts';

type Say = (inputs: Record<string, never>, options: { locale: 'ru' | 'en' }) => string;
type Question = {
  id: string;
  title: Say;
  about: Say;
  period: PeriodChoice;
  by: string;
  pick: Partial<Pick>;
};

/** One for each kind of reader, and one that shows what a pivot is for. */
const questions: Question[] = [
  {
    id: 'course',
    title: m.explore_start_course,
    about: m.explore_start_course_about,
    period: { preset: 'this_year' },
    by: 'time',
    pick: { show: ['sales.won_amount', 'sales.margin'] },
  },
  {
    id: 'channels',
    title: m.explore_start_channels,
    about: m.explore_start_channels_about,
    period: { preset: 'last_90_days' },
    by: 'channel,campaign',
    pick: { show: ['marketing.spend', 'marketing.leads', 'marketing.cpl', 'marketing.romi'], as: 'table' },
  },
  {
    id: 'losses',
    title: m.explore_start_losses,
    about: m.explore_start_losses_about,
    period: { preset: 'last_90_days' },
    by: 'lost_reason',
    pick: { show: ['sales.lost_amount'], across: 'team', as: 'pivot' },
  },
  {
    id: 'people',
    title: m.explore_start_people,
    about: m.explore_start_people_about,
    period: { preset: 'last_month' },
    by: 'owner',
    pick: {
      show: ['sales.deals_won', 'sales.win_rate', 'sales.average_deal', 'sales.cycle_days'],
      as: 'table',
    },
  },
  {
    id: 'complaints',
    title: m.explore_start_complaints,
    about: m.explore_start_complaints_about,
    period: { preset: 'last_90_days' },
    by: 'cause',
    pick: { show: ['service.complaints'], across: 'product', as: 'pivot' },
  },
];

/** Questions that can be answered here: what is not connected is not offered. */
export function startsFor({ style, freshness }: Scope, { metrics }: Catalogue): Start[] {
  return questions.flatMap(({ id, title, about, period, by, pick }) => {
    const isKnown = (pick.show ?? []).every((name) => {
      const one = metrics.get(name);
      return one && freshness.lacking({ entities: one.sources, needs: one.needs }).length === 0;
    });
    if (!isKnown) return [];
    const href = link(explorePath, { ...defaults, period, by, pick: { ...noPick, ...pick } });
    return [{ id, title: title({}, style), about: about({}, style), href }];
  });
}
