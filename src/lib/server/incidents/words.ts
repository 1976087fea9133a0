import { formatMonth } from '../../dates.ts';
import { formatCount, formatPercent, formatValue, type Style } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import type { Figures, Finding, Limits, Reason, RuleName, Subject } from './rule.ts';

type Inputs = { days: string; name: string; month: string; figure: Say; limit: Say };
type Say = {
  money(name: string): string;
  count(name: string): string;
  percent(name: string): string;
  raw(name: string): number;
};

function sayer(values: Figures | Limits, style: Style): Say {
  const raw = (name: string) => values[name] ?? 0;
  return {
    raw,
    money: (name) => formatValue(raw(name), 'money', style),
    count: (name) => formatCount(raw(name), style.locale),
    percent: (name) => formatPercent(raw(name), style.locale),
  };
}

type Texts = {
  title(one: Inputs, style: Style): string;
  sentence(one: Inputs, style: Style, stake: string): string;
  rule(one: Inputs, style: Style): string;
  /** as one sign of several */
  short?(one: Inputs, style: Style): string;
};

/** All that is said of each rule. The figures come out of the finding, so a sentence can be said in any language later. */
const texts: Record<RuleName, Texts> = {
  campaign_loss: {
    title: ({ name }, style) => m.incidents_campaign_loss_title({ name }, style),
    sentence: ({ days, figure }, style) =>
      m.incidents_campaign_loss(
        { days, spend: figure.money('spend'), profit: figure.money('profit'), romi: figure.percent('romi') },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_campaign_loss_rule(
        {
          days,
          share: formatPercent(1 - limit.raw('loss'), style.locale),
          spend_share: limit.percent('spend_share'),
        },
        style,
      ),
  },
  calls_unreturned: {
    title: ({ name }, style) => m.incidents_answers_title({ name }, style),
    sentence: ({ days, figure }, style, stake) =>
      m.incidents_calls_unreturned(
        {
          ...{ days, stake, unreturned: figure.count('unreturned'), missed: figure.count('missed') },
          ...{ others: figure.percent('others'), worth: figure.money('worth') },
        },
        style,
      ),
    short: ({ figure }, style) =>
      m.incidents_calls_unreturned_short(
        {
          unreturned: figure.count('unreturned'),
          missed: figure.count('missed'),
          others: figure.percent('others'),
        },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_calls_unreturned_rule(
        { days, share: limit.percent('share'), least: limit.count('least') },
        style,
      ),
  },
  answers_late: {
    title: ({ name }, style) => m.incidents_answers_title({ name }, style),
    sentence: ({ days, figure }, style, stake) =>
      m.incidents_answers_late(
        {
          ...{ days, stake, late: figure.count('late'), deals: figure.count('deals') },
          ...{ others: figure.percent('others'), worth: figure.money('worth') },
        },
        style,
      ),
    short: ({ figure }, style) =>
      m.incidents_answers_late_short(
        { late: figure.count('late'), deals: figure.count('deals'), others: figure.percent('others') },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_answers_late_rule(
        { days, share: limit.percent('share'), least: limit.count('least') },
        style,
      ),
  },
  stage_stuck: {
    title: ({ name }, style) => m.incidents_stage_stuck_title({ name }, style),
    sentence: ({ figure }, style, stake) =>
      m.incidents_stage_stuck(
        {
          ...{
            deals: figure.count('deals'),
            open: figure.count('open'),
            amount: figure.money('amount'),
            stake,
          },
          ...{ win_rate: figure.percent('win_rate'), margin: figure.percent('margin') },
        },
        style,
      ),
    rule: ({ limit }, style) =>
      m.incidents_stage_stuck_rule({ share: limit.percent('share'), least: limit.count('least') }, style),
  },
  complaints_rise: {
    title: ({ name }, style) => m.incidents_complaints_rise_title({ name }, style),
    sentence: ({ days, figure }, style, stake) => {
      const complaints = { count: figure.raw('complaints'), shown: figure.count('complaints') };
      return m.incidents_complaints_rise(
        {
          ...{ days, stake, complaints: m.incidents_complaints_count(complaints, style) },
          ...{ usual: figure.count('usual'), worth: figure.money('worth') },
        },
        style,
      );
    },
    rule: ({ days, limit }, style) =>
      m.incidents_complaints_rise_rule(
        {
          days,
          least: limit.count('least'),
          times: fine(limit.raw('times'), style),
          deviations: fine(limit.raw('deviations'), style),
        },
        style,
      ),
  },
  leads_fall: {
    title: ({ name }, style) => m.incidents_leads_fall_title({ name }, style),
    sentence: ({ days, figure }, style, stake) =>
      m.incidents_leads_fall(
        {
          days,
          stake,
          leads: figure.count('leads'),
          usual: figure.count('usual'),
          worth: figure.money('worth'),
        },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_leads_fall_rule(
        { days, fall: limit.percent('fall'), deviations: fine(limit.raw('deviations'), style) },
        style,
      ),
  },
  plan_behind: {
    title: ({ name }, style) =>
      m.incidents_plan_behind_title({ name: name || m.incidents_plan_behind_company({}, style) }, style),
    sentence: ({ month, figure }, style, stake) =>
      m.incidents_plan_behind(
        {
          ...{ month: capital(month), stake, fact: figure.money('fact'), plan: figure.money('plan') },
          ...{ forecast: figure.money('forecast'), margin: figure.percent('margin') },
          gap: formatValue(Math.max(0, figure.raw('plan') - figure.raw('forecast')), 'money', style),
        },
        style,
      ),
    rule: ({ limit }, style) =>
      m.incidents_plan_behind_rule({ pace: limit.percent('pace'), workdays: limit.count('workdays') }, style),
  },
  margin_low: {
    title: ({ name }, style) => m.incidents_margin_low_title({ name }, style),
    sentence: ({ days, figure }, style, stake) =>
      m.incidents_margin_low(
        {
          days,
          stake,
          margin: figure.percent('margin'),
          usual: figure.percent('usual'),
          amount: figure.money('amount'),
        },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_margin_low_rule(
        { days, points: fine(limit.raw('points') * 100, style), least: limit.count('least') },
        style,
      ),
  },
  debts_overdue: {
    title: ({ name }, style) =>
      name ? m.incidents_debts_title({ name }, style) : m.incidents_debts_title_nobody({}, style),
    sentence: ({ days, figure }, style, stake) =>
      m.incidents_debts(
        {
          ...{ days, stake, late: figure.money('late'), invoiced: figure.money('invoiced') },
          older: figure.money('older'),
        },
        style,
      ),
    rule: ({ days, limit }, style) =>
      m.incidents_debts_rule(
        {
          ...{ days, share: limit.percent('share'), risk_60: limit.percent('risk_60') },
          ...{ risk_90: limit.percent('risk_90'), risk_older: limit.percent('risk_older') },
        },
        style,
      ),
  },
  leads_unworked: {
    title: ({ name }, style) =>
      name ? m.incidents_unworked_title({ name }, style) : m.incidents_unworked_title_nobody({}, style),
    sentence: ({ days, name, figure }, style, stake) => {
      const said = {
        ...{ days, stake, unprocessed: figure.count('unprocessed'), deals: figure.count('deals') },
        ...{ others: figure.percent('others'), worth: figure.money('worth') },
      };
      return name ? m.incidents_unworked(said, style) : m.incidents_unworked_nobody(said, style);
    },
    rule: ({ days, limit }, style) =>
      m.incidents_unworked_rule({ days, share: limit.percent('share'), least: limit.count('least') }, style),
  },
};

const fine = (value: number, { locale }: Style) => formatCount(value, locale, 1);
const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** `short` is the sentence where it is one sign of several. */
export type Told = { title: string; sentence: string; short: string; why: string[]; rule: string };

/** A finding in the words of a language. */
export function tell(
  finding: Pick<Finding, 'rule' | 'subject' | 'figures' | 'limits' | 'range' | 'stake' | 'reasons'>,
  style: Style,
): Told {
  const { rule, figures, limits, range, stake, reasons } = finding;
  const days = limits.days ?? 0;
  const one: Inputs = {
    days: m.incidents_days({ count: days, shown: formatCount(days, style.locale) }, style),
    name: nameOf(finding.subject),
    month: formatMonth(range.from, style.locale),
    figure: sayer(figures, style),
    limit: sayer(limits, style),
  };
  const sentence = texts[rule].sentence(one, style, formatValue(stake, 'money', style));
  return {
    title: texts[rule].title(one, style),
    sentence,
    short: texts[rule].short?.(one, style) ?? sentence,
    why: reasons.flatMap((reason) => explain(reason, style)),
    rule: capital(texts[rule].rule(one, style)),
  };
}

/** What a rule says with these limits. */
export function ruleText(rule: RuleName, limits: Limits, style: Style): string {
  const days = limits.days ?? 0;
  const one: Inputs = {
    days: m.incidents_days({ count: days, shown: formatCount(days, style.locale) }, style),
    ...{ name: '', month: '' },
    figure: sayer({}, style),
    limit: sayer(limits, style),
  };
  return capital(texts[rule].rule(one, style));
}

const nameOf = ({ name }: Subject) => name;

function explain({ key, names, count = 0, share = 0, amount = 0 }: Reason, style: Style): string[] {
  const { locale } = style;
  const percent = (value: number) => formatPercent(value, locale);
  const money = (value: number) => formatValue(value, 'money', style);
  const said = { names: names.join(', '), count: formatCount(count, locale), share: percent(share) };
  switch (key) {
    case 'few_won':
      return [
        m.incidents_why_few_won(
          {
            ...{ leads: formatCount(amount, locale), won: formatCount(count, locale) },
            ...{ own: percent(count / Math.max(1, amount)), others: percent(share) },
          },
          style,
        ),
      ];
    case 'no_leads':
      return [m.incidents_why_no_leads({}, style)];
    case 'missed_more':
      return [m.incidents_why_missed_more({ own: percent(share), others: percent(amount) }, style)];
    case 'everybody':
      return [m.incidents_why_everybody(said, style)];
    case 'few':
      return [m.incidents_why_few(said, style)];
    case 'mostly':
      return [m.incidents_why_mostly(said, style)];
    case 'left':
      return [m.incidents_why_left(said, style)];
    case 'fell':
      return [m.incidents_why_fell({ ...said, amount: money(amount) }, style)];
    case 'debtors':
      return [m.incidents_why_debtors({ ...said, amount: money(amount) }, style)];
    case 'cheaper':
      return [m.incidents_why_cheaper({ own: money(amount), others: money(share) }, style)];
    default:
      return [];
  }
}
