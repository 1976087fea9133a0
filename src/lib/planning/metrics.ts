import type { Locale } from '../page.ts';
import { normal } from './values.ts';

/** What can be planned (etl/transforms/month_facts.sql counts it): titles, and other names that tables give it. */
const metrics: Record<string, Record<Locale, string> & { also?: string }> = {
  won_amount: {
    ru: 'Выручка по сделкам',
    en: 'Won amount',
    also: 'выручка,продажи,сумма продаж,revenue,sales,сумма выигранных сделок',
  },
  gross_profit: { ru: 'Валовая прибыль', en: 'Gross profit', also: 'маржа,margin' },
  deals_won: { ru: 'Выигранные сделки', en: 'Won deals', also: 'won,продажи шт,количество продаж' },
  deals_lost: { ru: 'Проигранные сделки', en: 'Lost deals' },
  lost_amount: { ru: 'Сумма проигранных сделок', en: 'Lost amount' },
  deals: { ru: 'Новые сделки', en: 'New deals', also: 'сделки' },
  leads: { ru: 'Лиды', en: 'Leads', also: 'заявки' },
  calls: { ru: 'Звонки', en: 'Calls' },
  inbound: { ru: 'Входящие звонки', en: 'Inbound calls' },
  outbound: { ru: 'Исходящие звонки', en: 'Outbound calls' },
  answered: { ru: 'Состоявшиеся звонки', en: 'Answered calls' },
  missed: { ru: 'Пропущенные звонки', en: 'Missed calls' },
  talk_minutes: { ru: 'Минуты разговоров', en: 'Talk minutes' },
  emails: { ru: 'Письма', en: 'E-mails' },
  meetings: { ru: 'Встречи', en: 'Meetings' },
  spend: { ru: 'Расходы на рекламу', en: 'Marketing spend', also: 'бюджет,budget,расход,расходы' },
  impressions: { ru: 'Показы', en: 'Impressions' },
  clicks: { ru: 'Клики', en: 'Clicks' },
  complaints: { ru: 'Жалобы', en: 'Complaints' },
  resolved: { ru: 'Решённые жалобы', en: 'Resolved complaints' },
  responses: { ru: 'Ответы на опросы', en: 'Survey responses' },
  invoiced: { ru: 'Выставленные счета', en: 'Invoiced' },
  paid: { ru: 'Оплаты', en: 'Payments' },
};

export const plannable: string[] = Object.keys(metrics);

export function metricTitle(metric: string, locale: Locale): string {
  return metrics[metric]?.[locale] ?? metric;
}

/** The metric that a cell names: by its name, with or without a view, or by a title in either language. */
export function plannedMetric(text: string): string | null {
  const asked = normal(text).replace(/^[a-z_]+\./, '');
  const fits = ([name, { ru, en, also = '' }]: [string, (typeof metrics)[string]]) =>
    [name, ru, en, ...also.split(',')].some((one) => one && normal(one) === asked);
  return Object.entries(metrics).find(fits)?.[0] ?? null;
}
