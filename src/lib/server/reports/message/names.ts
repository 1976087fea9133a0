const longest = 18;

/**
 * Names as they stand beside bars, where long ones are cut at the end. Those that begin alike would be cut to
 * the same text, so they lose their common beginning instead: `…«North-West»`, `…«Centre»`.
 */
export function tellApart(names: string[]): string[] {
  return names.map((name) => {
    if (name.length <= longest) return name;
    const start = name.slice(0, longest - 4);
    const alike = names.filter((other) => other !== name && other.startsWith(start));
    if (alike.length === 0) return name;
    const common = alike.reduce((kept, other) => commonStart(kept, other), name);
    const words = common.slice(0, common.search(/[^\s«"(]*$/u)).replace(/[«"(]+$/u, '');
    return `…${name.slice(words.length)}`;
  });
}

function commonStart(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a.slice(0, at);
}
