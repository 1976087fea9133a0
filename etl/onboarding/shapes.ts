/** What the values of a column look like. */
export type Shape = {
  kind: 'empty' | 'date' | 'number' | 'email' | 'phone' | 'boolean' | 'url' | 'text';
  /** share of the filled values that have this shape */
  share: number;
  filled: number;
  total: number;
  distinct: number;
  /** every filled value once, where there are few of them */
  values: string[];
  /** form for `format`, where it is not the one that needs none */
  format?: string;
  /** decimal sign, where it has to be declared */
  decimal?: ',';
  /** what the values leave open, as a question to a person */
  ask?: string;
  /** texts among the values that say that there is nothing */
  nothing?: string[];
  /** currency that the values name by its sign */
  currency?: string;
};

type Form = { format?: string; pattern: RegExp };

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;
const forms: Form[] = [
  { pattern: isoTime },
  { format: 'dd.MM.yyyy HH:mm:ss', pattern: /^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}:\d{2}$/ },
  { format: 'dd.MM.yyyy HH:mm', pattern: /^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}$/ },
  { format: 'dd.MM.yyyy', pattern: /^\d{2}\.\d{2}\.\d{4}$/ },
  { format: 'd.M.yyyy', pattern: /^\d{1,2}\.\d{1,2}\.\d{4}$/ },
  { format: 'dd.MM.yy', pattern: /^\d{2}\.\d{2}\.\d{2}$/ },
  { format: 'yyyy/MM/dd', pattern: /^\d{4}\/\d{2}\/\d{2}$/ },
  { format: 'yyyyMMdd', pattern: /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/ },
  { format: 'MMM-yy', pattern: /^[A-Z][a-z]{2}-\d{2}$/ },
  { format: 'd MMM yyyy', pattern: /^\d{1,2} [A-Z][a-z]{2} \d{4}$/ },
  { format: 'epoch', pattern: /^1[0-9]{9}$/ },
  { format: 'epoch_ms', pattern: /^1[0-9]{12}$/ },
];
const either = /^(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?: (\d{1,2}):(\d{2})(:\d{2})?)?$/;
const mostValues = 60;
const nothing =
  /^(n\/?a|null|none|nan|-|–|—|не (указан|задан|закрыт|выбран)[ао]?|нет данных|без даты|пусто)$/i;

