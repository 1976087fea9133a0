import type { Level } from '../planning.ts';
import { normal, readMonth } from './values.ts';

type Meaning = 'month' | 'metric' | 'level' | 'scope' | 'target';
/** `level` where the heading itself says whose plans stand below, `month` where it is one. */
export type Column = {
  index: number;
  kind: Meaning | 'month_column' | 'scope_column';
  level?: Exclude<Level, 'company'>;
  month?: string;
};

const words: Record<Meaning, string> = {
  month: 'month,period,месяц,период',
  metric: 'metric,kpi,показатель,метрика',
  level: 'level,scope kind,scope_kind,уровень,разрез',
  scope: 'scope,name,for,кому,кого,имя,название',
  target: 'plan,target,value,amount,план,цель,значение,сумма',
};
const levelWords: Record<Exclude<Level, 'company'>, string> = {
  employee: 'employee,manager,сотрудник,менеджер',
  team: 'team,department,отдел,команда',
  product: 'product,товар,продукт,услуга',
  channel: 'channel,канал',
};

/** People write a title above their table: the line with the most headings is taken, of the first ten. */
export function headingsOf(table: string[][], year: number): { at: number; columns: Column[] } | null {
  const rows = table.slice(0, 10).map((cells, at) => ({ at, columns: read(cells, year) }));
  const best = rows.reduce<(typeof rows)[number] | null>(
    (a, b) => (b.columns.length > (a?.columns.length ?? 0) ? b : a),
    null,
  );
  return best && best.columns.length >= 2 && table.length > best.at + 1 ? best : null;
}

function read(cells: string[], year: number): Column[] {
  const columns = cells.flatMap((cell, index): Column[] => {
    const text = normal(cell);
    if (!text) return [];
    const kind = (Object.keys(words) as Meaning[]).find((one) => words[one].split(',').includes(text));
    if (kind) return [{ index, kind }];
    const level = (Object.keys(levelWords) as (keyof typeof levelWords)[]).find((one) =>
      levelWords[one].split(',').includes(text),
    );
    if (level) return [{ index, kind: 'scope_column', level }];
    const month = readMonth(cell, year);
    return month ? [{ index, kind: 'month_column', month }] : [];
  });
  // Months as values below a heading are no headings: a line of a long table holds only one of them.
  return columns;
}
