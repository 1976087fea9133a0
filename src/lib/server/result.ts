export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;
export type Result = { rows: Row[]; total: number | null };

type Annotations = Record<string, { type?: string }>;
export type RawResult = {
  data?: Row[];
  total?: number | null;
  annotation?: { measures?: Annotations; dimensions?: Annotations; timeDimensions?: Annotations };
};

/** Cube sends numbers as text, to the last digit of a numeric. What the annotation calls a number becomes one. */
export function readResult({ data = [], total, annotation = {} }: RawResult): Result {
  const types = { ...annotation.dimensions, ...annotation.timeDimensions, ...annotation.measures };
  const numeric = Object.keys(types).filter((member) => types[member]?.type === 'number');
  const rows = data.map((raw) => {
    const row: Row = { ...raw };
    for (const member of numeric) row[member] = toNumber(raw[member]);
    return row;
  });
  return { rows, total: typeof total === 'number' ? total : null };
}

/** What cannot be read is null, never 0. */
export function toNumber(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
