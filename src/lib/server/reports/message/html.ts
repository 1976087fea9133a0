/** Text that is already HTML. Everything else that gets into a template is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | undefined | false | Part[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escape(text: string): string {
  return clean(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** The only way HTML is made here, so a name can never be markup. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, at) => text + print(parts[at - 1]) + string));
}

function print(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(print).join('');
  return part instanceof Html ? part.text : escape(String(part));
}

/** Signs that are never seen but turn text around or end a line where none should end. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

export function clean(text: string): string {
  return text.replace(unseen, ' ');
}

/** One line for a header: nothing in it can start another header. */
export function cleanLine(text: string, longest = 200): string {
  const line = clean(text).replace(/ {2,}/g, ' ').trim();
  const signs = [...line];
  return signs.length > longest
    ? `${signs
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
    : line;
}
