import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A mapping file over the kinds of source, for one real system: a `sources:` fragment with a head of comments. */
export type Preset = {
  name: string;
  /** first line of the head: what it is for */
  title: string;
  /** the vendor's schema or API, its version, and the documents that it was written against */
  against: string;
  /** environment variables that its source needs */
  needs: string[];
  kind: string;
  entities: string[];
  text: string;
};

const folder = join(import.meta.dirname, 'presets');

/** The names of all presets, sorted. */
export function listPresets(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** @returns null where there is no preset of that name */
export function readPreset(name: string): Preset | null {
  if (!listPresets().includes(name)) return null;
  const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
  const { sources } = parse(text) as {
    sources: Record<string, { kind: string; streams: { entity: string }[] }>;
  };
  const head = text.split('\n').filter((line) => line.startsWith('# '));
  const lines = text.replace(/^\s*#.*$/gm, '');
  const all = Object.values(sources);
  return {
    name,
    title: head[0]?.slice(2) ?? name,
    against: /^# Against: (.*(?:\n# {3}.*)*)/m.exec(text)?.[1]?.replace(/\n# +/g, ' ') ?? '',
    needs: [...new Set([...lines.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] as string))],
    kind: [...new Set(all.map(({ kind }) => kind))].join(', '),
    entities: [...new Set(all.flatMap(({ streams }) => streams.map(({ entity }) => entity)))],
    text,
  };
}
