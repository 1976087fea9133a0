import type { TableBlock } from '../../board.ts';
import { formatPercent } from '../../format.ts';
import { get } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, only } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const names = ['sent', 'delivered', 'open_rate', 'click_rate', 'unsubscribe_rate', 'leads', 'revenue'];
/** as many letters as a rate has to be told by */
const fewest = 1000;

/** What becomes of letters, campaign by campaign, up to the money they bring. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('mailings', m.marketing_mailings({}, style), '-revenue');
  return block<TableBlock>(scope, ['mailings.sent'], empty, async () => {
    const question = { view: 'mailings', measures: names, time: 'date', range };
    const [all, found] = await Promise.all([
      ask(scope, question),
      ask(scope, { ...question, by: ['campaign'], order: [['revenue', 'desc']], limit: 500 }),
    ]);
    const rows = found.filter((row) => names.some((name) => numberOf(row, name)));
    return {
      columns: [named(scope, 'campaign'), ...names.map((name) => measured(scope, `mailings.${name}`))],
      rows: rows.map((row) => {
        const key = nameOf(row, 'campaign');
        return {
          id: key ?? '',
          address: null,
          cells: [cell(labelled(scope, 'campaign', key)), ...cellsOf(scope, row, key ?? '', all[0])],
        };
      }),
      total: rows.length > 1 ? [cell(m.drill_total({}, style)), ...cellsOf(scope, all[0], null)] : null,
      sentence: tiring(scope, rows, all[0]),
    };
  });
}

function cellsOf(scope: Scope, row: Row | undefined, part: string | null, usual?: Row) {
  const isEnough = (numberOf(row, 'sent') ?? 0) >= fewest;
  return names.map((name) => {
    const metric = name === 'leads' ? 'sales.deals' : `mailings.${name}`;
    const isDeals = name === 'leads' && part !== null;
    const href = down(scope, isDeals ? metric : `mailings.${name}`, {
      filters: { ...only(null, ''), channel: scope.state.filters.channel ?? [] },
      by: 'campaign',
      part,
    });
    const [value, norm] = [numberOf(row, name), numberOf(usual, name)];
    const isRate = get(`mailings.${name}`).unit === 'percent';
    const times = isRate && isEnough && value !== null && norm ? value / norm : 1;
    const isWorse = name === 'unsubscribe_rate' ? times > 1.25 : times < 0.75;
    const isBetter = name === 'unsubscribe_rate' ? times < 0.75 : times > 1.25;
    return figure(row, name, href, { tone: isWorse ? 'bad' : isBetter ? 'good' : null });
  });
}

/** The letters that cost most readers for what they bring. */
function tiring({ style }: Scope, rows: Row[], all: Row | undefined): string {
  const norm = numberOf(all, 'unsubscribe_rate');
  const rateOf = (row: Row) => numberOf(row, 'unsubscribe_rate') ?? 0;
  const [worst] = rows
    .filter((row) => (numberOf(row, 'sent') ?? 0) >= fewest)
    .toSorted((a, b) => rateOf(b) - rateOf(a));
  if (!worst || norm === null || rows.length < 2) return '';
  return m.marketing_mailings_tiring(
    {
      name: nameOf(worst, 'campaign') ?? '',
      rate: formatPercent(rateOf(worst), style.locale),
      usual: formatPercent(norm, style.locale),
    },
    style,
  );
}
