/** One thing the palette leads to. `also` is what it is found by beside its title: the other language, its own name. */
export type Entry = { id: string; kind: EntryKind; title: string; also: string; note: string; href: string };

export const entryKinds = ['page', 'action', 'metric', 'view', 'person', 'customer', 'source'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** What the server adds to the pages and actions that the browser knows by itself. */
export type Found = { entries: Entry[]; isIncomplete: boolean };
