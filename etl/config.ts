import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { validate as isCron } from 'node-cron';
import { LineCounter, isScalar, parseDocument, visit, type Document } from 'yaml';
import { z } from 'zod';
import { matchFiles } from './connectors/file-list.ts';
import { givenPaths } from './chosen.ts';
import { configSchema, type Config, type Source, type Stream } from './config-schema.ts';
import { entities, fieldsOf } from './entities.ts';

export type { FieldSpec } from './config-fields.ts';
export type { Config, Source, Stream } from './config-schema.ts';
export type { FilesSource, RestSource, SqlSource } from './config-sources.ts';

export type Problem = { file: string; line: number; column: number; key: string; message: string };

/** A configuration that cannot be used. It names places and keys, never values: they may be secrets. */
export class ConfigError extends Error {
  problems: Problem[];
  constructor(problems: Problem[]) {
    super(
      problems
        .map((p) => `${p.file}:${p.line}:${p.column}${p.key ? ` ${p.key}` : ''}: ${p.message}`)
        .join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads and checks a `pulse.yaml`: form, names of entities and fields, time zones, cron lines, files.
 * `${NAME}` in a text is replaced from the environment.
 * @throws ConfigError with every problem found, each with file, line and key.
 */
export function readConfig(path: string, env: NodeJS.ProcessEnv = process.env): Config {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigError([{ file, line: 1, column: 1, key: '', message: 'there is no such file' }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [];
  const report = (keys: PropertyKey[], message: string): void => {
    problems.push({ file, ...locate(document, keys, lines), key: keys.map(String).join('.'), message });
  };

  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    problems.push({
      file,
      line,
      column: col,
      key: '',
      message: error.message.split('\n')[0] ?? 'broken YAML',
    });
  }
  if (problems.length) throw new ConfigError(problems);

  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || !node.value.includes('${')) return;
      node.value = node.value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        const { line, col } = lines.linePos(node.range?.[0] ?? 0);
        problems.push({
          file,
          line,
          column: col,
          key: name,
          message: 'this environment variable is not set',
        });
        return '';
      });
    },
  });

  const parsed = configSchema.safeParse(document.toJS());
  if (!parsed.success) {
    for (const issue of parsed.error.issues) describe(issue, [], report);
    throw new ConfigError(problems);
  }
  const config: Config = { ...parsed.data, path: file, given: givenPaths(document.toJS()) };
  for (const [name, source] of Object.entries(config.sources)) checkSource(name, source, config, report);
  if (problems.length) throw new ConfigError(problems);
  return config;
}

/** The name under which a stream's landings, cursors and runs are kept. */
export function streamName(stream: Stream): string {
  return stream.name ?? stream.entity;
}

/** JSON Schema of `pulse.yaml`, for completion in editors. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
}

type Report = (keys: PropertyKey[], message: string) => void;

function checkSource(name: string, source: Source, config: Config, report: Report): void {
  const at = ['sources', name];
  if (source.schedule !== undefined && !isCron(source.schedule)) {
    report([...at, 'schedule'], 'expected a cron line such as */15 * * * *');
  }
  const seen = new Set<string>();
  source.streams.forEach((stream, index) => {
    const where = [...at, 'streams', index];
    if (seen.has(streamName(stream))) {
      report(
        [...where, 'entity'],
        `a second stream of ${stream.entity} in this source: give it a «name» of its own`,
      );
    }
    seen.add(streamName(stream));
    checkFields(stream, where, report);
    for (const [field, other] of Object.entries(stream.refs ?? {})) {
      const { ref, same } = fieldsOf(stream.entity)[field] ?? {};
      if (!ref && !same) {
        report([...where, 'refs', field], `${field} of ${stream.entity} is not a reference`);
      } else if (!config.sources[other]) {
        report(
          [...where, 'refs', field],
          `there is no source of that name${suggest(other, Object.keys(config.sources))}`,
        );
      }
    }
    if (source.kind === 'files') {
      const { files, pattern } = matchFiles(
        source.path,
        'from' in stream ? stream.from : undefined,
        config.path,
      );
      if (!files.length)
        report([...where, 'from' in stream && stream.from ? 'from' : 'entity'], `no file at ${pattern}`);
    }
  });
}

function checkFields(stream: Stream, where: PropertyKey[], report: Report): void {
  const known = fieldsOf(stream.entity);
  for (const field of Object.keys(stream.fields)) {
    if (!known[field]) {
      report(
        [...where, 'fields', field],
        `${stream.entity} has no such field${suggest(field, Object.keys(known))}`,
      );
    }
  }
  for (const [field, { required }] of Object.entries(known)) {
    if (!required || field in stream.fields || (field === 'source_id' && stream.key)) continue;
    report([...where, 'fields'], `${stream.entity} needs the field ${field}`);
  }
  for (const group of entities[stream.entity].oneOf ?? []) {
    if (!group.some((field) => field in stream.fields)) {
      report([...where, 'fields'], `${stream.entity} needs one of ${group.join(', ')}`);
    }
  }
}

/** Zod tells of a union only that no branch fits: the branch that the author meant says more. */
function describe(issue: z.core.$ZodIssue, base: PropertyKey[], report: Report): void {
  const keys = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) report([...keys, key], 'unknown key');
  } else if (issue.code === 'invalid_union' && issue.errors.length) {
    const deepest = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
    for (const inner of deepest) describe(inner, keys, report);
  } else if (issue.code === 'invalid_value') {
    report(keys, `expected one of ${issue.values.map(String).join(', ')}`);
  } else if (issue.code === 'invalid_type') {
    report(
      keys,
      issue.input === undefined
        ? `expected ${issue.expected}, there is nothing`
        : `expected ${issue.expected}`,
    );
  } else if (issue.code === 'invalid_key') {
    for (const inner of issue.issues) report(keys, inner.message);
  } else {
    report(keys, issue.message);
  }
}

function depth(issues: z.core.$ZodIssue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

function suggest(name: string, known: string[]): string {
  if (!known.length) return '';
  const nearest = closest(name, known);
  return distance(name, nearest) <= 3 ? `; did you mean ${nearest}?` : `; there are ${known.join(', ')}`;
}

function locate(
  document: Document,
  keys: PropertyKey[],
  lines: LineCounter,
): { line: number; column: number } {
  for (let length = keys.length; length >= 0; length--) {
    const path = keys.slice(0, length);
    const last = path.at(-1);
    const parent = length ? document.getIn(path.slice(0, -1), true) : document.contents;
    const pair =
      parent && typeof parent === 'object' && 'items' in parent
        ? (parent.items as unknown[]).find(
            (item) =>
              item &&
              typeof item === 'object' &&
              'key' in item &&
              isScalar(item.key) &&
              String(item.key.value) === String(last),
          )
        : undefined;
    const node =
      (pair as { key?: unknown } | undefined)?.key ??
      (length ? document.getIn(path, true) : document.contents);
    const range =
      node && typeof node === 'object' && 'range' in node ? (node.range as [number] | null) : null;
    if (range) {
      const { line, col } = lines.linePos(range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}
