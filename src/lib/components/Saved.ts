import { m } from '#lib/paraglide/messages.js';
import type { ViewProblem } from '#lib/views.ts';

/** Why a view was not saved or changed, as sentences. */
export const problems: Record<ViewProblem, () => string> = {
  title: m.views_problem_title,
  page: m.views_problem_page,
  many: m.views_problem_many,
  gone: m.views_problem_gone,
};

/** Where pages are not served over HTTPS a browser gives no clipboard, but it still copies what is selected. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    const isDone = document.execCommand('copy');
    field.remove();
    return isDone;
  }
}
