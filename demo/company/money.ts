import { DAY, dayOf, settle, workLater } from './calendar.ts';
import type { Life } from './lives.ts';
import { Random } from './random.ts';
import type { Invoice, Payment } from './types.ts';
import type { World } from './world.ts';

/** An invoice goes out when a deal begins to wait for money. Deals are won with the first money, not the last. */
export function bill(world: World, life: Life): { invoice: Invoice | null; payments: Payment[] } {
  const wait = life.moves.find((m) => m.status.name === 'Ожидание оплаты');
  const issued = wait?.at ?? (life.won ? life.end - DAY : null);
  if (issued === null) return { invoice: null, payments: [] };
  const random = new Random(world.seed, 'money', life.id);
  const invoice: Invoice = {
    id: life.id * 2,
    number: `ВП-${life.id}`,
    lead_id: life.id,
    company_id: life.client?.id ?? null,
    amount: life.price,
    currency: life.currency,
    issued_at: issued,
    due_on: dayOf(issued) + random.pick([10, 14, 14, 30]),
  };
  const payments: Payment[] = [];
  const pay = (amount: number, at: number, kind: Payment['kind'] = 'payment'): void => {
    payments.push({
      id: life.id * 8 + payments.length,
      invoice_id: invoice.id,
      company_id: invoice.company_id,
      amount: Math.round(amount * 100) / 100,
      currency: life.currency,
      kind,
      paid_at: settle(at, random),
    });
  };
  if (!life.won) return { invoice, payments };
  const style = random.next();
  if (style < 0.66) pay(life.price, life.end);
  else {
    const first = Math.round(life.price * random.pick([0.3, 0.5, 0.5, 0.7]));
    pay(first, life.end);
    // Some never pay the rest: this is what receivables are for.
    const tardy = random.chance(0.3) ? random.exponential(40) : 0;
    if (!random.chance(0.05)) pay(life.price - first, life.end + (random.between(7, 35) + tardy) * DAY);
  }
  if (random.chance(0.017)) {
    const share = random.chance(0.4) ? 1 : random.between(0.1, 0.5);
    const paid = payments.reduce((sum, p) => sum + p.amount, 0);
    const last = payments[payments.length - 1]?.paid_at ?? life.end;
    pay(-paid * share, workLater(last + random.between(3, 30) * DAY, 60), 'refund');
  }
  return { invoice, payments };
}