/** Looks at the values of a column; null and '' are «nothing». */
export function readShape(cells: (string | null)[]): Shape {
  const told = cells.map((cell) => cell?.trim() ?? '').filter((cell) => cell !== '');
  const filled = told.filter((cell) => !nothing.test(cell));
  const empty = [...new Set(told.filter((cell) => nothing.test(cell)))];
  const unique = new Set(filled);
  const base = {
    share: 0,
    filled: filled.length,
    total: cells.length,
    distinct: unique.size,
    values: unique.size <= mostValues ? [...unique] : [],
    ...(empty.length && { nothing: empty }),
  };
  if (!filled.length) return { ...base, kind: 'empty' };
  const shareOf = (test: (value: string) => boolean): number => filled.filter(test).length / filled.length;
  const found: Omit<Shape, keyof typeof base>[] = [];
  const shares: number[] = [];
  const add = (shape: Omit<Shape, keyof typeof base>, share: number): void => {
    found.push(shape);
    shares.push(share);
  };
  add(
    { kind: 'email' },
    shareOf((v) => /^[^\s@,;]+@[^\s@,;]+\.[a-z]{2,}$/i.test(v)),
  );
  add(
    { kind: 'url' },
    shareOf((v) => /^https?:\/\//i.test(v)),
  );
  const slashed = shareOf((v) => either.test(v));
  if (slashed > 0) add(readSlashed(filled), slashed);
  for (const { format, pattern } of forms)
    add(
      format === undefined ? { kind: 'date' } : { kind: 'date', format },
      shareOf((v) => pattern.test(v)),
    );
  add(
    { kind: 'boolean' },
    shareOf((v) => /^(true|false|yes|no|да|нет|y|n)$/i.test(v)),
  );
  add({ kind: 'phone' }, shareOf(isPhone));
  add(readNumber(filled), shareOf(isNumber));
  const best = shares.reduce((top, share, i) => (share > (shares[top] ?? 0) ? i : top), 0);
  const share = shares[best] ?? 0;
  if (share < 0.8) return { ...base, kind: 'text', share: 1 };
  return { ...base, ...(found[best] as Omit<Shape, keyof typeof base>), share };
}

/** Columns of one table are written alike: where one tells day from month, it tells for the others. */
export function settleDates(shapes: Record<string, Shape>): void {
  const slashed = Object.values(shapes).filter(({ format }) => /^[dM][/-][dM]/.test(format ?? ''));
  const orders = new Set(slashed.filter(({ ask }) => !ask).map(({ format }) => format?.slice(0, 3)));
  if (orders.size !== 1) return;
  for (const shape of slashed.filter(({ ask }) => ask)) {
    shape.format = `${[...orders][0]}${shape.format?.slice(3)}`;
    delete shape.ask;
  }
}

/** Day and month in a column such as 3/4/2024 are told apart by any value that can be read in one way only. */
function readSlashed(values: string[]): Pick<Shape, 'kind' | 'format' | 'ask'> {
  const matches = values.map((value) => either.exec(value)).filter((match) => match !== null);
  const isDayFirst = matches.some((match) => Number(match[1]) > 12);
  const isMonthFirst = matches.some((match) => Number(match[3]) > 12);
  const separator = matches[0]?.[2] ?? '/';
  const [hour, seconds] = [matches.some((match) => match[5]), matches.some((match) => match[7])];
  const time = hour ? ` H:mm${seconds ? ':ss' : ''}` : '';
  const write = (parts: string[]): string => [...parts, 'yyyy'].join(separator) + time;
  if (isDayFirst && isMonthFirst)
    return {
      kind: 'date',
      ask: 'some dates begin with the day and some with the month: mend them in the source',
    };
  if (isMonthFirst) return { kind: 'date', format: write(['M', 'd']) };
  const format = write(['d', 'M']);
  if (isDayFirst) return { kind: 'date', format };
  return {
    kind: 'date',
    format,
    ask: `day or month first? No value tells; for the month first write ${write(['M', 'd'])}`,
  };
}

const signs: [string, string][] = [
  ['₽', 'RUB'],
  ['руб', 'RUB'],
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
];
const bare = (value: string): string => value.replace(/(руб\.?|р\.|₽|\$|€|£|[\s\u00a0\u202f'])/gi, '');

function isNumber(value: string): boolean {
  return /^[+-]?(\d+([.,]\d+)?|\d{1,3}([.,]\d{3})+([.,]\d+)?)%?$/.test(bare(value));
}

function readNumber(values: string[]): Pick<Shape, 'kind' | 'decimal' | 'ask' | 'currency'> {
  const currency = signs.find(([sign]) => values.some((value) => value.toLowerCase().includes(sign)))?.[1];
  const shape: Pick<Shape, 'kind' | 'decimal' | 'ask' | 'currency'> = { kind: 'number' };
  if (currency) shape.currency = currency;
  const texts = values.map(bare).filter((value) => value.includes(','));
  if (!texts.length) return shape;
  const isDecimal = texts.some((value) => /,\d{1,2}$|,\d{4,}$/.test(value) && !/,.*,/.test(value));
  if (isDecimal) shape.decimal = ',';
  else if (
    texts.every((value) => /^[+-]?\d{1,3},\d{3}$/.test(value)) &&
    !values.some((v) => bare(v).includes('.'))
  )
    shape.ask = 'is the comma a decimal sign? No value tells; if it is, write number: { decimal: "," }';
  return shape;
}

function isPhone(value: string): boolean {
  const digits = value.replace(/\D/g, '');
  return (
    /^\+?[\d\s()-]+$/.test(value) &&
    digits.length >= 10 &&
    digits.length <= 15 &&
    (/^\+|[()]|\d[ -]\d/.test(value) || /^[78]\d{10}$/.test(digits))
  );
}
