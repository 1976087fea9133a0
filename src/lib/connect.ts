import type { BlockState } from './page.ts';

type Part = { title: string; state: BlockState; needs?: string[] };

/** What a page cannot show yet: what has to be connected, and the titles of what waits for it. */
export type Waiting = { entity: string; titles: string[] };

export const isConnected = ({ state }: Pick<Part, 'state'>): boolean => state !== 'not_connected';

/** By what is missing, that for which most waits first. */
export function waitingFor(parts: Part[]): Waiting[] {
  const titles = new Map<string, Set<string>>();
  for (const { title, needs = [] } of parts.filter((part) => !isConnected(part)))
    for (const entity of needs) titles.set(entity, (titles.get(entity) ?? new Set()).add(title));
  return [...titles]
    .map(([entity, some]) => ({ entity, titles: [...some].filter(Boolean) }))
    .sort((a, b) => b.titles.length - a.titles.length);
}
