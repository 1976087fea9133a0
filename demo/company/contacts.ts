import { DAY, HOUR, MINUTE, settle, workLater } from './calendar.ts';
import { Journal } from './journal.ts';
import type { Life } from './lives.ts';
import type { Call } from './outside.ts';
import type { Random } from './random.ts';
import type { Activity } from './types.ts';
import type { World } from './world.ts';

export function talk(world: World, life: Life): { calls: Call[]; activities: Activity[] } {
  const journal = new Journal(world, life);
  if (life.manager === null) return journal;
  const { random } = journal;
  if (life.byPhone) journal.ring(life.at - MINUTE, true);
  else if (life.touched !== null && random.chance(0.7)) journal.dial(life.touched);
  else if (life.touched !== null)
    journal.write(random.chance(0.6) ? 'email' : 'message', 'Первый ответ', life.touched, null, life.touched);
  for (let i = 0; i < life.moves.length; i++) {
    const move = life.moves[i]!;
    const until = life.moves[i + 1]?.at;
    if (until === undefined || move.status.type !== 'open') break;
    stay(journal, life, Math.max(move.at, life.touched ?? move.at), until);
  }
  if (life.won)
    for (let i = random.count(0.5); i > 0; i--) journal.ring(later(random, life.end, life.end + 30 * DAY));
  return journal;
}

function stay(journal: Journal, life: Life, from: number, until: number): void {
  const { random } = journal;
  const manager = journal.whoAt(from);
  const length = Math.min(2, 0.7 + (until - from) / (20 * DAY));
  for (let i = random.count(0.69 * length); i > 0; i--) journal.dial(later(random, from, until));
  for (let i = random.count(0.4 * length); i > 0; i--) journal.ring(later(random, from, until));
  for (let i = random.count(0.5 * length); i > 0; i--) {
    const at = later(random, from, until);
    journal.write(
      'email',
      random.pick(['Предложение', 'Уточнение по заказу', 'Документы', 'Счёт']),
      at,
      null,
      at,
    );
  }
  if (random.chance(0.16)) {
    const at = later(random, from, until);
    journal.write('message', 'Сообщение в мессенджере', at, null, at);
  }
  if (random.chance(life.kind === 'reengage' ? 0.4 : 0.09)) {
    const at = later(random, from, until);
    journal.write('meeting', 'Встреча', settle(at - Math.round(2 * DAY * random.next()), random), at, at);
  }
  if (random.chance(0.45)) {
    const due = workLater(from, 540 * random.whole(1, 4));
    const tardy = random.chance(manager.responseMinutes > 120 ? 0.55 : 0.12);
    const done = tardy
      ? random.chance(0.6)
        ? workLater(due, 540 * random.between(1, 6))
        : null
      : workLater(from, 500 * random.next());
    journal.write(
      'task',
      random.pick(['Перезвонить', 'Отправить КП', 'Напомнить об оплате', 'Собрать документы']),
      from,
      due,
      done,
    );
  }
}

/** A moment between two others; usually when the office is open. */
function later(random: Random, from: number, until: number): number {
  const at = Math.round(from + random.next() * Math.max(HOUR, until - from));
  return random.chance(0.012) ? at : settle(at, random);
}
