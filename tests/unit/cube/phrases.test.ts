import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
const { readPhrase } = require('../../../cube/phrases.js');
const { PythonParser } = require('@cubejs-backend/schema-compiler/dist/src/parser/PythonParser');
const generate = createRequire(require.resolve('@cubejs-backend/schema-compiler'))(
  '@babel/generator',
).default;

const model = new URL('../../../cube/model/', import.meta.url);

function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(listTexts);
}

it('reads the texts of the model as Cube does', () => {
  const files = ['cubes', 'views'].flatMap((folder) =>
    readdirSync(new URL(folder, model)).map((file) => `${folder}/${file}`),
  );
  const texts = files.flatMap((file) => listTexts(parse(readFileSync(new URL(file, model), 'utf8'))));
  const codes = [...new Set(texts)].filter((text) => !/["`\\]/.test(text)).map((text) => `f"${text}"`);
  const fast = codes.filter((code) => readPhrase(code));
  expect(fast.length).toBeGreaterThan(codes.length * 0.9);
  for (const code of fast.filter((code) => code.includes('{')))
    expect(generate(readPhrase(code)).code).toBe(generate(new PythonParser(code).transpileToJs()).code);
});

it.each([
  'f""',
  'x',
  'f"a {b(1)} c"',
  'f"a {b"',
  'f"a }"',
  'f"a `b`"',
  'f"a \\" b"',
  'f"{a} $ {b}"',
  'f"{ a }"',
])('leaves %s to Cube', (code) => expect(readPhrase(code)).toBeNull());
