import { z } from 'zod';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:00');
const money = z.number().min(0);
const limits = <Name extends string>(...names: Name[]) =>
  z
    .strictObject(
      Object.fromEntries(names.map((name) => [name, z.number().positive().optional()])) as Record<
        Name,
        z.ZodOptional<z.ZodNumber>
      >,
    )
    .optional();

const rules = {
  campaign_loss: limits('days', 'loss', 'spend_share').describe(
    'loss: 0.5 is half of the cost not brought back',
  ),
  calls_unreturned: limits('days', 'share', 'least'),
  answers_late: limits('days', 'share', 'least'),
  stage_stuck: limits('share', 'least'),
  complaints_rise: limits('days', 'times', 'deviations', 'least'),
  leads_fall: limits('days', 'fall', 'deviations', 'least'),
  plan_behind: limits('pace', 'workdays'),
  margin_low: limits('days', 'points', 'least').describe('points: 0.08 is eight percentage points'),
  debts_overdue: limits('days', 'share', 'risk_60', 'risk_90', 'risk_older').describe(
    'risk_60: 0.1 is a tenth of what is overdue for 31 to 60 days, expected to be lost',
  ),
  leads_unworked: limits('days', 'share', 'least'),
};

/** What is judged to be wrong, and who hears of it when; the limits that are left out are those of the product. */
export const incidents = z
  .strictObject({
    rules: z.strictObject(rules).prefault({}).describe('limits of the rules; shares are fractions'),
    off: z
      .array(z.enum(Object.keys(rules) as [keyof typeof rules]))
      .default([])
      .describe('rules that are not held'),
    min_stake: money
      .optional()
      .describe('gross profit below which nothing is said; a thousandth of that of 90 days if left out'),
    mail: z
      .strictObject({
        min_stake: money
          .optional()
          .describe(
            'from this on it is told at once; half a hundredth of the gross profit of 90 days if left out',
          ),
        digest_at: clock.optional().describe('when the others are told of; 09:00 if left out'),
        remind_days: z
          .int()
          .min(0)
          .optional()
          .describe('days after which one that nobody took on is told again; 0 is never'),
      })
      .prefault({}),
    webhook: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'expected an address of http or https' })
          .describe('incoming webhook of Slack, Mattermost or alike; it is a secret: give it as ${NAME}'),
        headers: z.record(z.string(), z.string()).optional().describe('headers that the server asks for'),
      })
      .optional()
      .describe(
        'a channel that is told at once, like mail; whoever reads it sees figures of the whole company',
      ),
    quiet: z
      .strictObject({ from: clock, to: clock })
      .optional()
      .describe('no mail and no message goes out between these'),
  })
  .prefault({})
  .describe('incidents: limits, mail and quiet hours, on the clock of reporting.timezone');

export type Webhook = NonNullable<z.infer<typeof incidents>['webhook']>;
