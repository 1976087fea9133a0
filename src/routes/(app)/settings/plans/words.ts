import { m } from '#lib/paraglide/messages.js';
import type { Fault, Level } from '#lib/planning.ts';
import type { Problem } from '#lib/server/planning.ts';

const problems: Record<Problem, () => string> = {
  no_table: m.settings_plans_no_table,
  no_month: m.settings_plans_no_month,
  no_value: m.settings_plans_no_value,
  too_many: m.settings_plans_too_many,
  unreadable: m.settings_plans_unreadable,
  too_big: m.settings_plans_too_big,
  nothing: m.settings_plans_nothing,
  nothing_to_undo: m.settings_plans_nothing_to_undo,
};

const levels: Record<Level, () => string> = {
  company: m.settings_level_company,
  team: m.settings_level_team,
  employee: m.settings_level_employee,
  product: m.settings_level_product,
  channel: m.settings_level_channel,
};

export const problemWords = (problem: Problem): string => problems[problem]();
export const levelName = (level: Level): string => levels[level]();

export function faultWords(fault: Fault): string {
  switch (fault.code) {
    case 'month':
      return m.settings_plans_bad_month({ value: fault.value });
    case 'value':
      return m.settings_plans_bad_value({ value: fault.value });
    case 'metric':
      return m.settings_plans_bad_metric({ value: fault.value });
    case 'level':
      return m.settings_plans_bad_level({ value: fault.value });
    case 'ambiguous':
      return m.settings_plans_ambiguous({ value: fault.value });
    case 'twice':
      return m.settings_plans_twice({ row: fault.row });
    case 'scope':
      return fault.near
        ? m.settings_plans_maybe({ value: fault.value, near: fault.near })
        : m.settings_plans_bad_scope({ value: fault.value });
  }
}
