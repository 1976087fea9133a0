import { DAY, dayOf, HOUR, isWorkday, MINUTE, settle, startOf, workLater } from './calendar.ts';
import type { Life } from './lives.ts';
import { dialMobile } from './names.ts';
import { worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Activity, Call, Manager, Scene } from './types.ts';
import type { World } from './world.ts';

/** Where calls and letters are written down as a life is told. */
class Journal {
  readonly calls: Call[] = [];
  readonly activities: Activity[] = [];
  readonly random: Random;
  readonly phone: string;
  private readonly world: World;
  private readonly life: Life;

  constructor(world: World, life: Life) {
    this.world = world;
    this.life = life;
    this.random = new Random(world.seed, 'contact', life.id);
    this.phone = life.client?.digits ?? dialMobile(this.random);
  }

  whoAt(at: number): Manager {
    const manager = this.life.manager as Manager;
    return worksOn(manager, dayOf(at)) ? manager : this.world.leadOf(manager);
  }

  dial(at: number): void {
    const answered = this.random.chance(0.69);
    const wait = Math.round(answered ? this.random.between(4, 28) : this.random.between(18, 45));
    const talk = answered ? Math.round(this.random.lognormal(135, 0.8)) : 0;
    const failure = this.random.pick(['NO ANSWER', 'NO ANSWER', 'NO ANSWER', 'BUSY', 'FAILED'] as const);
    this.note(
      at,
      'from-internal',
      this.whoAt(at).internal_phone,
      this.phone,
      answered ? 'ANSWERED' : failure,
      wait,
      talk,
    );
  }

  /** Somebody calls us; a missed call is returned, or it is not. */
  ring(at: number, forced = false): void {
    const who = this.whoAt(at);
    const staffed = settle(at, this.random) === at;
    const answered = forced || (staffed && !this.random.chance(who.missed));
    const wait = Math.round(
      answered ? Math.min(55, this.random.lognormal(10, 0.7)) : this.random.between(15, 60),
    );
    const talk = answered ? Math.round(this.random.lognormal(170, 0.75)) : 0;
    this.note(
      at,
      'from-trunk',
      this.phone,
      who.internal_phone,
      answered ? 'ANSWERED' : 'NO ANSWER',
      wait,
      talk,
    );
    if (!answered && this.random.chance(who.callback))
      this.dial(workLater(at, this.random.lognormal(17, 0.9)));
  }

  write(
    type: Activity['type'],
    subject: string,
    created: number,
    deadline: number | null,
    completed: number | null,
  ): void {
    this.activities.push({
      id: this.life.id * 40 + this.activities.length,
      type,
      subject,
      responsible_user_id: this.whoAt(created).id,
      company_id: this.life.client?.id ?? null,
      lead_id: this.life.id,
      created_at: created,
      deadline_at: deadline,
      completed_at: completed,
    });
  }

  private note(
    at: number,
    context: Call['context'],
    src: string,
    dst: string,
    disposition: Call['disposition'],
    wait: number,
    talk: number,
  ): void {
    // The dialplan asks the CRM who is calling, and the CRM is not always in the mood to answer.
    const found = this.random.chance(0.78);
    this.calls.push({
      at,
      context,
      src,
      dst,
      disposition,
      duration: wait + talk,
      billsec: talk,
      company: found ? (this.life.client?.id ?? null) : null,
      lead: found && this.random.chance(0.8) ? this.life.id : null,
      uniqueid: `${Math.floor(at / 1000)}.${this.life.id * 40 + this.calls.length}`,
    });
  }
}

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

/** Calls about no deal: wrong numbers, advertisers, colleagues. */
export function chatter(world: World, scene: Scene, day: number): Call[] {
  const random = new Random(scene.seed, 'chatter', day);
  const staff = world.managers.filter((m) => worksOn(m, day));
  const calls: Call[] = [];
  const busy = isWorkday(day) ? scene.scale : scene.scale * 0.1;
  const add = (context: Call['context'], src: string, dst: string, answered: boolean): void => {
    const at = startOf(day) + Math.round(random.between(9, 18) * HOUR);
    const wait = random.whole(3, 24);
    const talked = answered ? Math.round(random.lognormal(45, 0.8)) : 0;
    calls.push({
      at,
      context,
      src,
      dst,
      disposition: answered ? 'ANSWERED' : 'NO ANSWER',
      duration: wait + talked,
      billsec: talked,
      company: null,
      lead: null,
      uniqueid: `${Math.floor(at / 1000)}.${day * 100 + calls.length}`,
    });
  };
  const colleague = (): string => random.pick(staff).internal_phone;
  for (let i = random.count(5 * busy); i > 0; i--)
    add('from-trunk', dialMobile(random), colleague(), random.chance(0.92));
  for (let i = random.count(9 * busy); i > 0; i--)
    add('ext-local', colleague(), colleague(), random.chance(0.9));
  return calls;
}
