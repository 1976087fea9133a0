import type {
  AsOf,
  ChartBlock,
  HomePage,
  IncidentBlock,
  IncidentLine,
  Kpi,
  ProfitBlock,
  RiskBlock,
} from '../../../src/lib/page.ts';

/** A page as `home.load` gives it, made by hand: the contract between the page and the mail. */
const asOf: AsOf = {
  at: '2026-11-21T10:40:00+03:00',
  worst_source: 'crm',
  sources: [
    { source: 'crm', at: '2026-11-21T10:40:00+03:00', is_stale: false },
    { source: 'helpdesk', at: '2026-11-21T10:45:00+03:00', is_stale: false },
  ],
};

export function makeKpi(change: Partial<Kpi> = {}): Kpi {
  return {
    id: 'won_amount',
    metric: 'sales.won_amount',
    title: 'Выручка по сделкам',
    value: 12_345_678,
    unit: 'money',
    direction: 'up_is_good',
    comparison_value: 11_000_000,
    change: 0.12233,
    change_kind: 'relative',
    plan: null,
    outlook: null,
    spark: [3, 5, null, 4, 8, 6, 9].map((value, at) => ({ at: `2026-11-0${at + 1}`, value })),
    spark_grain: 'day',
    spark_title: null,
    state: 'ok',
    href: '/drill/sales.won_amount?team=%D0%A1%D0%B5%D0%B2%D0%B5%D1%80',
    why: null,
    sentence: 'На 12 % больше, чем 1–21 окт. 2026.',
    ignored_filters: [],
    as_of: asOf,
    ...change,
  };
}

export function makeBars(change: Partial<ChartBlock> = {}): ChartBlock {
  const teams: [string, number, number | null][] = [
    ['Север', 5_200_100.5, 4_100_000],
    ['Юг', 4_000_000, 4_400_000],
    ['Восток & Запад', 3_145_577.5, null],
  ];
  return {
    id: 'won_by_team',
    metric: 'sales.won_amount',
    title: 'Выручка по командам',
    sentence: 'Больше всего: Север, 5,2 млн ₽ (42 %).',
    spec: {
      kind: 'bar',
      dimension: 'team',
      dimension_title: 'Команда',
      series: [
        { key: 'value', title: 'Этот период', unit: 'money', role: 'main' },
        { key: 'before', title: '1–21 окт. 2026', unit: 'money', role: 'comparison' },
      ],
    },
    rows: teams.map(([label, now, before]) => ({
      x: label,
      label,
      values: [now, before],
      href: `/drill/sales.won_amount?team=${encodeURIComponent(label)}`,
    })),
    state: 'ok',
    href: '/drill/sales.won_amount?by=team',
    ignored_filters: [],
    as_of: asOf,
    ...change,
  };
}

export function makeLine(change: Partial<ChartBlock> = {}): ChartBlock {
  return {
    ...makeBars(),
    id: 'won_trend',
    title: 'Выручка по дням',
    sentence: 'Лучший день: 20 нояб., 980 тыс. ₽.',
    spec: {
      kind: 'line',
      grain: 'day',
      series: [
        { key: 'value', title: 'Этот период', unit: 'money', role: 'main' },
        { key: 'before', title: '1–21 окт. 2026', unit: 'money', role: 'comparison' },
      ],
    },
    rows: Array.from({ length: 21 }, (_, at) => ({
      x: `2026-11-${String(at + 1).padStart(2, '0')}`,
      label: `${at + 1} нояб.`,
      values: [
        at === 7 ? null : 300_000 + ((at * 7919) % 20) * 34_000,
        400_000 + ((at * 104_729) % 17) * 20_000,
      ],
      href: null,
    })),
    href: '/drill/sales.won_amount',
    ...change,
  };
}

export function makePage(change: Partial<HomePage> = {}): HomePage {
  return {
    title: 'Компания',
    locale: 'ru',
    currency: 'RUB',
    timezone: 'Europe/Moscow',
    generated_at: '2026-11-21T11:00:00+03:00',
    data_version: 7,
    as_of: asOf,
    period: { from: '2026-11-01', to: '2026-11-21', label: 'Этот месяц', days: '' },
    comparison: { kind: 'previous', from: '2026-10-01', to: '2026-10-21', label: '1–21 окт. 2026' },
    filters: [],
    notices: [],
    state: '',
    incidents: makeIncidents(),
    kpis: [makeKpi(), makePlan(), makeConversion(), makeComplaints()],
    profit: makeProfit(),
    risks: makeRisks(),
    charts: [makeLine(), makeBars()],
    not_connected: [],
    ...change,
  };
}

