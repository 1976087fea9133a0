import type { Level } from '../planning.ts';

/** Equal for people is equal here: case, blanks and ё do not count. */
export const normal = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase().replaceAll('ё', 'е');

const stems = [
  ['янв', 'jan'],
  ['фев', 'feb'],
  ['мар', 'mar'],
  ['апр', 'apr'],
  ['май,мая', 'may'],
  ['июн', 'jun'],
  ['июл', 'jul'],
  ['авг', 'aug'],
  ['сен', 'sep'],
  ['окт', 'oct'],
  ['ноя', 'nov'],
  ['дек', 'dec'],
].map((both) => both.join(',').split(','));

/** The first day of the month that a text names: 2026-03, 03.2026, 1.3.2026, март 26, Mar-26, March; null for none. */
export function readMonth(given: string, year: number): string | null {
  const text = normal(given).replace(/\s*г\.?$/, '');
  const iso = /^(\d{4})[-./](\d{1,2})(?:[-./]\d{1,2}(?:[t ].*)?)?$/.exec(text);
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]));
  const local = /^(?:\d{1,2}[./])?(\d{1,2})[./](\d{4})$/.exec(text);
  if (local) return dayOf(Number(local[2]), Number(local[1]));
  const [, word = '', digits] = /^([a-zа-я]{3,9})\.?(?:[\s.,'’-]*(\d{4}|\d{2}))?$/.exec(text) ?? [];
  const month = word ? stems.findIndex((some) => some.some((stem) => word.startsWith(stem))) + 1 : 0;
  if (!month) return null;
  const named = digits === undefined ? year : Number(digits) + (digits.length === 2 ? 2000 : 0);
  return dayOf(named, month);
}

function dayOf(year: number, month: number): string | null {
  if (year < 2000 || year > 2100 || month < 1 || month > 12) return null;
  return `${year}-${String(month).padStart(2, '0')}-01`;
}

/** 1 200 000,50 · 1,200,000.50 · 1200 ₽; null for what is no amount, or below nothing. */
export function readAmount(given: string): number | null {
  let text = given
    .replace(/[\s\u00a0\u202f'’_]/g, '')
    .replace(/(₽|руб\.?|р\.|\$|€|rub|usd|eur)$/i, '')
    .replace(/^[$€₽]/, '');
  const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')];
  if (comma >= 0 && point >= 0) text = comma > point ? text.replaceAll('.', '') : text.replaceAll(',', '');
  else if (/^\d{1,3}(,\d{3})+$/.test(text)) text = text.replaceAll(',', '');
  else if (/^\d{1,3}(\.\d{3}){2,}$/.test(text)) text = text.replaceAll('.', '');
  return /^\d{1,15}([.,]\d{1,10})?$/.test(text) ? Number(text.replace(',', '.')) : null;
}

const levelWords: Record<Level, string> = {
  company: 'company,whole company,компания,вся компания,итого,total',
  team: 'team,department,отдел,команда',
  employee: 'employee,manager,сотрудник,менеджер',
  product: 'product,товар,продукт,услуга',
  channel: 'channel,канал',
};

export function readLevel(text: string): Level | null {
  const levels = Object.keys(levelWords) as Level[];
  return levels.find((one) => levelWords[one].split(',').includes(normal(text))) ?? null;
}
