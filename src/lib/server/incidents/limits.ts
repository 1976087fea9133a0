import { warehouse } from '../warehouse.ts';
import type { Limits, RuleName } from './rule.ts';

/** What `incidents` of pulse.yaml says; nothing of it need be there. */
export type Chosen = {
  rules: Partial<Record<RuleName, Limits>>;
  off: string[];
  /** less than this at stake is no incident; null: a thousandth of the gross profit of 90 days */
  min_stake: number | null;
  mail: {
    /** from this on it is told at once; null: half a hundredth of the gross profit of 90 days */
    min_stake: number | null;
    /** hour and minute of the digest of all others, on the company's clock */
    digest_at: string;
    /** days after which who has not acknowledged is told again; 0 is never */
    remind_days: number;
  };
  /** nothing is sent between these, on the company's clock */
  quiet: { from: string; to: string } | null;
  /** whether a channel is told as well; its address is known to the worker alone */
  webhook: boolean;
};

type Written = Partial<Omit<Chosen, 'mail'>> & { mail?: Partial<Chosen['mail']> };

export function complete({
  rules = {},
  off = [],
  min_stake = null,
  mail = {},
  quiet = null,
  webhook = false,
}: Written): Chosen {
  return {
    rules,
    off,
    min_stake,
    mail: {
      min_stake: mail.min_stake ?? null,
      digest_at: mail.digest_at ?? '09:00',
      remind_days: mail.remind_days ?? 7,
    },
    quiet,
    webhook,
  };
}

/** What the last load wrote down of it. */
export async function readLimits(): Promise<Chosen> {
  const row = await warehouse()<{ key: string; value: Written }>('core.settings')
    .first('value')
    .where({ key: 'incidents' });
  return complete(row?.value ?? {});
}

/** Amounts below which nothing is said, or not at once, where nobody has set them. */
export function stakes({ min_stake, mail }: Pick<Chosen, 'min_stake' | 'mail'>, profit: number) {
  return { least: min_stake ?? profit / 1000, urgent: mail.min_stake ?? profit / 200 };
}
