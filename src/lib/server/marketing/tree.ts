import type { Cell, Choice, Column, Row, TableBlock } from '../../board.ts';
import { choose, chosenOf, lensOf, measureOf, type Lens } from '../../lens.ts';
import { formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import type { State } from '../../state.ts';
import { dimensionTitle } from '../../words.ts';
import { ask, block, cell, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named } from '../columns.ts';
import { isDecided } from '../figures.ts';
import type { Row as Found } from '../result.ts';
import type { Scope } from '../scope.ts';
import { behind, here, look, metricOf } from './lens.ts';

const levels = ['channel', 'source', 'campaign'] as const;
const cuts = ['tree', ...levels, 'medium'] as const;
const cutOf = ({ state }: Scope) => cuts.find((one) => one === state.by) ?? 'tree';
const most = 3000;
const mostOpen = 12;

export function choices(scope: Scope): Choice[] {
  const { state, style } = scope;
  const isOpen = chosenOf(state, 'open') === '*';
  const tree = { ...choose(state, 'open', null), by: null };
  return [
    ...cuts.map((key) => ({
      key,
      title: key === 'tree' ? m.marketing_tree({}, style) : dimensionTitle(key, style.locale),
      href: here(key === 'tree' ? tree : { ...state, by: key, page: 1 }, 'campaigns'),
      is_chosen: key === cutOf(scope) && !(key === 'tree' && isOpen),
    })),
    {
      key: 'open',
      title: m.marketing_open_all({}, style),
      href: here(choose(tree, 'open', '*'), 'campaigns'),
      is_chosen: cutOf(scope) === 'tree' && isOpen,
    },
  ];
}

/** Both ROMI stand side by side: what was closed in the period, and what came of its leads. */
const columnsOf = ({ isCohort }: Lens) => [
  'spend',
  'leads',
  'cpl',
  'won',
  'cac',
  'revenue',
  'gross_profit',
  'romi',
  ...(isCohort ? [] : ['cohort_romi']),
];

/** Channels, their sources and campaigns as a tree that opens, or one of the levels as a list. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const lens = lensOf(scope.state);
  const cut = cutOf(scope);
  const empty = tableBlock('campaigns', m.marketing_campaigns({}, style), '-spend');
  return block<TableBlock>(scope, [metricOf(lens, 'leads')], empty, async () => {
    const names = columnsOf(lens);
    const asked = (by: string[]) =>
      look(scope, lens, { names, by, range, order: [[names[0] ?? '', 'desc']], limit: most });
    const depths = cut === 'tree' ? levels.map((_, at) => levels.slice(0, at + 1)) : [[cut]];
    const [open, total, ...found] = await Promise.all([
      stillOpen(scope),
      look(scope, lens, { names, range }),
      ...depths.map((by) => asked([...by])),
    ]);
    const rows = found.map((level) => level.filter((row) => isSome(row, names)));
    const columns: Column[] = [
      named(scope, cut === 'tree' ? 'channel' : cut),
      ...names.map((name) => measured(scope, metricOf(lens, name), name)),
    ];
    const view: View = { scope, lens, names, isEarly: open > 0 };
    const drawn = cut === 'tree' ? branches(view, rows) : list(view, rows[0] ?? [], cut);
    const leaves = (rows.at(-1) ?? []).filter((row) => nameOf(row, 'campaign') !== null).length;
    return {
      columns,
      rows: drawn,
      total: [cell(m.drill_total({}, style)), ...cellsOf(view, total[0], null)],
      sentence: [
        cut === 'tree' && leaves
          ? m.marketing_campaigns_sentence({ count: leaves, shown: formatCount(leaves, style.locale) }, style)
          : '',
        open ? m.marketing_cohort_early({ open: formatCount(open, style.locale) }, style) : '',
      ]
        .filter(Boolean)
        .join(' '),
      ignored_filters: ignoredOf(scope),
    };
  });
}

/** `isEarly`: so many leads of the period are open that what they return cannot be judged yet. */
type View = { scope: Scope; lens: Lens; names: string[]; isEarly: boolean };

/** How many deals of the period are still open; none where hardly any are. */
async function stillOpen(scope: Scope): Promise<number> {
  const question = {
    view: 'sales',
    measures: ['deals', 'deals_open'],
    time: 'created_at',
    range: scope.range,
  };
  const [row] = await ask(scope, question);
  const [all, open] = [numberOf(row, 'deals'), numberOf(row, 'deals_open')];
  return isDecided(all, open) ? 0 : (open ?? 0);
}

const ignoredOf = ({ filters }: Scope) =>
  filters.filter(({ key }) => key !== 'channel').map(({ title }) => title);

const isSome = (row: Found, names: string[]) => names.some((name) => numberOf(row, name));

function list(view: View, rows: Found[], cut: string): Row[] {
  return rows.map((row) => {
    const key = nameOf(row, cut);
    return {
      id: key ?? '',
      address: null,
      cells: lineOf(view, row, [[cut, key]]),
    };
  });
}

type Path = [string, string | null][];

/** Every branch that is open, in one list; what is closed is not sent at all. */
function branches(view: View, found: Found[][]): Row[] {
  const { scope } = view;
  const asked = scope.state.within.filter(([key]) => key === 'open').map(([, value]) => value);
  const partsOf = (depth: number, above: Path) =>
    (found[depth] ?? []).filter((row) => above.every(([key, value]) => nameOf(row, key) === value));
  const grow = (depth: number, above: Path, open: string[]): Row[] => {
    const rows = partsOf(depth, above);
    return rows.flatMap((row) => {
      const level = levels[depth] ?? 'campaign';
      const path: Path = [...above, [level, nameOf(row, level)]];
      const key = keyOf(path);
      const parts = partsOf(depth + 1, path);
      // what no campaign claims has no parts to look into
      const hasParts = parts.some((part) => nameOf(part, levels[depth + 1] ?? '') !== null);
      const isOnly = depth > 0 && rows.length === 1;
      const is_open = hasParts && (isOnly || open.includes(key));
      const way = hasParts && !isOnly ? toggle(scope, key, open) : null;
      return [
        {
          id: path.at(-1)?.[1] ?? '',
          address: null,
          cells: lineOf(view, row, path),
          branch: { depth, is_open, toggle: way },
        },
        ...(is_open ? grow(depth + 1, path, open) : []),
      ];
    });
  };
  const all = [0, 1].flatMap((depth) => (found[depth] ?? []).map((row) => keyOf(pathOf(row, depth))));
  return grow(0, [], asked.includes('*') ? all : asked);
}

const pathOf = (row: Found, depth: number): Path =>
  levels.slice(0, depth + 1).map((level) => [level, nameOf(row, level)]);

const keyOf = (path: Path) =>
  path.map(([, value]) => (value ?? '').replaceAll('/', '⁄').slice(0, 140)).join('/');

/** The same page with a branch opened or closed; of very many open ones the oldest closes. */
function toggle({ state }: Scope, key: string, open: string[]): string {
  const kept = open.includes(key)
    ? open.filter((one) => one !== key && !one.startsWith(`${key}/`))
    : [...open, key];
  const rest = state.within.filter(([name]) => name !== 'open');
  const within: State['within'] = [
    ...rest,
    ...kept.slice(-mostOpen).map((one): [string, string] => ['open', one]),
  ];
  return here({ ...state, within, page: 1 }, 'campaigns');
}

function lineOf(view: View, row: Found, path: Path): Cell[] {
  const [level = '', key = null] = path.at(-1) ?? [];
  return [cell(labelled(view.scope, level, key)), ...cellsOf(view, row, path)];
}

function cellsOf({ scope, lens, names, isEarly }: View, row: Found | undefined, path: Path | null): Cell[] {
  const place = path ? { dimension: path.at(-1)?.[0] ?? 'channel', path } : undefined;
  return names.map((name) => {
    const value = numberOf(row, name);
    const measure = measureOf(lens, name);
    const isJudged = measure.endsWith('romi') && !(isEarly && measure.startsWith('cohort_'));
    const tone = isJudged && value !== null && value < 0 ? ('bad' as const) : null;
    return cell(value, value === null ? null : behind(scope, lens, name, place), { tone });
  });
}
