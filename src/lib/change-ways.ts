import type { Metric } from './metrics.ts';

/** A quotient of sums of the same view, `times` a constant: what a share, a rate or an average is made of. */
export type Quotient = { over: [measure: string, sign: 1 | -1][]; under: string[]; times?: number };

const by = (over: string, under: string, times?: number): Quotient => ({
  over: [[over, 1]],
  under: [under],
  ...(times && { times }),
});

/** What a metric that does not add up is a quotient of; the formulas are those of the model. */
const quotients: Record<string, Quotient> = {
  'sales.conversion': by('deals_won', 'deals'),
  'sales.win_rate': { over: [['deals_won', 1]], under: ['deals_won', 'deals_lost'] },
  'sales.average_deal': by('won_amount', 'deals_won'),
  'sales.margin': by('gross_profit', 'won_amount'),
  'funnel.step_conversion': by('passed', 'entered'),
  'calls.missed_rate': by('missed', 'inbound'),
  'calls.talk_seconds_average': by('talk_minutes', 'answered', 60),
  'nps.nps': {
    over: [
      ['promoters', 1],
      ['detractors', -1],
    ],
    under: ['responses'],
    times: 100,
  },
  'mailings.open_rate': by('opened', 'delivered'),
  'mailings.click_rate': by('clicked', 'delivered'),
  'mailings.unsubscribe_rate': by('unsubscribed', 'delivered'),
  ...advertising('marketing', ''),
  ...advertising('marketing', 'cohort_'),
  ...advertising('attribution', ''),
  ...advertising('attribution', 'cohort_'),
  'marketing.cpl': by('spend', 'leads'),
  'attribution.cpl': by('spend', 'leads'),
};

function advertising(view: string, of: string): Record<string, Quotient> {
  return {
    // less 1, which no part changes
    [`${view}.${of}romi`]: by(`${of}gross_profit`, 'spend'),
    [`${view}.${of}roas`]: by(`${of}revenue`, 'spend'),
    [`${view}.${of}drr`]: by('spend', `${of}revenue`),
    [`${view}.${of}cac`]: by('spend', `${of}won`),
  };
}

/** A sum as so many times so much: the measure that counts it, and the metric that is the mean of one, if there is one. */
export type Count = { count: string; each: string | null };

const counted: Record<string, Count> = {
  'sales.won_amount': { count: 'deals_won', each: 'average_deal' },
  'sales.gross_profit': { count: 'won_amount', each: 'margin' },
  'sales.lost_amount': { count: 'deals_lost', each: null },
  'funnel.lost_amount_here': { count: 'lost_here', each: null },
  'calls.talk_minutes': { count: 'answered', each: null },
  'marketing.revenue': { count: 'won', each: null },
  'marketing.spend': { count: 'leads', each: 'cpl' },
};

export const quotientOf = (metric: string): Quotient | null => quotients[metric] ?? null;
export const countOf = (metric: string): Count | null => counted[metric] ?? null;

/** Whether what the parts have added can be told: it adds up, or what it divides does. */
export const canExplain = ({
  name,
  time,
  is_additive,
}: Pick<Metric, 'name' | 'time' | 'is_additive'>): boolean =>
  time !== null && (is_additive || quotientOf(name) !== null);
