import { isWorkday, monthOf, monthStart, printDay } from '../company/calendar.ts';
import type { Offer, Platform } from '../company/campaigns.ts';
import type { Spend } from '../company/outside.ts';
import type { Company } from '../company/types.ts';
import { writeCsv, type Cell, type Dialect } from './files.ts';

export type Export = { path: string; content: Buffer };

const dotted = (day: number): string => printDay(day).split('-').reverse().join('.');
const excel: Dialect = { delimiter: ';', decimal: ',', encoding: 'windows-1251' };
const plain: Dialect = { delimiter: ',', decimal: '.', encoding: 'utf8' };

type Form = {
  file: (month: string) => string;
  dialect: Dialect;
  header: string[];
  row: (s: Spend) => Cell[];
};

/** Each platform exports in its own way; that is the point. */
const forms: Record<Platform, Form> = {
  yandex: {
    file: (month) => `ads/yandex/direct_${month}.csv`,
    dialect: excel,
    header: ['Дата', '№ кампании', 'Кампания', 'Показы', 'Клики', 'Расход (руб.)'],
    row: (s) => [
      dotted(s.day),
      70_000_000 + s.campaign.id,
      s.campaign.utm_campaign,
      s.impressions,
      s.clicks,
      s.cost,
    ],
  },
  vk: {
    file: (month) => `ads/vk/vk_ads_${month}.csv`,
    dialect: { ...plain, encoding: 'utf8-bom' },
    header: ['date', 'campaign_id', 'campaign_name', 'shows', 'clicks', 'spent'],
    row: (s) => [printDay(s.day), s.campaign.id, s.campaign.name, s.impressions, s.clicks, s.cost],
  },
  google: {
    file: (month) => `ads/google/google_ads_${month}.csv`,
    dialect: plain,
    header: [
      'segments.date',
      'campaign.name',
      'metrics.impressions',
      'metrics.clicks',
      'metrics.cost_micros',
      'customer.currency_code',
    ],
    row: (s) => [
      printDay(s.day),
      s.campaign.utm_campaign,
      s.impressions,
      s.clicks,
      Math.round(s.cost * 1_000_000),
      s.currency,
    ],
  },
  telegram: {
    file: (month) => `ads/telegram/telegram_ads_${month}.tsv`,
    dialect: { ...plain, delimiter: '\t' },
    header: ['Day', 'Ad', 'Views', 'Clicks', 'Spent EUR'],
    row: (s) => [printDay(s.day), s.campaign.utm_campaign, s.impressions, s.clicks, s.cost],
  },
  email: {
    file: () => 'ads/other/other_costs.csv',
    dialect: { ...excel, encoding: 'utf8' },
    header: ['Дата', 'Кампания в CRM', 'Сумма', 'Комментарий'],
    row: (s) => [dotted(s.day), s.campaign.id, s.cost, s.campaign.name],
  },
  offline: {
    file: () => 'ads/other/other_costs.csv',
    dialect: { ...excel, encoding: 'utf8' },
    header: ['Дата', 'Кампания в CRM', 'Сумма', 'Комментарий'],
    row: (s) => [dotted(s.day), s.campaign.id, s.cost, s.campaign.name],
  },
};

export function exportAds(company: Company): Export[] {
  const files = new Map<string, { form: Form; rows: Cell[][] }>();
  const put = (form: Form, month: string, row: Spend): void => {
    const path = form.file(month);
    const file = files.get(path) ?? { form, rows: [] };
    file.rows.push(form.row(row));
    files.set(path, file);
  };
  for (const row of company.spend) {
    const { platform } = row.campaign as Offer;
    put(forms[platform], monthOf(row.day), row);
    // Whoever clicks together the VK report starts each month a day too early: rows that come twice.
    const next = row.day + 1;
    if (platform === 'vk' && next === monthStart(next) && next <= company.until)
      put(forms.vk, monthOf(next), row);
  }
  return [...files].map(([path, { form, rows }]) => ({
    path,
    content: writeCsv(form.header, rows, form.dialect),
  }));
}

export function exportMailings(company: Company): Export[] {
  const months = new Map<string, Cell[][]>();
  for (const m of company.mailings) {
    const rows = months.get(monthOf(m.day)) ?? [];
    rows.push([
      dotted(m.day),
      m.campaign.id,
      m.campaign.name,
      m.sent,
      m.delivered,
      m.opened,
      m.clicked,
      m.unsubscribed,
    ]);
    months.set(monthOf(m.day), rows);
  }
  const header = [
    'Дата отправки',
    'ID кампании',
    'Рассылка',
    'Отправлено',
    'Доставлено',
    'Открыто',
    'Клики',
    'Отписки',
  ];
  return [...months].map(([month, rows]) => ({
    path: `mailings/mailings_${month}.csv`,
    content: writeCsv(header, rows, { delimiter: ';', decimal: ',', encoding: 'utf8-bom' }),
  }));
}

/** The bank publishes on working days only. */
export function exportRates(company: Company): Export {
  const rows = company.rates.filter((r) => isWorkday(r.day)).sort((a, b) => a.day - b.day);
  const cells = rows.map((r): Cell[] => [dotted(r.day), r.currency, r.rate.toFixed(4).replace('.', ',')]);
  return { path: 'rates/cbr_rates.csv', content: writeCsv(['Дата', 'Валюта', 'Курс'], cells, excel) };
}

export function exportCalendar(company: Company): Export {
  const rows: Cell[][] = [];
  for (let day = company.from; day < monthStart(company.until, 3); day++)
    rows.push([printDay(day), isWorkday(day) ? 1 : 0]);
  return { path: 'calendar/workdays.csv', content: writeCsv(['day', 'is_workday'], rows, plain) };
}
