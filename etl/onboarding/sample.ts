/** A table as it was looked at: a file, a sheet or a table of a database, with rows enough to judge. */
export type Sample = {
  /** name of the file or table, as `from` takes it */
  from: string;
  columns: string[];
  rows: (string | null)[][];
  /** the table has no more rows than these */
  isWhole: boolean;
  /** what has to be declared so that it is read: where the rows of a document are */
  reading?: Record<string, string>;
  /** what was found out about it */
  detected?: Record<string, unknown>;
};

export function cellsOf(sample: Sample, column: string): (string | null)[] {
  const at = sample.columns.indexOf(column);
  return sample.rows.map((row) => row[at] ?? null);
}
