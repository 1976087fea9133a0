import { DateTime } from 'luxon';
import type { Note, NotesBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import type { Condition } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { concentrate, isConcentrated, type Concentration } from '../../pareto.ts';
import type { Range } from '../../period.ts';
import { surges, type Surge } from '../../surge.ts';
import { ask, block, down, nameOf, notesBlock, numberOf } from '../board.ts';
import { labelled } from '../columns.ts';
import type { Scope } from '../scope.ts';
import { isOpen } from './waiting.ts';

const span = 90;
const sides = ['stage', 'cause', 'product', 'employee'];
const say = {
  stage: m.service_in_stage,
  cause: m.service_in_cause,
  product: m.service_in_product,
  employee: m.service_in_employee,
};
const complaint: Condition = { member: 'service.status', operator: 'set' };
const fewest = 5;

/** What stands out of the complaints by itself: what has risen, and where most of them sit. */
export function load(scope: Scope): Promise<NotesBlock> {
  const { style } = scope;
  const empty = notesBlock('findings', m.service_findings({}, style));
  return block<NotesBlock>(scope, ['service.complaints'], empty, async () => {
    const [risen, waiting, came, late] = await Promise.all([
      rises(scope),
      crowds(scope, 'open', null),
      crowds(scope, 'complaints', scope.range),
      overdue(scope),
    ]);
    const notes = [...risen, ...late, ...waiting, ...came];
    const quiet = { id: 'quiet', text: m.service_quiet({}, style), href: null, tone: 'good' as const };
    return { notes: notes.length ? notes : [quiet] };
  });
}

/**
 * Products and causes that are complained about much more than in the 90 days before, against all others. Ninety days
 * whatever the page shows: a month of one product is too few to tell a rise from chance.
 */
async function rises(scope: Scope): Promise<Note[]> {
  const { today, style } = scope;
  const day = (back: number) => DateTime.fromISO(today).minus({ days: back }).toISODate() ?? today;
  const now: Range = { from: day(span - 1), to: today };
  const before: Range = { from: day(2 * span - 1), to: day(span) };
  const by = async (side: string, range: Range, where: Condition[] = []) =>
    ask(scope, {
      view: 'service',
      measures: ['complaints'],
      by: [side],
      time: 'opened_at',
      range,
      where: [complaint, ...where],
    });
  const compare = async (side: string): Promise<Surge[]> => {
    const [later, earlier] = await Promise.all([by(side, now), by(side, before)]);
    const count = (rows: typeof later, key: string | null) =>
      numberOf(
        rows.find((row) => nameOf(row, side) === key),
        'complaints',
      ) ?? 0;
    const keys = [...new Set([...later, ...earlier].map((row) => nameOf(row, side)))];
    return surges(keys.map((key) => ({ key, now: count(later, key), before: count(earlier, key) })));
  };
  const [products, causes] = await Promise.all([compare('product'), compare('cause')]);
  const to = (side: string, key: string | null, by: string) =>
    down(scope, 'service.complaints', {
      period: now,
      by,
      filters: side === 'product' && key !== null ? { product: [key] } : {},
      within: side === 'product' ? [] : [[side, key ?? '']],
    });
  const shown = (surge: Surge) => ({
    now: m.service_complaints_count({ count: surge.now, shown: formatCount(surge.now, style.locale) }, style),
    before: formatCount(surge.before, style.locale),
    days: formatCount(span, style.locale),
  });
  const product = await Promise.all(
    products.slice(0, 3).map(async (surge): Promise<Note> => {
      const [top] = (
        await by('cause', now, [{ member: 'service.product', operator: 'equals', values: [surge.key ?? ''] }])
      ).toSorted((a, b) => (numberOf(b, 'complaints') ?? 0) - (numberOf(a, 'complaints') ?? 0));
      const words = { ...shown(surge), product: labelled(scope, 'product', surge.key) };
      const part = numberOf(top, 'complaints') ?? 0;
      return {
        id: 'rise-product',
        tone: 'bad',
        href: to('product', surge.key, 'cause'),
        text:
          top && part / surge.now >= 0.5
            ? m.service_product_rises_by(
                {
                  ...words,
                  cause: labelled(scope, 'cause', nameOf(top, 'cause')),
                  part: formatCount(part, style.locale),
                },
                style,
              )
            : m.service_product_rises(words, style),
      };
    }),
  );
  // a cause that rises with one product is told with it
  const others = products.length ? [] : causes.slice(0, 2);
  const cause = others.map((surge): Note => ({
    id: 'rise-cause',
    tone: 'bad',
    href: to('cause', surge.key, 'product'),
    text: m.service_cause_rises({ ...shown(surge), cause: labelled(scope, 'cause', surge.key) }, style),
  }));
  return [...product, ...cause];
}

/** Where 80 % of the complaints sit, if few places hold them: the sharpest of all cuts is worth a sentence. */
async function crowds(scope: Scope, measure: 'open' | 'complaints', range: Range | null): Promise<Note[]> {
  const { style } = scope;
  const found = await Promise.all(
    sides.map(async (side) => {
      const rows = await ask(scope, {
        view: 'service',
        measures: [measure],
        by: [side],
        where: measure === 'open' ? isOpen : [complaint],
        ...(range ? { time: 'opened_at', range } : {}),
      });
      const parts = rows.map((row) => ({ key: nameOf(row, side), value: numberOf(row, measure) ?? 0 }));
      return { side: side as keyof typeof say, parts, held: concentrate(parts) };
    }),
  );
  const sharp = found
    .filter(({ held, parts }) => held && isConcentrated(held) && total(parts) >= fewest)
    .toSorted((a, b) => ratio(a.held) - ratio(b.held));
  return sharp.slice(0, 1).flatMap(({ side, held, parts }) => {
    if (!held) return [];
    const names = held.chosen.map(({ key }) => labelled(scope, side, key));
    const only = held.chosen.length === 1 ? (held.chosen[0]?.key ?? '') : null;
    return {
      id: `crowd-${measure}`,
      tone: measure === 'open' ? ('warn' as const) : null,
      href: down(scope, `service.${measure}`, { by: side, part: only }),
      text: say[side](
        {
          share: formatPercent(held.share, style.locale),
          what: measure === 'open' ? m.service_of_open({}, style) : m.service_of_period({}, style),
          count: held.chosen.length,
          all: formatCount(parts.filter(({ value }) => value > 0).length, style.locale),
          names: names.join(', '),
        },
        style,
      ),
    };
  });
}

const total = (parts: { value: number }[]) => parts.reduce((sum, { value }) => sum + value, 0);
const ratio = (held: Concentration | null) => (held ? held.chosen.length / held.count : 1);

async function overdue(scope: Scope): Promise<Note[]> {
  const { style } = scope;
  const rows = await ask(scope, {
    view: 'service',
    measures: ['overdue'],
    by: ['employee'],
    where: isOpen,
    order: [['overdue', 'desc']],
  });
  const parts = rows.map((row) => ({ key: nameOf(row, 'employee'), value: numberOf(row, 'overdue') ?? 0 }));
  const count = total(parts);
  if (count === 0) return [];
  return [
    {
      id: 'overdue',
      tone: 'bad',
      href: down(scope, 'service.overdue', { by: 'employee' }),
      text: m.service_overdue_sentence(
        {
          complaints: m.service_complaints_count({ count, shown: formatCount(count, style.locale) }, style),
          name: labelled(scope, 'employee', parts[0]?.key ?? null),
          most: formatCount(parts[0]?.value ?? null, style.locale),
        },
        style,
      ),
    },
  ];
}
