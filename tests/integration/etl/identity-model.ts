/** A customer's record, its identifiers in their normal form: «email:…», «phone:…». */
export type Rec = {
  source: string;
  id: string;
  isInferred: boolean;
  isDeleted: boolean;
  known: string[];
  /** id in the source that mapped ids refer to */
  master: string | null;
};
export type Decision = { a: string; b: string; verdict: 'same' | 'different' | 'undecided' };

export const nameOf = ({ source, id }: Rec): string => `${source}/${id}`;

/**
 * Who is who, told from all records at once and in no order: the rules of matching once more, as plainly as they can be.
 * @returns canonical record by record, and the shared identifiers that somebody may decide about
 */
export function match(
  records: Rec[],
  decisions: Decision[],
  sources: string[],
): { canonical: Map<string, string>; open: string[] } {
  const byName = new Map(records.map((record) => [nameOf(record), record]));
  const said = decisions.filter(({ a, b }) => byName.has(a) && byName.has(b));
  const isApart = (a: string, b: string): boolean =>
    said.some((d) => d.verdict === 'different' && ((d.a === a && d.b === b) || (d.a === b && d.b === a)));

  const carriers = new Map<string, Rec[]>();
  for (const record of records) {
    for (const known of record.known) {
      const hidesBehind = records.some(
        (other) =>
          other.source === record.source &&
          !other.isDeleted &&
          !other.isInferred &&
          other.known.includes(known),
      );
      if (!record.isDeleted || !hidesBehind) carriers.set(known, [...(carriers.get(known) ?? []), record]);
    }
  }

  const words = joiner(byName.keys());
  for (const { a, b, verdict } of said) if (verdict === 'same') words.join(a, b);
  const mapped = new Map<string, string[]>();
  for (const record of records) {
    if (record.master === null) continue;
    const target = `crm/${record.master}`;
    if (!isApart(nameOf(record), target))
      mapped.set(target, [...(mapped.get(target) ?? (byName.has(target) ? [target] : [])), nameOf(record)]);
  }
  for (const [first = '', ...rest] of mapped.values()) for (const other of rest) words.join(first, other);

  const isShared = (known: string): boolean => {
    const all = carriers.get(known) ?? [];
    return pairs(all).some(
      ([a, b]) =>
        words.of(nameOf(a)) !== words.of(nameOf(b)) &&
        ((a.source === b.source && !a.isInferred && !b.isInferred) || isApart(nameOf(a), nameOf(b))),
    );
  };
  const chains = joiner(byName.keys());
  for (const name of byName.keys()) chains.join(name, words.of(name));
  for (const [known, [first, ...rest]] of carriers)
    if (first && !isShared(known)) for (const other of rest) chains.join(nameOf(first), nameOf(other));

  const all = pairs(records);
  const brokenChains = new Set<string>();
  const brokenWords = new Set<string>();
  for (const [a, b] of all) {
    const [x, y] = [nameOf(a), nameOf(b)];
    if (chains.of(x) !== chains.of(y)) continue;
    const isListedTwice =
      a.source === b.source && !a.isInferred && !b.isInferred && words.of(x) !== words.of(y);
    if (isListedTwice || isApart(x, y)) brokenChains.add(chains.of(x));
    if (isApart(x, y) && words.of(x) === words.of(y)) brokenWords.add(words.of(x));
  }
  const groupOf = (name: string): string =>
    !brokenChains.has(chains.of(name))
      ? `chain ${chains.of(name)}`
      : brokenWords.has(words.of(name))
        ? name
        : `words ${words.of(name)}`;

  const groups = new Map<string, Rec[]>();
  for (const record of records) {
    const group = groupOf(nameOf(record));
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  const canonical = new Map<string, string>();
  for (const group of groups.values()) {
    const rank = (r: Rec): string =>
      [+r.isDeleted, +r.isInferred, +(r.source !== 'crm'), sources.indexOf(r.source), r.source, r.id].join(
        '\t',
      );
    const [first] = group.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
    for (const record of group) canonical.set(nameOf(record), nameOf(first as Rec));
  }

  const isSettled = (a: string, b: string): boolean =>
    [...(groups.get(a) ?? [])].some((x) =>
      [...(groups.get(b) ?? [])].some(
        (y) => (x.source === y.source && !x.isInferred && !y.isInferred) || isApart(nameOf(x), nameOf(y)),
      ),
    );
  const open = [...carriers.keys()].filter(
    (known) =>
      isShared(known) &&
      pairs(carriers.get(known) ?? []).some(([a, b]) => {
        const [x, y] = [groupOf(nameOf(a)), groupOf(nameOf(b))];
        return x !== y && !isSettled(x, y);
      }),
  );
  return { canonical, open: open.sort() };
}

function joiner(names: Iterable<string>): { of(name: string): string; join(a: string, b: string): void } {
  const parent = new Map([...names].map((name) => [name, name]));
  const of = (name: string): string => {
    const up = parent.get(name) ?? name;
    return up === name ? name : of(up);
  };
  return { of, join: (a, b) => void parent.set(of(a), of(b)) };
}

const pairs = <T>(list: T[]): [T, T][] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));
