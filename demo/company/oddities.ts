import { Random } from './random.ts';
import type { Customer, Deal, Switchboard } from './types.ts';

const LONG = 'Общество с ограниченной ответственностью «Научно-производственное объединение ';

/** Names that have broken somebody's page, sheet, mail or log. */
export const hostileNames: readonly string[] = [
  '<img src=x onerror=alert(1)>',
  '=HYPERLINK("http://evil.example","x")',
  (LONG + 'промышленного оборудования и комплексных инженерных систем '.repeat(5)).slice(0, 299) + '»',
  'شركة النور للمعدات الصناعية',
  'ООО «Ромашка» 🌼🚀👩‍🔧',
  "Robert'); DROP TABLE leads;--",
  '@SUM(1+1)*cmd|calc',
  '  ООО «Лишние   пробелы»  ',
  'null',
  'ООО «Две\nстроки\tи табуляция»',
  '{{7*7}} ${process.exit()} %s',
  'ООО "Кавычки, запятая; точка с запятой"',
];

export const hostileTitles: readonly string[] = [
  '<script>alert("deal")</script>',
  '+7(999)000-00-00;=1+1',
  'Заявка с сайта: ‮перевёрнуто‬ и обратно',
  '🧯🧯🧯',
  '',
];

/** Pairs of companies behind one switchboard, whose number the CRM has for both. Early ones, so that no new day moves them. */
export function shareSwitchboards(customers: Customer[]): Switchboard[] {
  const shared: Switchboard[] = [];
  for (let i = hostileNames.length; i + 1 < customers.length && shared.length < 3; i += 2) {
    const [a, b] = [customers[i], customers[i + 1]] as [Customer, Customer];
    if (a.phone === null || b.phone === null || a.type !== 'company' || b.type !== 'company') continue;
    const phone = `+7 (495) 120-4${shared.length}-00`;
    a.phone = b.phone = phone;
    shared.push({ phone, companies: [a.id, b.id] });
  }
  return shared;
}

/** What people leave behind in every CRM. Drawn apart, so that it never changes the rest of a deal. */
export function spoil(deal: Deal, seed: number, previous: number | null, now: number): void {
  const random = new Random(seed, 'oddity', deal.id);
  const kind = random.next();
  if (kind < 0.002) {
    deal.is_test = true;
    deal.name = `ТЕСТ ${random.whole(1, 99)} не трогать`;
  } else if (kind < 0.006) deal.is_spam = true;
  else if (kind < 0.014 && previous !== null && deal.closed_at !== null && deal.loss_reason_id !== null) {
    deal.duplicate_of = previous;
    deal.loss_reason_id = 8;
  } else if (kind < 0.02 && deal.created_at !== null) {
    const at = deal.created_at + Math.round(random.between(1, 40) * 86_400_000);
    if (at < now) {
      deal.deleted_at = at;
      deal.updated_at = Math.max(deal.updated_at, at);
    }
  } else if (kind < 0.0206) deal.name = random.pick(hostileTitles);
  else if (kind < 0.0212) deal.created_at = null;
  else if (kind < 0.026) deal.product_id = null;
}
