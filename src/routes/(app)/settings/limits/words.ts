import { m } from '#lib/paraglide/messages.js';
import type { Choice } from '#lib/server/choices.ts';
import type { RuleName } from '#lib/server/incidents/rule.ts';

export const ruleNames: Record<RuleName, () => string> = {
  campaign_loss: m.settings_rule_campaign_loss,
  calls_unreturned: m.settings_rule_calls_unreturned,
  answers_late: m.settings_rule_answers_late,
  stage_stuck: m.settings_rule_stage_stuck,
  complaints_rise: m.settings_rule_complaints_rise,
  leads_fall: m.settings_rule_leads_fall,
  plan_behind: m.settings_rule_plan_behind,
  margin_low: m.settings_rule_margin_low,
  debts_overdue: m.settings_rule_debts_overdue,
  leads_unworked: m.settings_rule_leads_unworked,
};

const names: Record<string, () => string> = {
  first_response_hours: m.settings_choice_first_response,
  callback_hours: m.settings_choice_callback,
  answer_seconds: m.settings_choice_answer,
  churn_days: m.settings_choice_churn,
  contact_days_gold: m.settings_choice_gold,
  contact_days_silver: m.settings_choice_silver,
  contact_days_bronze: m.settings_choice_bronze,
  contact_days_occasional: m.settings_choice_occasional,
  active_customers: m.settings_choice_active,
  min_stake: m.settings_choice_min_stake,
  mail_min_stake: m.settings_choice_mail_stake,
  mail_digest_at: m.settings_choice_digest,
  mail_remind_days: m.settings_choice_remind,
  quiet: m.settings_choice_quiet,
  off: m.settings_choice_off,
  days: m.settings_choice_days,
  workdays: m.settings_choice_workdays,
  least: m.settings_choice_least,
  share: m.settings_choice_share,
  loss: m.settings_choice_loss,
  spend_share: m.settings_choice_spend_share,
  times: m.settings_choice_times,
  deviations: m.settings_choice_deviations,
  fall: m.settings_choice_fall,
  pace: m.settings_choice_pace,
  points: m.settings_choice_points,
  risk_60: m.settings_choice_risk_60,
  risk_90: m.settings_choice_risk_90,
  risk_older: m.settings_choice_risk_older,
};

export const ruleName = (name: RuleName): string => ruleNames[name]();
export const choiceName = ({ name }: Pick<Choice, 'name'>): string => names[name]?.() ?? name;

export function unitOf(kind: Choice['kind'], currency: string): string {
  switch (kind) {
    case 'share':
      return '%';
    case 'days':
      return m.settings_unit_days();
    case 'hours':
      return m.settings_unit_hours();
    case 'seconds':
      return m.settings_unit_seconds();
    case 'money':
      return currency;
    default:
      return '';
  }
}
