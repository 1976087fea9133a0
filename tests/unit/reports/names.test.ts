import { expect, test } from 'vitest';
import { tellApart } from '../../../src/lib/server/reports/message/names.ts';

test.each([
  [
    ['Ключевые клиенты', 'Отдел продаж «Центр»', 'Отдел продаж «Северо-Запад»'],
    ['Ключевые клиенты', '…«Центр»', '…«Северо-Запад»'],
  ],
  [
    ['North', 'South'],
    ['North', 'South'],
  ],
  [['A name that is long but alone'], ['A name that is long but alone']],
  [
    ['Sales department 1', 'Sales department 12', 'Sales department 13'],
    ['Sales department 1', '…12', '…13'],
  ],
])('%j are told apart as %j', (names, expected) => expect(tellApart(names)).toEqual(expected));
