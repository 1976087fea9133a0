import { fail } from '@sveltejs/kit';
import * as choices from '#lib/server/choices.ts';
import { ruleText } from '#lib/server/incidents/words.ts';
import { requireAdmin } from '../allowed.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { locale } = requireAdmin(locals);
  const page = await choices.load();
  const style = { locale, currency: page.currency };
  const rules = page.rules.map((rule) => ({ ...rule, text: ruleText(rule.name, rule.limits, style) }));
  return { ...page, rules, locale };
};

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const outcome = await choices.save(requireAdmin(locals), await request.formData());
    return 'wrong' in outcome ? fail(400, outcome) : outcome;
  },
};
