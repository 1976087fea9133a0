import type { Pipeline, PipelineKind, Product, Status } from './types.ts';

const goods: [number, string, string, number, number][] = [
  // id, name, category, price, share of cost
  [1, 'Винтовой компрессор ВК-15', 'Компрессоры', 485_000, 0.68],
  [2, 'Винтовой компрессор ВК-37', 'Компрессоры', 940_000, 0.7],
  [3, 'Поршневой компрессор ПК-5', 'Компрессоры', 96_000, 0.66],
  [4, 'Осушитель воздуха ОВ-200', 'Компрессоры', 178_000, 0.62],
  [5, 'Насос центробежный НЦ-80', 'Насосы', 124_000, 0.67],
  [6, 'Насосная станция НС-2', 'Насосы', 356_000, 0.69],
  [7, 'Насос дренажный НД-10', 'Насосы', 38_000, 0.61],
  [8, 'Дизель-генератор ДГ-60', 'Генераторы', 780_000, 0.73],
  [9, 'Дизель-генератор ДГ-100', 'Генераторы', 1_240_000, 0.74],
  [10, 'Газовый генератор ГГ-30', 'Генераторы', 640_000, 0.71],
  [11, 'Частотный преобразователь ЧП-22', 'Автоматика', 87_000, 0.6],
  [12, 'Шкаф управления ШУ-4', 'Автоматика', 142_000, 0.58],
  [13, 'Датчик давления ДД-16', 'Автоматика', 12_500, 0.52],
  [14, 'Система диспетчеризации «Вектор»', 'Автоматика', 390_000, 0.45],
  [15, 'Фильтрующие элементы, комплект', 'Запчасти', 18_900, 0.55],
  [16, 'Масло компрессорное, 200 л', 'Запчасти', 64_000, 0.72],
  [17, 'Ремкомплект винтового блока', 'Запчасти', 112_000, 0.57],
  [18, 'Торцевое уплотнение', 'Запчасти', 9_800, 0.5],
  [19, 'Сервисный контракт «Базовый»', 'Сервис', 120_000, 0.52],
  [20, 'Сервисный контракт «Полный»', 'Сервис', 340_000, 0.55],
  [21, 'Пусконаладка', 'Сервис', 75_000, 0.56],
  [22, 'Энергоаудит', 'Сервис', 160_000, 0.48],
  [23, 'Аренда компрессора, месяц', 'Аренда', 58_000, 0.5],
  [24, 'Аренда генератора, месяц', 'Аренда', 84_000, 0.53],
];

export const products: Product[] = goods.map(([id, name, category, price, share]) => ({
  id,
  sku: `VP-${String(id).padStart(4, '0')}`,
  name,
  category,
  price,
  cost: Math.round(price * share),
  is_archived: id === 3,
}));

/** Whose complaints rise, and from which month of the story on. */
export const FAULTY = 8;
export const FAULT_MONTH = 22;

/** Where deals begin to rot, and when. */
export const ROTTEN = 204;
export const ROT_MONTH = 20;

export const pipelines: Pipeline[] = [
  { id: 1, name: 'Привлечение', code: 'reach' },
  { id: 2, name: 'Продажи', code: 'react' },
  { id: 3, name: 'Ключевые клиенты', code: 'reengage' },
  { id: 4, name: 'Развитие и сервис', code: 'refresh' },
];

/** What a stage does to a deal: days spent there (median) and the share that goes on. */
export type Step = { status: Status; days: number; pass: number };

const steps: Record<PipelineKind, [string, number, number, number][]> = {
  // name, median days, norm in days, share that passes
  reach: [
    ['Новый лид', 0.6, 2, 0.65],
    ['Квалификация', 2.5, 6, 0.54],
    ['Коммерческое предложение', 5, 12, 0.58],
    ['Согласование договора', 4.5, 12, 0.78],
    ['Ожидание оплаты', 4, 10, 0.89],
  ],
  react: [
    ['Заявка', 0.5, 2, 0.82],
    ['Выявление потребности', 2, 6, 0.76],
    ['Коммерческое предложение', 4, 12, 0.68],
    ['Согласование договора', 4.5, 12, 0.82],
    ['Ожидание оплаты', 4, 10, 0.93],
  ],
  reengage: [
    ['План развития', 3, 10, 0.84],
    ['Встреча', 6, 16, 0.78],
    ['Согласование бюджета', 9, 24, 0.7],
    ['Договор', 6, 16, 0.86],
    ['Ожидание оплаты', 5, 12, 0.94],
  ],
  refresh: [
    ['Аудит оборудования', 2, 7, 0.82],
    ['Рекомендации', 3, 9, 0.73],
    ['Смета', 3, 9, 0.76],
    ['Ожидание оплаты', 4, 10, 0.93],
  ],
};

export const routes = new Map<PipelineKind, Step[]>();
export const statuses: Status[] = pipelines.flatMap((pipeline) => {
  const list = steps[pipeline.code];
  const open = list.map(([name, days, norm, pass], i): Step => ({
    days,
    pass,
    status: {
      id: pipeline.id * 100 + i + 1,
      pipeline_id: pipeline.id,
      name,
      sort: (i + 1) * 10,
      type: 'open',
      norm_days: norm,
      target_conversion: Math.round((pass + 0.03) * 100) / 100,
      win_probability: Math.round(list.slice(i).reduce((p, step) => p * step[3], 1) * 100) / 100,
    },
  }));
  routes.set(pipeline.code, open);
  const end = (id: number, name: string, type: Status['type']): Status => ({
    id: pipeline.id * 100 + id,
    pipeline_id: pipeline.id,
    name,
    sort: 1000 + id,
    type,
    norm_days: null,
    target_conversion: null,
    win_probability: type === 'won' ? 1 : type === 'lost' ? 0 : null,
  });
  return [
    ...open.map((step) => step.status),
    end(42, 'Успешно реализовано', 'won'),
    end(43, 'Закрыто и не реализовано', 'lost'),
    end(44, 'Отложенный спрос', 'nurture'),
  ];
});

export const lossReasons = [
  { id: 1, name: 'Дорого' },
  { id: 2, name: 'Выбрали конкурента' },
  { id: 3, name: 'Нет бюджета' },
  { id: 4, name: 'Не дозвонились' },
  { id: 5, name: 'Долго отвечали' },
  { id: 6, name: 'Нецелевое обращение' },
  { id: 7, name: 'Не согласовали договор' },
  { id: 8, name: 'Дубль' },
];
