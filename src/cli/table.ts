/** Prints rows as columns that line up; the widest cell decides, long texts are cut. */
export function printTable(rows: Record<string, unknown>[], width = 60): void {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => printCell(row[name], width)))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function printCell(value: unknown, width: number): string {
  if (value === null || value === undefined) return '–';
  const text =
    value instanceof Date ? value.toISOString().slice(0, 19) + 'Z' : String(value).replace(/\s+/g, ' ');
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
