import type { FiguresBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { changeOf } from '../figures.ts';
import type { Scope } from '../scope.ts';
import type { Question } from './question.ts';
import { whole } from './rows.ts';
import { wayTo } from './ways.ts';

/** The measures without any cut. */
export async function figuresOf(scope: Scope, question: Question): Promise<Partial<FiguresBlock>> {
  const { range, comparison, style } = scope;
  const [now, before] = await Promise.all([
    whole(scope, question, range),
    comparison ? whole(scope, question, { from: comparison.from, to: comparison.to }) : [],
  ]);
  return {
    figures: question.measures.map((one, at) => {
      const value = now[at] ?? null;
      const comparison_value = one.date === null ? null : (before[at] ?? null);
      return {
        id: one.key,
        metric: one.name,
        title: one.title[style.locale],
        value,
        unit: one.unit,
        direction: one.direction,
        comparison_value,
        ...changeOf(one, value, comparison_value),
        note: one.date === null ? m.board_now({}, style) : '',
        href: wayTo(scope, question, one, [], []) ?? `/metrics#${one.name}`,
      };
    }),
  };
}