export function makeProfit(change: Partial<ProfitBlock> = {}): ProfitBlock {
  const part = { unit: 'count' as const, is_bottleneck: false, href: '/drill/sales.deals' };
  return {
    state: 'ok',
    title: 'Из чего складывается прибыль',
    views: [
      {
        key: 'period',
        title: '1–21 окт. 2026',
        target: 'Прибыль',
        unit: 'money',
        from: 4_600_000,
        to: 3_400_000,
        change: -1_200_000,
        parts: [
          { ...part, driver: 'leads', title: 'Лиды', from: 1000, to: 1050, change: 300_000 },
          {
            ...part,
            driver: 'conversion',
            title: 'Конверсия',
            unit: 'percent',
            from: 0.14,
            to: 0.11,
            change: -1_500_000,
            is_bottleneck: true,
          },
        ],
        bottleneck: 'conversion',
        sentence: 'Прибыль снизилась на 1,2 млн ₽, до 3,4 млн ₽: конверсия снизилась с 14 % до 11 %.',
        notes: ['Реклама не подключена, поэтому это прибыль до неё.'],
      },
    ],
    sentence: '',
    ignored_filters: [],
    as_of: asOf,
    ...change,
  };
}

export function makeIncident(change: Partial<IncidentLine> = {}): IncidentLine {
  return {
    id: 'b3c1b3a2-0000-4000-8000-000000000001',
    rule: 'campaign_loss',
    title: 'Кампания «Подарок» стоит больше, чем приносит',
    sentence: 'За 90 дней потрачено 3,7 млн ₽, получено 0,6 млн ₽ валовой прибыли.',
    why: ['Из 281 лидов купили 7.'],
    stake: 3_110_068,
    owner: 'Отвечает маркетинг',
    since: '2026-01-12',
    is_older: false,
    state: 'open',
    href: '/drill/marketing.romi?by=channel',
    ...change,
  };
}

export function makeIncidents(change: Partial<IncidentBlock> = {}): IncidentBlock {
  return {
    state: 'ok',
    title: 'Что не так',
    sentence: 'Правила не видят ничего плохого. Проверено 21 нояб., 10:45.',
    rows: [],
    total: 0,
    elsewhere: 0,
    stake: 0,
    checked_at: '2026-11-21T10:45:00+03:00',
    ...change,
  };
}

export function makeRisks(change: Partial<RiskBlock> = {}): RiskBlock {
  return {
    state: 'ok',
    title: 'Чей план под угрозой',
    sentence: '1 менеджер, скорее всего, недоберёт до плана 5,6 млн ₽. Осталось 6 рабочих дней.',
    rows: [
      {
        name: 'Шубин <b>Виктор</b>',
        plan: 5_790_000,
        fact: 116_000,
        forecast: 148_000,
        missing: 5_642_000,
        is_sure: true,
        href: '/drill/sales.won_amount?by=owner',
      },
    ],
    hidden: 0,
    as_of: asOf,
    ...change,
  };
}

function makePlan(): Kpi {
  const plan = {
    plan: 20_000_000,
    fact: 12_345_678,
    completion: 0.6172839,
    expected: 14_000_000,
    pace: 0.8818,
    forecast: 17_636_000,
  };
  return makeKpi({
    id: 'plan',
    metric: 'plan_fact.completion',
    title: 'План на ноябрь 2026',
    value: plan.completion,
    unit: 'percent',
    comparison_value: null,
    change: null,
    plan,
    spark_title: 'Выручка по сделкам. С начала месяца',
    sentence: 'Отставание на сегодня 1,7 млн ₽.',
  });
}

function makeConversion(): Kpi {
  return makeKpi({
    id: 'conversion',
    metric: 'sales.conversion',
    title: 'Конверсия в продажу',
    value: 0.231,
    unit: 'percent',
    comparison_value: 0.254,
    change: -0.023,
    change_kind: 'difference',
    sentence: '77 из 333 выиграно; 120 ещё открыты.',
  });
}

function makeComplaints(): Kpi {
  return makeKpi({
    id: 'open_complaints',
    metric: 'service.open',
    title: 'Открытые жалобы',
    value: 41,
    unit: 'count',
    direction: 'down_is_good',
    comparison_value: null,
    change: null,
    spark_title: 'Новые жалобы',
    sentence: '12 просрочено; 30 новых за период.',
  });
}
