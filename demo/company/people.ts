import { monthStart, settle, startOf } from './calendar.ts';
import { Random } from './random.ts';
import type { Assessment, Department, Habits, Manager, Scene, User } from './types.ts';

export const departments: Department[] = [
  { id: 1, name: 'Коммерческая дирекция', parent_id: null },
  { id: 2, name: 'Отдел продаж «Центр»', parent_id: 1 },
  { id: 3, name: 'Отдел продаж «Северо-Запад»', parent_id: 1 },
  { id: 4, name: 'Отдел продаж «Урал и Сибирь»', parent_id: 1 },
  { id: 5, name: 'Ключевые клиенты', parent_id: 1 },
  { id: 6, name: 'Маркетинг', parent_id: null },
  { id: 7, name: 'Сервисная служба', parent_id: null },
];

export const KEY_TEAM = 5;
/** They leave some ten weeks before the end of the default two years: the team's plan stays as it was. */
export const LEAVERS = [14, 16];
export const LEAVE_MONTH = 21;
export const SILENT = 9;
export const GENEROUS = 11;

const usual: Habits = {
  weight: 1,
  skill: 1,
  responseMinutes: 28,
  callback: 0.93,
  missed: 0.11,
  discount: 0.04,
};
/** id, name, e-mail, department, hired and left in months from the beginning, what differs from the usual */
type Line = [number, string, string, number, number, number | null, Partial<Habits>];
const leads: Line[] = [
  [2, 'Сергей Воронцов', 'vorontsov', 2, -60, null, { weight: 0.35, skill: 1.15, responseMinutes: 22 }],
  [3, 'Марина Белкина', 'belkina', 3, -48, null, { weight: 0.35, skill: 1.1, responseMinutes: 25 }],
  [4, 'Рустам Галиев', 'galiev', 4, -40, null, { weight: 0.35, skill: 1.05, responseMinutes: 30 }],
  [5, 'Елена Скворцова', 'skvortsova', 5, -72, null, { weight: 0.5, skill: 1.2, responseMinutes: 20 }],
];
const managers: Line[] = [
  [6, 'Анна Кузнецова', 'kuznetsova', 2, -36, null, { skill: 1.22, responseMinutes: 14 }],
  [7, 'Дмитрий Орлов', 'orlov', 2, -30, null, { skill: 1.05 }],
  [8, 'Ольга Сафонова', 'safonova', 2, -18, null, { skill: 0.97, responseMinutes: 35 }],
  [
    9,
    'Игорь Лапшин',
    'lapshin',
    2,
    -26,
    null,
    { skill: 0.84, responseMinutes: 310, callback: 0.1, missed: 0.36 },
  ],
  [10, 'Павел Третьяков', 'tretyakov', 2, 5, null, { skill: 0.92, responseMinutes: 40 }],
  [11, 'Дарья Ковалёва', 'kovaleva', 3, -28, null, { skill: 1.3, discount: 0.24, responseMinutes: 20 }],
  [12, 'Николай Жуков', 'zhukov', 3, -44, null, { skill: 1.02, responseMinutes: 33 }],
  [13, 'Татьяна Мельник', 'melnik', 3, -15, null, { skill: 1.08 }],
  [23, 'Артём Осипов', 'osipov', 3, 9, null, { skill: 0.9, responseMinutes: 45 }],
  [24, 'Ксения Лебедева', 'lebedeva', 3, -8, null, { skill: 1.0 }],
  [14, 'Виктор Шубин', 'shubin', 4, -33, LEAVE_MONTH, { skill: 1.15 }],
  [15, 'Наталья Ершова', 'ershova', 4, -20, null, { skill: 1.0, responseMinutes: 24 }],
  [16, 'Алексей Тарасов', 'tarasov', 4, -25, LEAVE_MONTH, { skill: 1.12 }],
  [17, 'Гульнара Хасанова', 'khasanova', 4, -12, null, { skill: 1.03 }],
  [18, 'Максим Пахомов', 'pakhomov', 4, 3, null, { skill: 0.86, responseMinutes: 52 }],
  [19, 'Юлия Романова', 'romanova', 5, -50, null, { skill: 1.15, responseMinutes: 18 }],
  [20, 'Андрей Филатов', 'filatov', 5, -38, null, { skill: 1.08 }],
  [21, 'Светлана Гордеева', 'gordeeva', 5, -16, null, { skill: 1.0 }],
  [22, 'Михаил Зайцев', 'zaytsev', 5, -10, null, { skill: 0.95, responseMinutes: 38 }],
  [25, 'Кирилл Соболев', 'sobolev', 5, -5, null, { skill: 1.02 }],
];
const others: [number, string, string, number, string][] = [
  [1, 'Константин Левицкий', 'levitsky', 1, 'Коммерческий директор'],
  [26, 'Полина Астахова', 'astakhova', 6, 'Руководитель маркетинга'],
  [27, 'Илья Громов', 'gromov', 6, 'Интернет-маркетолог'],
  [28, 'Вера Никитина', 'nikitina', 7, 'Руководитель сервиса'],
  [29, 'Роман Дьячков', 'dyachkov', 7, 'Инженер поддержки'],
  [30, 'Лилия Ахметова', 'akhmetova', 7, 'Специалист по рекламациям'],
];
export const AGENTS = [28, 29, 30];

