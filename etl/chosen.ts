import type { Client } from 'pg';
import { configSchema, type Config } from './config-schema.ts';

/** The parts of `pulse.yaml` that may be chosen in the product where the file says nothing. */
const open = ['limits', 'incidents'] as const;
type Part = (typeof open)[number];

/** Paths such as `limits.churn_days` of what a file says of those parts itself. */
export function givenPaths(document: unknown): string[] {
  const parts = (document ?? {}) as Record<string, unknown>;
  return open.flatMap((part) => pathsIn(parts[part], part));
}

function pathsIn(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, `${path}.${key}`));
}

/**
 * The configuration with what administrators chose in the product. What the file says stays; a choice that does not
 * fit, as after a change of version, is left out and nothing else with it.
 */
export async function withChosen(client: Client, config: Config): Promise<Config> {
  const { rows } = await client.query<{ key: string; value: unknown }>(
    'select key, value from app.settings order by key',
  );
  return rows.reduce((sofar, { key, value }) => choose(sofar, key, value), config);
}

function choose(config: Config, key: string, value: unknown): Config {
  const [part, ...path] = key.split('.');
  if (!open.includes(part as Part) || isGiven(config.given, key)) return config;
  const name = part as Part;
  const parsed = configSchema.shape[name].safeParse(withValue(config[name], path, value));
  return parsed.success ? { ...config, [name]: parsed.data } : config;
}

/** A file that gives one of `quiet.from` and `quiet.to` gives both, since it must. */
const isGiven = (given: string[], key: string): boolean =>
  given.some((path) => path === key || path.startsWith(`${key}.`));

function withValue(within: unknown, [first, ...rest]: string[], value: unknown): unknown {
  if (first === undefined) return value;
  const known = (within ?? {}) as Record<string, unknown>;
  return {
    ...known,
    [first]: withValue(Object.hasOwn(known, first) ? known[first] : undefined, rest, value),
  };
}
