import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, jsonSchema, readConfig } from '../../../etl/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'pulse config '));
writeFileSync(join(folder, 'deals.csv'), 'id,manager\n1,Anna\n');

function write(text: string): string {
  const path = join(folder, 'pulse.yaml');
  writeFileSync(path, text);
  return path;
}

function problemsOf(
  text: string,
  env: NodeJS.ProcessEnv = {},
): { line: number; key: string; message: string }[] {
  try {
    readConfig(write(text), env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

const good = `reporting: { timezone: Europe/Moscow, currency: RUB }
sources:
  crm:
    kind: files
    path: .
    streams:
      - from: deals.csv
        entity: deals
        key: id
        fields:
          owner_id: manager
`;

test('the address of a record names its id', () => {
  const told = (form: string) =>
    good.replace('        key: id\n', `        key: id\n        record_url: ${form}\n`);
  expect(problemsOf(told('https://crm.example.com/deals/{id}'))).toEqual([]);
  for (const form of ['https://crm.example.com/deals', 'javascript:alert({id})', '/deals/{id}'])
    expect(problemsOf(told(form))[0]?.message, form).toContain('expected an address with {id}');
});

describe('a configuration that is right', () => {
  test('is read with its limits filled in', () => {
    const config = readConfig(write(good));
    expect(config.reporting).toEqual({ timezone: 'Europe/Moscow', currency: 'RUB', language: 'en' });
    expect(config.limits.first_response_hours).toBe(24);
    expect(config.limits.contact_days.gold).toBe(14);
  });

  test('takes secrets from the environment', () => {
    const text = good.replace('path: .', 'path: ${FOLDER}');
    expect(readConfig(write(text), { FOLDER: '.' }).sources.crm).toMatchObject({ path: '.' });
  });

  test('has a JSON Schema for editors', () => {
    expect(jsonSchema()).toMatchObject({ type: 'object', required: ['reporting', 'sources'] });
  });
});

describe('a configuration that is wrong names line and key', () => {
  const cases: [name: string, from: string, to: string, line: number, key: string, message: RegExp][] = [
    ['unknown key', 'path: .', 'path: .\n    pathh: x', 6, 'sources.crm.pathh', /unknown key/],
    ['unknown top key', 'sources:', 'sourcez: 1\nsources:', 2, 'sourcez', /unknown key/],
    ['wrong type', 'path: .', 'path: [1]', 5, 'sources.crm.path', /expected string/],
    ['unknown kind', 'kind: files', 'kind: fils', 4, 'sources.crm.kind', /files, sql, rest|Invalid/],
    ['unknown zone', 'Europe/Moscow', 'Europe/Moskva', 1, 'reporting.timezone', /IANA/],
    ['bad currency', 'RUB', 'roubles', 1, 'reporting.currency', /three-letter/],
    ['unknown entity', 'entity: deals', 'entity: deal', 8, 'sources.crm.streams.0.entity', /expected one of/],
    [
      'unknown field',
      'owner_id: manager',
      'owner: manager',
      11,
      'sources.crm.streams.0.fields.owner',
      /owner_id|has no such field/,
    ],
    [
      'missing id',
      'key: id\n',
      'refs: {}\n',
      10,
      'sources.crm.streams.0.fields',
      /needs the field source_id/,
    ],
    ['missing file', 'from: deals.csv', 'from: dealz.csv', 7, 'sources.crm.streams.0.from', /no file at/],
    ['bad cron', 'path: .', 'path: .\n    schedule: "61 * * * *"', 6, 'sources.crm.schedule', /cron line/],
    [
      'bad transform',
      'owner_id: manager',
      'owner_id: { from: manager, trimm: true }',
      11,
      'sources.crm.streams.0.fields.owner_id.trimm',
      /unknown key/,
    ],
    ['broken YAML', 'kind: files', 'kind: "files', 4, '', /./],
  ];
  test.each(cases)('%s', (_, from, to, line, key, message) => {
    const problems = problemsOf(good.replace(from, to));
    expect(problems.map((p) => p.key)).toContain(key);
    const problem = problems.find((p) => p.key === key);
    expect(problem?.message).toMatch(message);
    if (key) expect(problem?.line).toBe(line);
  });

  test('a variable that is not set is named, and no value ever is', () => {
    const text = `${good}  api:\n    kind: rest\n    url: http://x\n    auth: { kind: bearer, token: "s3cret\${TOKEN}" }\n    streams: []\n`;
    const problems = problemsOf(text);
    expect(problems[0]).toMatchObject({
      line: 15,
      key: 'TOKEN',
      message: 'this environment variable is not set',
    });
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });

  test('there is no such file', () => {
    expect(() => readConfig(join(folder, 'none.yaml'))).toThrow(/there is no such file/);
  });
});
