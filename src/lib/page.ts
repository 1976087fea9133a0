/**
 * A page as plain data (JSON-safe). The Svelte page draws it and the mail renderer draws it from the very
 * same object, so the two can never disagree about a number.
 *
 * Instants are ISO strings with an offset, days are `YYYY-MM-DD` in the reporting time zone. Texts (titles,
 * labels, sentences) are already in `locale`; numbers are raw and are shown through `format.ts`.
 */
export type Locale = 'ru' | 'en';

/** `percent` is a fraction (0.25 = 25 %); `score` is −100…100; `money` is in the page's currency. */
export type Unit = 'money' | 'percent' | 'count' | 'days' | 'hours' | 'minutes' | 'seconds' | 'score';

/** Whether a growing value is good news, bad news or neither. */
export type Direction = 'up_is_good' | 'down_is_good' | 'neutral';

/** `failed` = could not be counted now; `not_connected` = no source brings it; `ok` with null = nothing to count. */
export type BlockState = 'ok' | 'failed' | 'not_connected';

export type Grain = 'day' | 'week' | 'month';

/** `told` is the moment in words, where the server has written it: a browser takes long to learn its first date. */
export type Source = { source: string; at: string | null; is_stale: boolean; told?: string };

/** `at` is the moment of the worst (oldest) source, null when nothing has been loaded. */
export type AsOf = { at: string | null; worst_source: string | null; sources: Source[]; told?: string };

/**
 * Both days are included. Both are null for "all time", which also counts records without a date. `days` are told beside
 * a label that does not tell them.
 */
export type Period = { from: string | null; to: string | null; label: string; days: string };

export type Comparison = { kind: 'previous' | 'last_year'; from: string; to: string; label: string };

/** `title` is the filter's name ("Team"), `labels` the chosen values as people read them. */
export type PageFilter = { key: string; title: string; values: string[]; labels: string[] };

export type KpiPlan = {
  plan: number | null;
  fact: number | null;
  /** fact / plan */
  completion: number | null;
  /** what should have been reached by now */
  expected: number | null;
  /** fact / expected */
  pace: number | null;
  /** where the month ends at this pace */
  forecast: number | null;
};

/** Where the month will end, weighed by what was right so far. Null where the past is too short to tell. */
export type Outlook = {
  value: number;
  /** 8 of 10 such forecasts hold between them */
  low: number | null;
  high: number | null;
  method: 'combined' | 'run_rate';
  /** how far off these forecasts were on the past months, and plain run-rates, as fractions */
  error: number | null;
  naive_error: number | null;
  tried: number;
};

export type DriverPart = {
  /** name in the profit formula */
  driver: string;
  title: string;
  unit: Unit;
  from: number | null;
  to: number | null;
  /** what this driver alone has added to the target; the parts sum to its change */
  change: number;
  is_bottleneck: boolean;
  href: string;
};

/** Two periods, or a plan and its fact, and what made the difference. */
export type ProfitView = {
  key: 'period' | 'plan';
  /** what it is held against, e.g. "1–21 Oct 2026" */
  title: string;
  /** what is split: profit, or less where not all of it is known */
  target: string;
  unit: Unit;
  from: number;
  to: number;
  change: number;
  parts: DriverPart[];
  bottleneck: string | null;
  sentence: string;
  /** what could not be told, and why, as sentences */
  notes: string[];
};

export type ProfitBlock = {
  state: BlockState;
  error?: string;
  needs?: string[];
  title: string;
  views: ProfitView[];
  /** why there is no view */
  sentence: string;
  ignored_filters: string[];
  as_of: AsOf;
};

/** A manager whose month will probably end below the plan. */
export type Risk = {
  name: string;
  plan: number;
  fact: number;
  forecast: number;
  missing: number;
  /** even the best of 8 of 10 outcomes is below the plan */
  is_sure: boolean;
  href: string;
};

export type RiskBlock = {
  state: BlockState;
  error?: string;
  title: string;
  sentence: string;
  rows: Risk[];
  /** how many more there are */
  hidden: number;
  as_of: AsOf;
};

/** `at` is the first day of the bucket. A null is a gap, never a zero. */
export type SparkPoint = { at: string; value: number | null };

