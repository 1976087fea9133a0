/** Excel holds this many UTF-16 units in a cell. */
const longest = 32_767;

/** Text as XML 1.0 can say it: what it cannot becomes `_xHHHH_`, as the format has it (ECMA-376 part 1, 22.9.2.19). */
export function escape(text: string): string {
  const whole = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return (
    whole
      .toWellFormed()
      .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, hex)
      .replace(/\r/g, '_x000D_')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

const hex = (sign: string) => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

/** Names of sheets have 31 signs at most, none of `[]:*?/\`, no apostrophe at an edge, and none twice. */
export function sheetNames(titles: string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const plain = title
      .toWellFormed()
      .replace(/[[\]:*?/\\\p{Cc}\p{Cf}]/gu, ' ')
      .replace(/\s+/g, ' ')
      .replace(/^['\s]+|['\s]+$/g, '');
    for (let count = 1; ; count++) {
      const end = count > 1 ? ` (${count})` : '';
      const name = `${cut(plain || 'Pulse', 31 - end.length)}${end}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}

/** Never through the middle of a pair. */
function cut(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
