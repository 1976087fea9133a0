import { faults, note, repairs, type Rules } from './rules.ts';

export type CsvRecord = {
  cells: string[];
  /** number of its first line in the file */
  line: number;
  problem?: string;
  /** the last one, and no line break ends it */
  isOpen?: true;
};

export type CsvForm = { delimiter: string; quote: string; rules: Rules };

const longest = 8 << 20;
/** a file with so many broken quotes is not searched to its end for each of them */
const patience = 20;

type Found = { cells: string[]; next: number; problem?: string };

/**
 * The records of a CSV text. A quote that is never closed costs its own line, not those that follow: reading goes on
 * with the next one. A line without an end costs no more memory than the longest that is allowed.
 */
export async function* readRecords(text: AsyncIterable<string>, form: CsvForm): AsyncGenerator<CsvRecord> {
  let rest = '';
  let waiting: string[] = [];
  let size = 0;
  let wanted = 0;
  let line = 1;
  let failures = 0;
  let isSkipping = false;
  let eol = '';

  const take = function* (whole: string, isEnd: boolean): Generator<CsvRecord> {
    let at = 0;
    let quoteAt = -1;
    const nextQuote = (from: number): number => {
      if (quoteAt < from) quoteAt = whole.indexOf(form.quote, from);
      if (quoteAt < 0) quoteAt = Infinity;
      return quoteAt;
    };
    if (isSkipping) {
      at = whole.indexOf(eol) + 1;
      if (!at) return void (rest = '');
      isSkipping = false;
      line++;
    }
    while (at < whole.length) {
      const end = whole.indexOf(eol, at);
      let found: Found | null;
      if (end < 0 && !isEnd) found = whole.length - at > longest ? tooLong(whole, at) : null;
      else if (nextQuote(at) >= (end < 0 ? whole.length : end)) found = plain(whole, at, end);
      else found = scan(whole, at, isEnd, eol, form, failures < patience);
      if (!found && whole.length - at > longest) found = unclosed(whole, at, end);
      if (!found) break;
      if (found.problem === faults.quote && ++failures === patience) note(form.rules, repairs.noLines);
      const [first = ''] = found.cells;
      if (first.startsWith('\ufeff')) {
        found.cells[0] = first.slice(1);
        note(form.rules, repairs.mark);
      }
      if (found.cells.length > 1 || found.cells[0] !== '' || found.problem !== undefined)
        yield {
          cells: found.cells,
          line,
          ...(found.problem !== undefined && { problem: found.problem }),
          ...(isEnd && found.next > whole.length && { isOpen: true as const }),
        };
      for (let n = whole.indexOf(eol, at); n >= 0 && n < found.next; n = whole.indexOf(eol, n + 1)) line++;
      at = found.next;
    }
    rest = whole.slice(at);
  };

  const plain = (whole: string, at: number, end: number): Found => ({
    cells: cut(whole.slice(at, end < 0 ? undefined : end)),
    next: end < 0 ? whole.length + 1 : end + 1,
  });
  const cut = (own: string): string[] => (own.endsWith('\r') ? own.slice(0, -1) : own).split(form.delimiter);
  const unclosed = (whole: string, at: number, end: number): Found =>
    end < 0 ? tooLong(whole, at) : { ...plain(whole, at, end), problem: faults.quote };
  const tooLong = (whole: string, at: number): Found => {
    isSkipping = true;
    const start = whole.slice(at, at + (1 << 16));
    return { cells: cut(start), next: whole.length, problem: faults.long(longest >> 20) };
  };

  for await (const part of text) {
    waiting.push(part);
    size += part.length;
    if (size < wanted) continue;
    const whole = waiting.length > 1 ? waiting.join('') : part;
    eol ||= findEol(whole);
    yield* take(whole, false);
    waiting = rest ? [rest] : [];
    size = rest.length;
    // A record that did not fit is looked at again when there is twice as much of it.
    wanted = Math.min(size * 2, longest + 1);
  }
  const last = waiting.join('');
  eol ||= findEol(last);
  yield* take(last, true);
}

/** Old systems end lines by a carriage return alone. */
const findEol = (text: string): string => (text.includes('\n') || !text.includes('\r') ? '\n' : '\r');

/** One record that holds quotes; null where its end is not there yet. */
function scan(
  text: string,
  from: number,
  isEnd: boolean,
  eol: string,
  { delimiter, quote, rules }: CsvForm,
  mayCross: boolean,
): Found | null {
  const firstEnd = text.indexOf(eol, from);
  const broken = (): Found => ({
    cells: text
      .slice(from, firstEnd < 0 ? undefined : firstEnd)
      .replace(/\r$/, '')
      .split(delimiter),
    next: firstEnd < 0 ? text.length + 1 : firstEnd + 1,
    problem: faults.quote,
  });
  const cells: string[] = [];
  let at = from;
  let relaxed = 0;
  for (;;) {
    if (text[at] === quote) {
      let cell = '';
      let start = at + 1;
      for (let search = start; ;) {
        const close = text.indexOf(quote, search);
        if (close < 0 || (!mayCross && firstEnd >= 0 && close > firstEnd))
          return isEnd || !mayCross ? broken() : null;
        const after = text[close + 1];
        if (after === undefined && !isEnd) return null;
        if (after === quote) {
          cell += text.slice(start, close + 1);
          start = search = close + 2;
        } else if (after === undefined || after === delimiter || after === '\n' || after === '\r') {
          cell += text.slice(start, close);
          at = close + 1;
          break;
        } else {
          // A quote in the middle of a quoted cell is text, unless lines lie between: then the first was never closed.
          if (firstEnd >= 0 && firstEnd < close) return broken();
          relaxed++;
          search = close + 1;
        }
      }
      cells.push(cell);
    } else {
      let end = text.indexOf(eol, at);
      if (end < 0) {
        if (!isEnd) return null;
        end = text.length;
      }
      const next = text.indexOf(delimiter, at);
      const isLast = next < 0 || next > end;
      const cell = text.slice(at, isLast ? end : next);
      cells.push(isLast && cell.endsWith('\r') ? cell.slice(0, -1) : cell);
      at = isLast ? end : next;
    }
    if (text[at] === delimiter) {
      at++;
      continue;
    }
    if (relaxed) note(rules, repairs.quote, relaxed);
    if (text[at] === '\r' && eol === '\n') at++;
    return { cells, next: text[at] === undefined || text[at] === eol ? at + 1 : at };
  }
}
