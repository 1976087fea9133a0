import type { Tone } from '../../board.ts';
import type { CardEvent } from '../../card.ts';
import { formatDay } from '../../dates.ts';
import { formatCount, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { valueTitle } from '../../words.ts';
import { nameOf, numberOf } from '../board.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

type Words = Pick<CardEvent, 'what' | 'title' | 'details' | 'tone'>;

/** What happened, as a person would tell it; how it is called in the source stays as it is. */
export function describe(scope: Pick<Scope, 'style' | 'today'>, row: Row): Words {
  const { style } = scope;
  const step = nameOf(row, 'step') ?? '';
  const title = nameOf(row, 'title') ?? '';
  const detail = nameOf(row, 'detail');
  const size = numberOf(row, 'size');
  const due = nameOf(row, 'due_at')?.slice(0, 10) ?? null;
  const details = detail === null ? [] : [detail];
  const plain = (what: string, tone: Tone | null = null, more = details): Words => ({
    what,
    title,
    details: more,
    tone,
  });
  const dueText = due ? [m.card_due({ day: formatDay(due, style.locale) }, style)] : [];
  switch (nameOf(row, 'kind')) {
    case 'deal':
      if (step === 'won') return plain(m.card_deal_won({}, style), 'good');
      if (step === 'lost') return plain(m.card_deal_lost({}, style), 'bad');
      if (step === 'stage') return plain(m.card_deal_stage({ stage: detail ?? '' }, style), null, []);
      if (step === 'owner')
        return plain(m.card_deal_owner({ before: detail ?? m.no_value({}, style) }, style), null, []);
      return plain(m.card_deal_created({}, style));
    case 'call': {
      const isAnswered = detail === 'answered';
      const outcome =
        isAnswered && size !== null
          ? formatValue(size < 60 ? size : size / 60, size < 60 ? 'seconds' : 'minutes', style)
          : valueTitle('disposition', detail ?? '', style.locale);
      const what =
        step === 'in'
          ? isAnswered
            ? m.card_call_in({}, style)
            : m.card_call_missed({}, style)
          : m.card_call_out({}, style);
      return plain(what, step === 'in' && !isAnswered ? 'bad' : null, outcome ? [outcome] : []);
    }
    case 'mail':
      return plain(step === 'email' ? m.card_email({}, style) : m.card_message({}, style));
    case 'meeting':
      if (step === 'meeting') return plain(m.card_meeting({}, style), null, []);
      return detail === 'done'
        ? plain(m.card_task_done({}, style), null, [])
        : plain(m.card_task_open({}, style), due && due < scope.today ? 'warn' : null, dueText);
    case 'complaint':
      if (step === 'opened') return plain(m.card_complaint({}, style), 'warn');
      return plain(
        step === 'rejected' ? m.card_complaint_rejected({}, style) : m.card_complaint_resolved({}, style),
        null,
        size === null ? [] : [m.card_after({ time: formatValue(size, 'hours', style) }, style)],
      );
    case 'survey': {
      const what = m.card_survey({ score: formatCount(size, style.locale, 1) }, style);
      return plain(what, size === null ? null : size >= 9 ? 'good' : size < 7 ? 'bad' : null);
    }
    case 'money':
      if (step === 'invoice') return plain(m.card_invoice({}, style), null, dueText);
      return step === 'refund' ? plain(m.card_refund({}, style), 'warn') : plain(m.card_payment({}, style));
    default:
      return plain(valueTitle('touch', step, style.locale));
  }
}
