import type { CellKind } from '../../board.ts';
import type { Unit } from '../../page.ts';

export type Value = string | number | null;

/** A cell of another kind than its column, as where a column holds figures of several units. */
export type Typed = { value: Value; kind: CellKind };

export type Line = (Value | Typed)[];

export type SheetColumn = { title: string; kind: CellKind };

/** A table on its way into a file. Its rows are read once, as they are written, and never held together. */
export type Sheet = {
  id: string;
  title: string;
  columns: SheetColumn[];
  rows: AsyncIterable<Line> | Iterable<Line>;
  total: Line | null;
  /** what has to be known beside the figures, as sentences; asked for when the rows have been written */
  notes: () => string[];
};

export function typed(cell: Value | Typed, kind: CellKind): Typed {
  return cell !== null && typeof cell === 'object' ? cell : { value: cell, kind };
}

export const amount = (value: number | null, unit: Unit): Typed => ({ value, kind: unit });