const address = (name: string): string => `${name}@vector-prom.example`;

export function hireManagers(from: number): Manager[] {
  const hire = (
    [id, full_name, login, department_id, hired, left, habits]: Line,
    position: string,
  ): Manager => ({
    ...usual,
    ...habits,
    id,
    full_name,
    email: address(login),
    internal_phone: String(200 + id),
    department_id,
    position,
    hired_on: monthStart(from, hired) + (id % 20),
    dismissed_on: left === null ? null : monthStart(from, left) + 24,
  });
  return [
    ...leads.map((l) => hire(l, 'Руководитель отдела')),
    ...managers.map((l) => hire(l, 'Менеджер по продажам')),
  ];
}

export function listUsers(managers: Manager[], from: number, until: number): User[] {
  const sellers = managers
    .filter((m) => m.hired_on <= until)
    .map(({ id, full_name, email, internal_phone, department_id, position, hired_on, dismissed_on }) => ({
      id,
      full_name,
      email,
      internal_phone,
      department_id,
      position,
      hired_on,
      dismissed_on: dismissed_on !== null && dismissed_on <= until ? dismissed_on : null,
    }));
  const rest = others.map(([id, full_name, login, department_id, position]) => ({
    id,
    full_name,
    email: address(login),
    internal_phone: String(200 + id),
    department_id,
    position,
    hired_on: monthStart(from, -30 - id) + id,
    dismissed_on: null,
  }));
  return [...sellers, ...rest].sort((a, b) => a.id - b.id);
}

export const worksOn = (person: User, day: number): boolean =>
  person.hired_on <= day && (person.dismissed_on === null || day < person.dismissed_on);

const COMPETENCIES = [
  'Знание продукта',
  'Переговоры',
  'Работа с возражениями',
  'Дисциплина CRM',
  'Скорость ответа',
];

/** Each manager is assessed in the second month of every quarter. */
export function assess(managers: Manager[], scene: Scene): Assessment[] {
  const rows: Assessment[] = [];
  for (let month = 1; ; month += 3) {
    const day = monthStart(scene.from, month) + 14;
    if (settle(startOf(day), new Random(0)) >= startOf(scene.until + 1)) return rows;
    for (const person of managers.filter((m) => worksOn(m, day))) {
      const random = new Random(scene.seed, 'assessment', person.id, day);
      COMPETENCIES.forEach((competency, i) => {
        const slow = person.responseMinutes > 120;
        const mean = 3.4 + (person.skill - 1) * 3 - (slow && i === 4 ? 2 : 0) - (slow && i === 3 ? 1 : 0);
        const score = Math.min(5, Math.max(1, Math.round((mean + 0.5 * random.normal()) * 2) / 2));
        rows.push({
          id: day * 1000 + person.id * 10 + i,
          user_id: person.id,
          assessed_on: day,
          competency,
          score,
        });
      });
    }
  }
}
