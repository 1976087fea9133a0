import type { Company } from './company.ts';
import type { Row } from './table.ts';

/** What a subject works with. */
export type Bench = {
  /** the checkout */
  root: string;
  deals: number;
  /** the company of so many deals, made once and shared by the subjects of a run */
  company(deals?: number): Promise<Company>;
  /** a PostgreSQL for databases of the subject's own, and what migrates one */
  cluster<T>(
    work: (cluster: { adminUrl: string; migrate(url: string): Promise<void> }) => Promise<T>,
  ): Promise<T>;
  log(line: string): void;
};

/** A table with what it measured and against what. */
export type Table = { title: string; about: string; rows: Row[] };
export type Subject = (bench: Bench) => Promise<Table[]>;
