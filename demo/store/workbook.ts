import writeWorkbook from 'write-excel-file/node';
import type { Company } from '../company/types.ts';
import type { Export } from './exports.ts';

const SCOPES: Record<string, string> = {
  company: 'Компания',
  team: 'Отдел',
  employee: 'Сотрудник',
  product: 'Товар',
  channel: 'Канал',
};
const HEADER = ['Месяц', 'Показатель', 'Уровень', 'Код', 'Кому', 'План'];

/** The plans as the commercial director keeps them: one sheet, real date cells, a bold header. */
export async function exportPlans(company: Company): Promise<Export> {
  const rows = company.plans.map((p) => [
    { value: new Date(`${p.month}-01T00:00:00Z`), format: 'mm.yyyy' },
    p.metric,
    SCOPES[p.scope_kind] ?? p.scope_kind,
    p.scope === '' ? null : p.scope,
    p.title,
    p.target,
  ]);
  const header = HEADER.map((value) => ({ value, fontWeight: 'bold' as const }));
  const content = await writeWorkbook([header, ...rows], { sheet: 'Планы' }).toBuffer();
  return { path: 'plans/plans.xlsx', content };
}
