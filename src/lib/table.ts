import type { Row, TableBlock } from './board.ts';

export type Sorting = { key: string; isDescending: boolean };

/** `<table>.<column>` of the address, when it means this table and a column of it, else the table's own order. */
export function sortingOf({ id, columns, order }: TableBlock, asked: string | null): Sorting | null {
  const [, minus, table, column] = /^(-?)([a-z_]+)\.([a-z0-9_]+)$/.exec(asked ?? '') ?? [];
  if (table === id && columns.some(({ key }) => key === column))
    return { key: column ?? '', isDescending: minus === '-' };
  return order ? { key: order.replace(/^-/, ''), isDescending: order.startsWith('-') } : null;
}

/** What a click on a column asks for: largest first, then smallest; names from A first. */
export function nextSort({ id, columns }: TableBlock, key: string, current: Sorting | null): string {
  const isText = columns.find((one) => one.key === key)?.kind === 'text';
  const isDescending = current?.key === key ? !current.isDescending : !isText;
  return `${isDescending ? '-' : ''}${id}.${key}`;
}

/** Rows without the figure stay below, whichever way. */
export function sortRows({ columns, rows }: TableBlock, sorting: Sorting | null, locale: string): Row[] {
  const at = sorting ? columns.findIndex(({ key }) => key === sorting.key) : -1;
  if (!sorting || at < 0) return rows;
  const sign = sorting.isDescending ? -1 : 1;
  return within(rows, (a, b) => {
    const [one, other] = [a.cells[at]?.value ?? null, b.cells[at]?.value ?? null];
    if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
    return typeof one === 'number' && typeof other === 'number'
      ? sign * (one - other)
      : sign * String(one).localeCompare(String(other), locale);
  });
}

/** As many rows as a page shows unasked; a few more than that are not worth a click. */
const few = 50;
const slack = 10;

/** The first rows of a long table. Parts of a tree stay with what they are part of. */
export function firstRows(rows: Row[]): Row[] {
  if (rows.length <= few + slack) return rows;
  const end = rows.findIndex(({ branch }, at) => at >= few && !branch?.depth);
  return end < 0 ? rows : rows.slice(0, end);
}

/** Parts of a tree are sorted among themselves and stay below what they are part of. */
function within(rows: Row[], compare: (a: Row, b: Row) => number): Row[] {
  if (rows.every(({ branch }) => !branch?.depth)) return rows.toSorted(compare);
  const depth = Math.min(...rows.map(({ branch }) => branch?.depth ?? 0));
  const heads = rows.flatMap((row, at) => ((row.branch?.depth ?? 0) === depth ? at : []));
  const families = heads.map((at, index) => rows.slice(at, heads[index + 1]));
  return families
    .toSorted(([a], [b]) => (a && b ? compare(a, b) : 0))
    .flatMap(([head, ...parts]) => (head ? [head, ...(parts.length ? within(parts, compare) : [])] : []));
}
