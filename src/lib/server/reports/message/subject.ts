import type { Style } from '../../../format.ts';
import type { HomePage } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { cleanLine } from './html.ts';
import { describeFilters, describeKpi, describePeriod } from './words.ts';

/** What a subject is made of, whatever the page. */
export type Named = Pick<HomePage, 'title' | 'locale' | 'period' | 'filters' | 'kpis'>;

const longestName = 60;

/**
 * Company, main figure, period: what a reader decides by. The figure comes early because phones cut the end.
 * @param said what a page without a figure of its own says first
 */
export function writeSubject(
  page: Named,
  company: string,
  isIncomplete: boolean,
  style: Style,
  said = '',
): string {
  const { name, days } = describePeriod(page);
  const filters = describeFilters(page);
  const words = {
    company: cleanLine(company, longestName),
    period: filters ? `${days ?? name} (${filters})` : (days ?? name),
  };
  const main = page.kpis.find(({ state, value }) => state === 'ok' && value !== null);
  const subject = cleanLine(
    main
      ? withFigure(main, words, style)
      : m.mail_subject_bare(
          { ...words, title: [page.title, firstOf(said)].filter(Boolean).join('. ') },
          style,
        ),
  );
  return isIncomplete ? m.mail_subject_incomplete({ subject }, style) : subject;
}

function withFigure(
  main: HomePage['kpis'][number],
  words: { company: string; period: string },
  style: Style,
) {
  const { value, change } = describeKpi(main, style);
  const all = { ...words, title: main.title, value };
  return change ? m.mail_subject_change({ ...all, change }, style) : m.mail_subject(all, style);
}

/** A first sentence without its full stop. */
const firstOf = (text: string): string => (/^.*?(?=[.!?](\s|$))/.exec(text)?.[0] ?? text).trim();
