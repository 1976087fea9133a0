import { DAY, HOUR, MINUTE, settle, startOf, workLater } from './calendar.ts';
import { FAULTY } from './catalog.ts';
import type { Life } from './lives.ts';
import { AGENTS } from './people.ts';
import { Random } from './random.ts';
import type { Answer, Ticket } from './outside.ts';
import type { World } from './world.ts';

const CAUSES = [
  'Брак',
  'Срок поставки',
  'Документы',
  'Качество монтажа',
  'Общение менеджера',
  'Комплектация',
];
const STAGES = ['Поставка', 'Монтаж', 'Эксплуатация', 'Оформление'];
const HOURS = { low: 120, medium: 72, high: 36, critical: 12 };
const PRAISE = [
  'Всё в срок',
  'Спасибо менеджеру',
  'Хорошая техника',
  'Будем обращаться ещё',
  null,
  null,
  null,
  null,
];
const BLAME = [
  'Долго ждали поставку',
  'Не дозвониться',
  'Ошибки в документах',
  'Оборудование вышло из строя',
  null,
  null,
];

/** A ticket as it will end; `showTicket` cuts it at a moment. */
export function complain(world: World, life: Life, faultDay: number): Ticket[] {
  if (!life.won) return [];
  const random = new Random(world.seed, 'ticket', life.id);
  const tickets: Ticket[] = [];
  if (random.chance(0.35)) tickets.push(open(random, life, 0, random.pick(CAUSES), random.exponential(32)));
  if (life.product.id === FAULTY) {
    // A bad batch: units sold long ago fail too, but none before the batch's day.
    for (let i = 1; i <= 2; i++) {
      const ticket = open(random, life, i, 'Брак', random.between(1, 240));
      if (ticket.opened >= startOf(faultDay) && random.chance(0.6))
        tickets.push({ ...ticket, stage: 'Эксплуатация' });
    }
  }
  return tickets;
}

function open(random: Random, life: Life, index: number, cause: string, days: number): Ticket {
  const opened = settle(Math.round(life.end + (days + 0.2) * DAY), random);
  const severity = random.weigh(['low', 'medium', 'high', 'critical'] as const, (s) =>
    s === 'medium' ? 5 : s === 'low' ? 3 : s === 'high' ? 2 : 0.5,
  );
  const answered = workLater(opened, random.lognormal(95, 0.9));
  const rejected = random.chance(0.07);
  const resolved = workLater(answered, random.lognormal(HOURS[severity] * 60 * 0.2, 0.85));
  return {
    id: life.id * 4 + index,
    subject: `${cause}: ${life.product.name}`,
    status: rejected ? 'rejected' : 'resolved',
    severity,
    cause,
    channel: random.pick(['email', 'phone', 'phone', 'portal', 'telegram']),
    stage: random.pick(STAGES),
    company: life.client?.id ?? null,
    lead: random.chance(0.85) ? life.id : null,
    product: random.chance(0.97) ? life.product.id : null,
    agent: random.pick(AGENTS),
    opened,
    answered,
    resolved,
    due: opened + HOURS[severity] * HOUR,
    updated: resolved,
  };
}

export function showTicket(ticket: Ticket, now: number): Ticket {
  if ((ticket.resolved ?? Infinity) < now) return ticket;
  if ((ticket.answered ?? Infinity) < now)
    return { ...ticket, status: 'in_progress', resolved: null, updated: ticket.answered as number };
  return { ...ticket, status: 'new', answered: null, resolved: null, updated: ticket.opened };
}

/** Asked a week after the purchase; who has complained answers colder. */
export function survey(world: World, life: Life, tickets: Ticket[]): Answer[] {
  if (!life.won) return [];
  const random = new Random(world.seed, 'survey', life.id);
  const answers: Answer[] = [];
  const ask = (name: string, at: number, mean: number): void => {
    const score = Math.min(10, Math.max(0, Math.round(mean + 1.7 * random.normal())));
    answers.push({
      id: life.id * 4 + answers.length,
      survey: name,
      // A form that once let a slip of the finger through.
      score: random.chance(0.0012) ? score + 11 : score,
      company: life.client?.id ?? null,
      employee: life.manager?.id ?? null,
      comment: random.pick(score >= 7 ? PRAISE : BLAME),
      answered: at,
    });
  };
  const slow = (life.manager?.responseMinutes ?? 0) > 120;
  const hurt = tickets.some((t) => t.opened < life.end + 8 * DAY);
  if (random.chance(0.66))
    ask(
      'Покупка',
      life.end + Math.round((7 + random.exponential(2)) * DAY),
      8.9 - (slow ? 1.8 : 0) - (hurt ? 3 : 0),
    );
  for (const ticket of tickets) {
    if (!random.chance(0.5) || ticket.resolved === null) continue;
    const late = ticket.resolved > ticket.due;
    ask('Обращение в сервис', ticket.resolved + random.whole(30, 3000) * MINUTE, 7.6 - (late ? 2.4 : 0));
  }
  return answers;
}