export type Kpi = {
  /** stable and unique on the page, used as the element id and the image name in mail */
  id: string;
  /** name in the thesaurus, e.g. `sales.won_amount` */
  metric: string;
  title: string;
  value: number | null;
  unit: Unit;
  direction: Direction;
  comparison_value: number | null;
  /** (value − comparison) / |comparison| for amounts and counts; a difference for fractions and scores */
  change: number | null;
  change_kind: 'relative' | 'difference';
  plan: KpiPlan | null;
  outlook: Outlook | null;
  spark: SparkPoint[];
  spark_grain: Grain;
  /** set when the sparkline shows something else than the metric itself */
  spark_title: string | null;
  state: BlockState;
  /** a sentence for the person, present when `state` is `failed` */
  error?: string;
  /** what has to be connected, in words */
  needs?: string[];
  /** path and query of the page one level down, relative to the address of the product */
  href: string;
  /** where it is said what has changed it; null where nobody can tell */
  why: string | null;
  /** what a person would say about this number */
  sentence: string;
  /** titles of chosen filters that this number has no such dimension for, so they do not narrow it */
  ignored_filters: string[];
  as_of: AsOf;
};

export type Series = {
  key: string;
  title: string;
  unit: Unit;
  role: 'main' | 'comparison' | 'plan';
  /** among several main ones, which: each has a colour and a stroke of its own */
  hue?: number;
};

/** `values` are in the order of `spec.series`; `x` is a day (line) or the raw dimension value (bar). */
export type ChartRow = { x: string; label: string; values: (number | null)[]; href: string | null };

export type ChartSpec =
  | { kind: 'line'; grain: Grain; series: Series[] }
  | { kind: 'column'; grain: Grain; series: Series[] }
  /** `is_signed`: what lies below zero is a loss and is drawn as one */
  | {
      kind: 'bar';
      dimension: string;
      dimension_title: string;
      series: Series[];
      band?: Band;
      is_signed?: boolean;
    }
  /** stages from the first to the last; the series of role `plan` is a mark across each bar */
  | { kind: 'funnel'; dimension: string; dimension_title: string; series: Series[] }
  /** one point for each row, across by the first series and up by the second */
  | { kind: 'scatter'; dimension: string; dimension_title: string; series: Series[] };

/** Between these values all is well; `title` says what they are. */
export type Band = { from: number; to: number; title: string };

/** Something that is wrong, in words. `stake` is gross profit; null where nobody can say, as for a load that fails. */
export type IncidentLine = {
  id: string;
  rule: string;
  title: string;
  /** the figures that show it */
  sentence: string;
  /** what the data say of the reason, as sentences */
  why: string[];
  stake: number | null;
  /** who has to act, in words */
  owner: string;
  /** the first day on which the data showed it; `is_older` where they may have before */
  since: string | null;
  is_older: boolean;
  state: 'open' | 'acknowledged' | 'resolved';
  /** where the sum is seen, with its very filters */
  href: string;
};

/** The costliest incidents that the viewer may see. They are of now, whatever the page is narrowed to. */
export type IncidentBlock = {
  state: BlockState;
  error?: string;
  needs?: string[];
  title: string;
  sentence: string;
  rows: IncidentLine[];
  total: number;
  /** open ones that other pages are about */
  elsewhere: number;
  stake: number;
  checked_at: string | null;
};

export type ChartBlock = {
  id: string;
  metric: string;
  title: string;
  sentence: string;
  spec: ChartSpec;
  rows: ChartRow[];
  state: BlockState;
  error?: string;
  needs?: string[];
  href: string;
  ignored_filters: string[];
  as_of: AsOf;
  /** the picture for one reader's screen; empty where it could not be drawn */
  svg?: string;
};

export type NotConnected = { metric: string; title: string; needs: string };

/** A thing the page had to change about the request, e.g. an unknown filter it has dropped. */
export type Notice = { code: string; text: string; href?: string };

export type HomePage = {
  title: string;
  locale: Locale;
  currency: string;
  timezone: string;
  generated_at: string;
  /** grows with every load that became visible */
  data_version: number;
  as_of: AsOf;
  period: Period;
  comparison: Comparison | null;
  filters: PageFilter[];
  notices: Notice[];
  /** query part of the address that shows this very page */
  state: string;
  incidents: IncidentBlock;
  kpis: Kpi[];
  profit: ProfitBlock;
  /** null where nobody's own plan is for this month, or the month is over */
  risks: RiskBlock | null;
  charts: ChartBlock[];
  not_connected: NotConnected[];
};
