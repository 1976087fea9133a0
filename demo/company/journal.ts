import { dayOf, settle, workLater } from './calendar.ts';
import type { Life } from './lives.ts';
import { dialMobile } from './names.ts';
import type { Call } from './outside.ts';
import { worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Activity, Manager } from './types.ts';
import type { World } from './world.ts';

/** Where calls and letters are written down as a life is told. */
export class Journal {
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
