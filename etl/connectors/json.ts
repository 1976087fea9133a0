/**
 * The value at a path such as `$.data.items` or `contact.name`; undefined where the path ends early.
 * `[name=text]` is the item of a list whose `name` is that text; `[*]` goes through all items of a list and gives
 * what lies below them as one list, where each object also holds as `_parent` the plain values of its item.
 */
export function pick(value: unknown, path: string): unknown {
  return walk(value, path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [], 0);
}

function walk(value: unknown, steps: string[], at: number): unknown {
  const step = steps[at];
  if (step === undefined) return value;
  if (value === null || typeof value !== 'object') return undefined;
  if (step === '*') return Object.values(value).flatMap((each) => adopt(walk(each, steps, at + 1), each));
  const split = Array.isArray(value) ? step.indexOf('=') : -1;
  if (split < 0) return walk((value as Record<string, unknown>)[step], steps, at + 1);
  const [name, text] = [step.slice(0, split), step.slice(split + 1)];
  const item = (value as Record<string, unknown>[]).find((each) => String(each?.[name]) === text);
  return walk(item, steps, at + 1);
}

function adopt(below: unknown, parent: unknown): unknown[] {
  const plain = Object.entries(Object(parent)).filter(([, value]) => typeof value !== 'object');
  return [below ?? []].flat().map((child: unknown) => {
    const isObject = child !== null && typeof child === 'object' && !Array.isArray(child);
    return isObject ? { _parent: Object.fromEntries(plain), ...child } : child;
  });
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
