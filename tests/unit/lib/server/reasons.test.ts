import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { explainFile } from '../../../../etl/connectors/snapshot.ts';
import { explainSql } from '../../../../etl/connectors/sql/errors.ts';
import { faults, repairs } from '../../../../etl/connectors/rules.ts';
import { entities, fieldsOf, type EntityName } from '../../../../etl/entities.ts';
import { compileMapping } from '../../../../etl/mapping.ts';
import { mergeRules } from '../../../../etl/merge-rules.ts';
import { tell } from '#lib/server/loads/reasons.ts';

const russian = /[А-Яа-я]{3}/;

/** Every sentence that the mapping of an entity can put into quarantine: literals of the statement it compiles to. */
function sentences(entity: EntityName): string[] {
  const names = Object.keys(fieldsOf(entity));
  const fields = Object.fromEntries(names.map((name) => [name, name]));
  const sql = compileMapping({ entity, fields } as never, {
    table: 'staging.t',
    columns: new Map(names.map((name) => [name, name])),
    timezone: 'UTC',
  });
  const reasons = /end as problem_value,([\s\S]*?)end as problem_reason/.exec(sql)?.[1] ?? '';
  return [...reasons.matchAll(/then '((?:[^']|'')*)'/g)].map(
    (match) => match[1]?.replaceAll("''", "'") ?? '',
  );
}

test('every reason of the mapping is told in Russian', () => {
  const all = new Set((Object.keys(entities) as EntityName[]).flatMap(sentences));
  expect(all.size).toBeGreaterThan(8);
  expect([...all].filter((sentence) => !russian.test(tell(sentence, 'ru')))).toEqual([]);
});

test('so is everything that a run repairs', () => {
  const { named, ...rules } = mergeRules;
  const all = [...Object.values(repairs), ...Object.values(rules), named('teams')];
  expect(all.filter((sentence) => !russian.test(tell(sentence, 'ru')))).toEqual([]);
});

test('so is every fault of a file', () => {
  const all = [
    faults.quote,
    faults.bytes('utf-8'),
    faults.width(3, 9),
    faults.long(16),
    faults.deep,
    faults.json('{"a"'),
  ];
  expect(all.filter((sentence) => !russian.test(tell(sentence, 'ru')))).toEqual([]);
});

/** Every sentence of an error that reading a source throws, as it stands in the code; a 7 for each value in it. */
function thrown(): string[] {
  const folder = join(import.meta.dirname, '../../../../etl/connectors');
  const found: string[] = [];
  const take = (node: ts.Node): void => {
    if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(take);
    else if (ts.isStringLiteralLike(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node))
      found.push(node.head.text + node.templateSpans.map((span) => `7${span.literal.text}`).join(''));
  };
  const visit = (node: ts.Node): void => {
    const isError = ts.isNewExpression(node) && node.expression.getText() === 'SourceError';
    if (isError && node.arguments?.[0]) take(node.arguments[0]);
    // What stops a source says why.
    const isStop = ts.isCallExpression(node) && node.expression.getText() === 'stop';
    if (isStop && node.arguments[0]) take(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return found;
}

test('so is every error of a source', () => {
  const plain = thrown().filter((sentence) => !/^7( and asks|, 7 times|:| 7$)| is not 7: 7$/.test(sentence));
  expect(plain.length).toBeGreaterThan(50);
  // Those that are put together from sentences of their own.
  const codes = ['ENOENT', 'EACCES', 'EISDIR', 'EIO', 'Z_BUF_ERROR', 'Z_DATA_ERROR'];
  const all = [
    ...plain,
    ...codes.map((code) => explainFile({ code }, '/x/deals.csv').message),
    ...['an HTML page', 'something else', 'nothing'].map(
      (what) => `deals answered with something that is not JSON: ${what}`,
    ),
    'deals answered 429 and asks to wait 3600 s; the next run tries again',
    'deals cannot be reached (ECONNREFUSED), 5 times; the next run tries again',
    'deals answered 403: check address and rights',
  ];
  expect(all.filter((sentence) => !russian.test(tell(sentence, 'ru')))).toEqual([]);
});

test('what a foreign program said stays as it said it, in a sentence of the reader', () => {
  expect(tell('the tap ended with code 1: Unauthorized', 'ru')).toBe(
    'tap завершился: code 1: «Unauthorized»',
  );
  const error = explainSql(
    { code: '42P01', message: 'relation "x" does not exist' },
    new AbortController().signal,
  );
  expect(tell(error.message, 'ru')).toBe('база данных ответила: «relation "x" does not exist»');
});

test.each([
  ['the row has 3 cells, the header 9', 'в строке ячеек: 3, в заголовке: 9'],
  ['deals.csv has no column «id»; it has a, b', 'в deals.csv нет колонки «id»; есть a, b'],
  [
    '/v1/deals answered 503, 5 times; the next run tries again',
    '/v1/deals отвечает 503, попыток: 5; следующая загрузка попробует снова',
  ],
  ['what no version of loading says', 'what no version of loading says'],
])('%s', (english, russian) => {
  expect(tell(english, 'ru')).toBe(russian);
  expect(tell(english, 'en')).toBe(english);
});
