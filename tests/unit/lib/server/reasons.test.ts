import { expect, test } from 'vitest';
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
