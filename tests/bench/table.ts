export type Row = Record<string, string>;

/** Rows as a Markdown table, columns in the order of the first row. */
export function toMarkdown(rows: Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(names),
    line(names.map(() => '---')),
    ...rows.map((row) => line(names.map((name) => row[name] ?? ''))),
  ].join('\n');
}
