import type { Random } from './random.ts';

const ROOTS = (
  'Урал Сибирь Волга Нева Кама Дон Ока Балтика Север Восток Альфа Вектор Гранит Рубин Орион ' +
  'Атлант Меридиан Импульс Прогресс Энерго Тепло Агро Строй Металл Нефте Хим Лес Транс Гидро ' +
  'Электро Термо Техно Эко Пром Маш Авиа Судо Стекло Кирпич'
).split(' ');
const TAILS = (
  'промснаб маш строй сервис комплект инвест монтаж деталь ресурс снаб холдинг завод проект ' +
  'торг техника механика система логистик пак фабрика'
).split(' ');
const FORMS = 'ООО ООО ООО ООО АО АО ПАО ЗАО НПО ГК'.split(' ');
const LATIN = new Map(
  'аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хh цts чch шsh щsch ъ ыy ь эe юyu яya'
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);
const SURNAMES = (
  'Иванов Смирнов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков ' +
  'Алексеев Егоров Павлов Козлов Степанов Николаев Макаров Андреев Никитин Захаров Зайцев ' +
  'Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Гаврилов'
).split(' ');
const INITIALS = 'А Б В Г Д Е И К Л М Н О П Р С Т'.split(' ');

export const INDUSTRIES = (
  'Машиностроение|Металлургия|Пищевая промышленность|Строительство|Нефтегаз|Деревообработка|' +
  'Сельское хозяйство|ЖКХ|Автосервис|Логистика|Химия'
).split('|');
export const REGIONS = (
  'Москва|Московская область|Санкт-Петербург|Ленинградская область|Свердловская область|' +
  'Челябинская область|Новосибирская область|Республика Татарстан|Нижегородская область|' +
  'Самарская область|Краснодарский край|Ростовская область|Пермский край|Тюменская область|' +
  'Воронежская область|Казахстан'
).split('|');

export function nameCompany(random: Random): string {
  const root = random.pick(ROOTS);
  const place = random.chance(0.25) ? `-${random.whole(2, 99)}` : '';
  return `${random.pick(FORMS)} «${root}${random.pick(TAILS)}${place}»`;
}

export const namePerson = (random: Random): string =>
  `${random.pick(SURNAMES)} ${random.pick(INITIALS)}. ${random.pick(INITIALS)}.`;

export const dialMobile = (random: Random): string =>
  `79${String(random.whole(0, 999_999_999)).padStart(9, '0')}`;

/** People type numbers in their own ways; the exchange knows only digits. */
export function writePhone(digits: string, random: Random): string {
  const [a, b, c, d] = [digits.slice(1, 4), digits.slice(4, 7), digits.slice(7, 9), digits.slice(9)];
  const style = random.next();
  if (style < 0.5) return `+7 (${a}) ${b}-${c}-${d}`;
  if (style < 0.7) return `8${digits.slice(1)}`;
  return style < 0.9 ? `+${digits}` : `8 ${a} ${b} ${c} ${d}`;
}

export const spellLatin = (text: string): string =>
  [...text.toLowerCase()]
    .map((c) => LATIN.get(c) ?? (/[a-z0-9]/.test(c) ? c : '-'))
    .join('')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
