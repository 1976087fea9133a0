/** What the server in front of the app lets through by itself, too. */
export const largest = 512 * 1024;

/** The bytes of a request; null as soon as they are too many. */
export async function readBody(request: Request): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > largest) return null;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > largest) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The text of a list of JSON objects; a single object is a list of one. Null where it is neither. */
export function readRows(body: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    const rows = Array.isArray(value) ? value : [value];
    const areObjects = rows.every((row) => row !== null && typeof row === 'object' && !Array.isArray(row));
    if (!areObjects) return null;
    // PostgreSQL keeps no NUL in a text.
    const clean = text.replace(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1');
    return Array.isArray(value) ? clean : `[${clean}]`;
  } catch {
    return null;
  }
}
