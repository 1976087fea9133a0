import type { BlockState, ChartBlock, Direction, HomePage, Unit } from './page.ts';

/**
 * A page of sections as plain data, the kit of which pages below the first are made. Every number carries the page it
 * leads to; a block that failed says so in its place.
 */
export type Board = Head & { sections: Section[]; switches?: Switch[]; callout?: Callout | null };

/** What to do first, above all sections; `href` leads to why. */
export type Callout = { tone: Tone; text: string; href: string; link: string };

/** One choice for all of the page: how it counts, not what of. */
export type Switch = { id: string; title: string; about: string; choices: Choice[] };

export type Head = Pick<
  HomePage,
  | 'title'
  | 'locale'
  | 'currency'
  | 'timezone'
  | 'generated_at'
  | 'data_version'
  | 'as_of'
  | 'period'
  | 'comparison'
  | 'filters'
  | 'notices'
  | 'state'
> & { lead: string };

export type Section = {
  /** anchor on the page */
  id: string;
  title: string;
  /** what a person would say about all of it; empty when the blocks speak for themselves */
  sentence: string;
  choices: Choice[];
  blocks: Block[];
  /** how it was counted, for whoever doubts it */
  note?: string;
};

/** One of several cuts of the same section, each an address. */
export type Choice = { key: string; title: string; href: string; is_chosen: boolean };

export type Block = FiguresBlock | TableBlock | ChartPart | NotesBlock;

export type ChartPart = ChartBlock & { block: 'chart' };

type Base = {
  id: string;
  title: string;
  sentence: string;
  state: BlockState;
  error?: string;
  /** what has to be connected, in words */
  needs?: string[];
  /** titles of chosen filters that do not narrow it */
  ignored_filters: string[];
};

export type Figure = {
  id: string;
  metric: string;
  title: string;
  value: number | null;
  unit: Unit;
  direction: Direction;
  comparison_value: number | null;
  change: number | null;
  change_kind: 'relative' | 'difference';
  note: string;
  href: string;
};

export type FiguresBlock = Base & { block: 'figures'; figures: Figure[] };

/** What stands out, found by itself, each as a sentence that leads to its figure. */
export type Note = { id: string; text: string; href: string | null; tone: Tone | null };

export type NotesBlock = Base & { block: 'notes'; notes: Note[] };

export type Tone = 'good' | 'bad' | 'warn';

/** `tone` is a judgement and always comes with a sign of its own; `share` (0…1) shades a cell of a matrix. */
export type Cell = {
  value: number | string | null;
  href: string | null;
  tone: Tone | null;
  share: number | null;
  note: string;
};

/** `points` is a difference of fractions, shown in percentage points; `change` is relative to what was before. */
export type CellKind = Unit | 'points' | 'change' | 'text' | 'day' | 'month';

export type Column = { key: string; title: string; about: string; kind: CellKind };

/** The first cell of a row names it. `address` is where a record lives in its own system. */
export type Row = { id: string; cells: Cell[]; address: string | null; branch?: Branch };

/** Where a row stands in a tree, its parts below it; `toggle` opens or closes them, null where there are none. */
export type Branch = { depth: number; is_open: boolean; toggle: string | null };

export type TableBlock = Base & {
  block: 'table';
  columns: Column[];
  rows: Row[];
  total: Cell[] | null;
  /** `<column>`, with a minus for largest first */
  order: string | null;
  /** rows that exist and are not listed */
  hidden: number;
  /** how many of how many rows the page shows, where all would be too long */
  fold?: { shown: number; all: number };
  /** what the shades of cells mean: something bad (the default), or only more */
  shade?: 'more';
  /** rows and total as a page shows them, in place of both; empty where there are none */
  html?: string;
};
