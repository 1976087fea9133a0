import type { Range } from '../../period.ts';
import type { Board } from './board.ts';

/** What a rule is about: figures past a limit, a plan's pace, a turn away from what is usual, or a promise of speed. */
export type Kind = 'threshold' | 'pace' | 'deviation' | 'sla';

/** Whose business it is. `company` is everybody's who sees the whole company. */
export type Area = 'marketing' | 'sales' | 'company' | 'data';

export type RuleName =
  | 'campaign_loss'
  | 'calls_unreturned'
  | 'answers_late'
  | 'stage_stuck'
  | 'complaints_rise'
  | 'leads_fall'
  | 'plan_behind'
  | 'margin_low'
  | 'debts_overdue'
  | 'leads_unworked';

export type SubjectKind = 'campaign' | 'employee' | 'team' | 'stage' | 'product' | 'channel' | 'company';

/** `within` is the pipeline of a stage, the channel of a campaign, the team of an employee. */
export type Subject = { kind: SubjectKind; name: string; within: string | null };

/** Plain numbers by name: sums of measures, and what a sentence says of them. */
export type Figures = Record<string, number>;
export type Limits = Record<string, number>;

/** Names that explain, largest first: people, causes; `count` is what they stand for. */
export type Reason = { key: string; names: string[]; count?: number; share?: number; amount?: number };

/** What of a finding is made of one team's rows, in the same words; `figures` are those that add up over teams. */
export type Share = { team: string; figures: Figures; stake: number; reasons: Reason[] };

/** What a rule has seen. `severity` is 1 at the limit; below `calm` all is well again. */
export type Finding = {
  rule: RuleName;
  /** rules of one topic about one subject tell of one cause */
  topic: string;
  area: Area;
  subject: Subject;
  severity: number;
  /** gross profit at stake, in the reporting currency */
  stake: number;
  figures: Figures;
  limits: Limits;
  range: Range;
  reasons: Reason[];
  /** of what is everybody's: the teams where it is as bad as that, whose heads are told of their share */
  shares?: Share[];
  /** the page where the sum is seen, with its very filters */
  href: string;
};

/** The first day from which the data show it until now; `is_older` where they have shown it for longer than is looked back. */
export type Since = { day: string; is_older: boolean };

export type Rule = {
  name: RuleName;
  kind: Kind;
  topic: string;
  area: Area;
  /** entities without which it says nothing */
  needs: string[];
  /** the views whose figures it judges */
  views: string[];
  /** what is judged: so many days up to the last whole one; a rule of a month or of a moment has none */
  days: number | null;
  limits: Limits;
  look(board: Board): Promise<Finding[]>;
  /** asked once for each new incident */
  since(board: Board, findings: Finding[]): Promise<Map<Finding, Since>>;
};

/** An incident opens at 1 and is over below this: what sways about its limit does not open and close with each load. */
export const calm = 0.85;

export function causeOf({ topic, subject }: Pick<Finding, 'topic' | 'subject'>): string {
  return [topic, subject.kind, subject.within ?? '', subject.name].join('|');
}
