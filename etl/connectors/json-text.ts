import { SourceError } from './connector.ts';
import { endOfString } from './rest/exact.ts';
import { faults } from './rules.ts';

/** The text of one JSON value and its place: a line number, or its index in a list. */
export type JsonText = { text: string; at: number; problem?: string };

const longest = 64 << 20;
const shown = 1000;

/** The lines of a text that are not blank. A line without an end costs no more memory than the longest allowed. */
export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<JsonText> {
  let parts: string[] = [];
  let size = 0;
  let at = 1;
  const end = (): JsonText | null => {
    const line = parts.join('');
    const isLong = size > longest;
    parts = [];
    size = 0;
    if (isLong) return { text: line.slice(0, shown), at, problem: faults.long(longest >> 20) };
    return line.trim() ? { text: line, at } : null;
  };
  const add = (part: string): void => {
    size += part.length;
    if (size <= longest) parts.push(part);
    else if (parts.length > 1) parts = [parts.join('').slice(0, shown)];
  };
  for await (const chunk of text) {
    let from = 0;
    for (let to = chunk.indexOf('\n'); to >= 0; to = chunk.indexOf('\n', from)) {
      add(chunk.slice(from, to));
      const line = end();
      if (line) yield line;
      at++;
      from = to + 1;
    }
    add(chunk.slice(from));
  }
  const last = end();
  if (last) yield last;
}

const structure = /["{}[\],:]/g;
const stringEnd = /["\\]/g;

/**
 * The items of one list of a JSON document, each as its own text: the document never stands in memory as a whole.
 * @param path keys that lead to the list, e.g. `data`, `items`; none where the document is the list
 * @throws SourceError where there is no such list, or the document ends within it
 */
export async function* readJsonList(
  text: AsyncIterable<string>,
  path: string[],
  name: string,
): AsyncGenerator<JsonText> {
  const open: { kind: string; key: string | null }[] = [];
  const lists: string[] = [];
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let string = '';
  let item: string[] = [];
  let size = 0;
  let at = 0;
  const end = (): JsonText | null => {
    const whole = item.join('');
    const isLong = size > longest;
    item = [];
    size = 0;
    if (isLong) return { text: whole.slice(0, shown), at: at++, problem: faults.long(longest >> 20) };
    return whole.trim() ? { text: whole, at: at++ } : null;
  };
  const add = (part: string): void => {
    size += part.length;
    if (size <= longest) item.push(part);
    else if (item.length > 1) item = [item.join('').slice(0, shown)];
  };
  const here = (): string[] | null =>
    open.every(({ kind }) => kind === '{') ? open.map(({ key }) => key ?? '') : null;

  for await (const chunk of text) {
    let from = 0;
    let i = 0;
    if (isEscaped) {
      isEscaped = false;
      i = 1;
    }
    while (i < chunk.length) {
      const pattern = isString ? stringEnd : structure;
      pattern.lastIndex = i;
      const found = pattern.exec(chunk);
      if (isString && !depth) string += chunk.slice(i, found ? found.index : undefined);
      if (!found) break;
      const mark = found[0];
      i = found.index + 1;
      if (isString) {
        if (mark === '"') isString = false;
        else if (i === chunk.length) isEscaped = true;
        else string += depth ? '' : chunk.slice(i - 1, i + 1);
        if (mark !== '"') i++;
        continue;
      }
      if (mark === '"') {
        isString = true;
        string = '';
      } else if (mark === ':') {
        const top = open.at(-1);
        if (top && !depth) top.key = string;
      } else if (mark === '{' || mark === '[') {
        const way = mark === '[' && !depth ? here() : null;
        if (way && lists.length < 5) lists.push(['$', ...way].join('.'));
        open.push({ kind: mark, key: null });
        if (way?.join('.') === path.join('.')) {
          depth = open.length;
          from = i;
        }
      } else {
        const isItem = depth === open.length && depth > 0;
        if (isItem && mark !== '}') {
          add(chunk.slice(from, i - 1));
          from = i;
          const whole = end();
          if (whole) yield whole;
        }
        if (mark !== ',') open.pop();
        if (isItem && mark !== ',') return;
      }
    }
    if (depth) add(chunk.slice(from));
  }
  if (depth || open.length) throw new SourceError(`${name} ends early: is it still being written?`);
  const asked = ['$', ...path].join('.');
  const others = lists.filter((list) => list !== asked);
  throw new SourceError(
    `${name} has no list of rows at ${asked}${others.length ? `; set «records», there is ${others.join(', ')}` : ''}`,
  );
}

/** How deep lists and objects lie in each other in a JSON text. */
export function isDeep(text: string, limit = 500): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
      if (i < 0) return false;
    } else if (code === 91 || code === 123) {
      if (++depth > limit) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}
