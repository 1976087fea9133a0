import { distance } from 'fastest-levenshtein';
import type { Catalogue, Member } from './catalogue.ts';

const most = 3;

/** Case, number and what joins words make no difference: `WonAmounts` is `won_amount`. */
function simplify(text: string): string {
  return text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/ё/g, 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/(?<=\w{2}[^s])s$/, ''))
    .filter((word) => word !== '')
    .join('_');
}

/** 0 is the same; 1 has nothing in common. */
function differ(a: string, b: string): number {
  return a === b ? 0 : distance(a, b) / Math.max(a.length, b.length, 1);
}

function rank(asked: string, { name, title }: Member): number {
  const [askedView, askedMember] = split(asked);
  const [view, member] = split(name);
  const byName = differ(simplify(askedMember), simplify(member));
  const byTitle = Math.min(
    ...[title.en, title.ru].map((one) => differ(simplify(askedMember), simplify(one))),
  );
  // The same word in another view is near, in the view that was asked for nearer.
  return Math.min(byName, byTitle + 0.05) + (askedView === '' ? 0 : 0.2 * differ(simplify(askedView), view));
}

function split(name: string): [view: string, member: string] {
  const at = name.indexOf('.');
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}

/** The names nearest to one that does not exist, by name or by title in either language; at most three. */
export function suggest(asked: string, members: Iterable<Member>): string[] {
  const ranked = [...members]
    .map((member) => ({ name: member.name, far: rank(asked, member) }))
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name));
  const best = ranked[0]?.far ?? 1;
  // What is much farther than the nearest only distracts from it.
  return ranked
    .filter(({ far }) => far <= Math.min(0.5, best + 0.2))
    .slice(0, most)
    .map(({ name }) => name);
}

type Named = string | { member?: unknown; dimension?: unknown; and?: Named[]; or?: Named[] };

/** Every name in a query that the catalogue does not have, with where it stands. */
export function unknownMembers(query: object, { metrics, dimensions }: Catalogue): string[] {
  const asked = query as Record<
    'measures' | 'dimensions' | 'timeDimensions' | 'filters',
    Named[] | undefined
  >;
  const list = (named: Named[] | undefined): string[] =>
    Array.isArray(named)
      ? named.flatMap((one) => {
          if (typeof one === 'string') return [one];
          if (!one || typeof one !== 'object') return [];
          const own = one.member ?? one.dimension;
          return [...(typeof own === 'string' ? [own] : []), ...list(one.and), ...list(one.or)];
        })
      : [];
  const known = (name: string) => metrics.has(name) || dimensions.has(name);
  const names = [asked.measures, asked.dimensions, asked.timeDimensions, asked.filters].flatMap(list);
  // A time dimension may be named with its grain.
  return [...new Set(names)].filter((name) => !known(name) && !known(name.replace(/\.[a-z]+$/, '')));
}

/** What to say about names that do not exist; null when all do. */
export function correct(query: object, catalogue: Catalogue): string | null {
  const sentences = unknownMembers(query, catalogue).map((name) => {
    const near = suggest(name, [...catalogue.metrics.values(), ...catalogue.dimensions.values()]);
    return near.length
      ? `${name} does not exist: did you mean ${near.join(' or ')}?`
      : `${name} does not exist.`;
  });
  return sentences.length ? sentences.join(' ') : null;
}
