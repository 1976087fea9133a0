/** The value at a path such as `$.data.items`, `contact.name`, `pipelines[*].stages`; undefined where the path ends early. */
export function pick(value: unknown, path: string): unknown {
  return walk(value, path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [], 0);
}

function walk(value: unknown, steps: string[], at: number): unknown {
  const step = steps[at];
  if (step === undefined) return value;
  if (value === null || typeof value !== 'object') return undefined;
  if (step === '*') return Object.values(value).flatMap((each) => walk(each, steps, at + 1) ?? []);
  return walk((value as Record<string, unknown>)[step], steps, at + 1);
}

/** A JSON value as the text that lands: nothing for null, JSON for what is made of parts. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One row reduced to the columns that a mapping wants. A column may be a key as it stands or a path. */
export function toValues(row: unknown, wanted: string[]): (string | null)[] {
  const object = row !== null && typeof row === 'object' ? (row as Record<string, unknown>) : {};
  return wanted.map((column) => toText(column in object ? object[column] : pick(row, column)));
}
