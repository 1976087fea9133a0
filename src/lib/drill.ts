import type {
  AsOf,
  BlockState,
  ChartBlock,
  Comparison,
  Direction,
  Locale,
  Notice,
  PageFilter,
  Period,
  Unit,
} from './page.ts';

/** What every page about one figure says of it. */
export type Frame = {
  metric: string;
  title: string;
  about: string;
  unit: Unit;
  direction: Direction;
  locale: Locale;
  currency: string;
  timezone: string;
  as_of: AsOf;
  period: Period;
  comparison: Comparison | null;
  filters: PageFilter[];
  ignored_filters: string[];
  notices: Notice[];
  /** what the figure was narrowed to on the way down, beside the filters */
  steps: Step[];
  head: Head;
};

/** One metric, its parts by a dimension, and the records behind it, as plain data. */
export type DrillPage = Frame & {
  /** false for what is true now, whatever the period */
  has_period: boolean;
  state: string;
  /** where it is said what has changed the figure; null where nobody can tell */
  why: string | null;
  dimensions: DimensionLink[];
  /** the chosen part, e.g. "Team: North" */
  part: Step | null;
  parts: PartBlock;
  records: RecordBlock;
};

/** `clear` is the same page without it */
export type Step = { title: string; label: string; clear: string };

export type Head = {
  state: BlockState;
  error?: string;
  value: number | null;
  comparison_value: number | null;
  change: number | null;
  change_kind: 'relative' | 'difference';
  /** many of the cohort's deals are still open, so it is early to compare */
  is_maturing: boolean;
};

export type DimensionLink = { key: string; title: string; href: string; is_chosen: boolean };

export type PartRow = {
  label: string;
  value: number | null;
  before: number | null;
  change: number | null;
  share: number | null;
  href: string | null;
  is_chosen: boolean;
};

export type PartBlock = {
  state: BlockState;
  error?: string;
  is_additive: boolean;
  change_kind: 'relative' | 'difference';
  rows: PartRow[];
  hidden: number;
  chart: Pick<ChartBlock, 'spec' | 'rows' | 'title' | 'svg'>;
};

export type ColumnKind = Unit | 'text' | 'day';
export type Column = { key: string; title: string; kind: ColumnKind };
/** `hrefs` are the pages of this product about the cells, `url` is the record in its own system, which is `system`. */
export type RecordRow = {
  id: string;
  system: string | null;
  cells: (string | number | null)[];
  hrefs: (string | null)[];
  url: string | null;
};

/** `href` leads to a part of a quotient, which has records of its own. */
export type RecordTotal = {
  key: string;
  title: string;
  value: number | null;
  unit: Unit;
  href: string | null;
};

export type RecordBlock = {
  state: BlockState;
  error?: string;
  columns: Column[];
  rows: RecordRow[];
  /** what the records add up to, over all pages */
  totals: RecordTotal[];
  count: number;
  page: number;
  pages: number;
};

/** A part or a factor: what it was and is, and what it has added to the change of the whole. */
export type WhyRow = {
  label: string;
  unit: Unit;
  before: number | null;
  now: number | null;
  change: number;
  href: string | null;
};

/** One way to cut the figure; what is not shown is summed up in `hidden`. */
export type WhyCut = {
  key: string;
  title: string;
  rows: WhyRow[];
  hidden: { count: number; change: number };
};

/** What has changed a figure between two periods, by factor and by each dimension. */
export type WhyPage = Frame & {
  state: string;
  /** the page of the figure itself */
  drill: string;
  why: { state: BlockState; error?: string; sentences: string[]; factors: WhyRow[]; cuts: WhyCut[] };
};
