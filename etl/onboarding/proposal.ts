import type { EntityName } from '../entities.ts';

/** How one field would be mapped. `column` is what the spec reads; it is '' for a constant. */
export type FieldProposal = {
  column: string;
  format?: string;
  decimal?: ',';
  divide?: number;
  value?: string;
  map?: Record<string, string>;
  /** 0 to 1 */
  confidence: number;
  why: string;
  /** a question that the values leave open */
  ask?: string;
};

export type StreamProposal = {
  from: string;
  name?: string;
  entity: EntityName;
  confidence: number;
  reading?: Record<string, string>;
  key: string[];
  keyAsk?: string;
  cursor?: string;
  /** texts that mean «nothing» */
  empty?: string[];
  fields: Record<string, FieldProposal>;
  /** columns that no field takes */
  unused: string[];
};

export type Proposal = {
  streams: StreamProposal[];
  skipped: { from: string; why: string }[];
  currency: string;
  timezone: string;
};
