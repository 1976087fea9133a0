import type { Readable } from 'node:stream';

/** A row as its source gave it: texts by column, null where there is nothing. */
export type Landing = {
  /** columns of the rows, in order */
  columns: string[];
  rows: AsyncIterable<LandedRow>;
  /** the same rows as whole CSV files that PostgreSQL may read by itself, where they are regular */
  bulk?: BulkFile[];
  /** what was found out about the source: encoding, delimiter, sheet … */
  detected?: Record<string, unknown>;
};

export type BulkFile = {
  name: string;
  delimiter: string;
  quote: string;
  /** columns of the landing, in the order of this file */
  columns: string[];
  /** the file in UTF-8, with its header; fails where PostgreSQL would not read it as people do */
  open(): Readable;
};

export type LandedRow = {
  /** where the row stands in its source, in words a person can follow: `deals.csv:17` */
  position: string;
  values: (string | null)[];
  /** the whole row as JSON, where `values` hold only a part of it */
  raw?: string;
  /** why the row cannot be taken as it stands */
  problem?: string;
};

/** What a connector needs to read one stream. */
export type Request = {
  /** columns that the mapping uses: JSON and SQL rows are reduced to them and to the row itself */
  wanted: string[];
  /** text of the cursor where the last committed load ended */
  since: string | null;
  /** all of the source is wanted, whatever it remembers of the last load by itself */
  isWhole?: boolean;
  configPath: string;
  signal: AbortSignal;
};

/** An error in what a source is or gives, told in a sentence that says what to do. */
export class SourceError extends Error {
  override name = 'SourceError';
  /** trying again later gives the same: somebody has to change the settings or the source */
  isLasting: boolean;
  constructor(message: string, patience: 'passing' | 'lasting' = 'passing') {
    super(message);
    this.isLasting = patience === 'lasting';
  }
}
