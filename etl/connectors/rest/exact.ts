/**
 * JSON whose long numbers stay as they are written: JavaScript would round an id of more than 15 digits, and knows
 * no number of more than 308.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(writeExactly(text));
}

/** The same JSON with such numbers as texts. Texts are stepped over, however long: a pattern would run out of stack. */
export function writeExactly(text: string): string {
  if (!unsafeNumber.test(text)) return text;
  let written = '';
  for (let from = 0; ;) {
    const start = text.indexOf('"', from);
    written += text.slice(from, start < 0 ? undefined : start).replace(numbers, keep);
    const end = start < 0 ? -1 : endOfString(text, start);
    if (start >= 0) written += text.slice(start, end < 0 ? undefined : end + 1);
    if (end < 0) return written;
    from = end + 1;
  }
}

/** Where the string that begins here ends; -1 where it does not. */
export function endOfString(text: string, start: number): number {
  let end = start;
  for (let isOpen = true; isOpen && end >= 0;) {
    end = text.indexOf('"', end + 1);
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    isOpen = slashes % 2 === 1;
  }
  return end;
}

const unsafeNumber = /\d[\d.]{15,}|\d[eE][+-]?\d{3}/;
const numbers = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function keep(number: string): string {
  return number.length > 15 || /[eE][+-]?\d{3}/.test(number) ? `"${number}"` : number;
}
