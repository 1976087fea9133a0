import { dayOf, demandOf, monthOf, monthStart, parseDay, startOf } from './calendar.ts';
import { mail, quote, spend } from './campaigns.ts';
import { FAULT_MONTH, pipelines, products, statuses } from './catalog.ts';
import { chatter } from './chatter.ts';
import { talk } from './contacts.ts';
import { live, type Life } from './lives.ts';
import { bill } from './money.ts';
import { assess, departments, listUsers } from './people.ts';
import { shareSwitchboards } from './oddities.ts';
import { plan, type Result } from './plans.ts';
import { Random } from './random.ts';
import { logMoves, record, trace } from './records.ts';
import { complain, showTicket, survey } from './service.ts';
import type { Company, Scene } from './types.ts';
import { World } from './world.ts';

export const SEED = 20240917;
const FIRST = parseDay('2020-01-01');
/** Deals expected on a day of usual demand in the first month. */
const PACE = 46;

export function setScene(options: { until: string; from?: string; seed?: number; scale?: number }): Scene {
  const until = parseDay(options.until);
  const from = options.from === undefined ? monthStart(until, -24) : parseDay(options.from);
  return { seed: options.seed ?? SEED, from, until, scale: options.scale ?? 1 };
}

/** The same scene gives the same company; a later `until` adds to it and changes nothing that was already past. */
export function simulate(scene: Scene): Company {
  const world = new World(scene);
  const now = startOf(scene.until + 1);
  const rates = quote(scene);
  const rate = (day: number, currency: string): number => rates.get(`${currency} ${day}`) ?? 1;
  const company = begin(scene, world);
  const results: Result[] = [];
  const wins = new Map<number, Life[]>();
  const faultDay = monthStart(scene.from, FAULT_MONTH);
  let previous: number | null = null;

  for (let day = scene.from; day <= scene.until; day++) {
    for (const life of wins.get(day) ?? []) if (life.client !== null) world.reward(life.client);
    company.calls.push(...chatter(world, scene, day));
    const births = new Random(scene.seed, 'births', day).count(
      PACE * scene.scale * demandOf(day, scene.from),
    );
    for (let i = 0; i < births; i++) {
      const life = live(world, (day - FIRST) * 200 + i, day);
      if (life.won) push(wins, dayOf(life.end), life);
      tell(company, world, life, previous, now, faultDay);
      note(results, life, now, rate);
      previous = life.id;
    }
  }

  company.customers = world.clients;
  for (const client of world.clients)
    if (client.responsible_user_id !== null) world.ownerOf(client, scene.until);
  company.spend = spend(world.offers, scene, PACE * scene.scale * 0.51, rate);
  company.plans = plan(scene, results, departments, company.users, products, world.offers);
  company.rates = [...rates].map(([key, value]) => {
    const [currency = '', day] = key.split(' ');
    return { currency, day: Number(day), rate: value };
  });
  company.switchboards = shareSwitchboards(company.customers);
  company.calls.sort((a, b) => a.at - b.at || (a.uniqueid < b.uniqueid ? -1 : 1));
  return company;
}

function begin(scene: Scene, world: World): Company {
  return {
    ...scene,
    departments,
    users: listUsers(world.managers, scene.from, scene.until),
    products,
    pipelines,
    statuses,
    campaigns: world.offers.filter((o) => o.started_on <= scene.until),
    customers: [],
    switchboards: [],
    deals: [],
    moves: [],
    touchpoints: [],
    activities: [],
    calls: [],
    invoices: [],
    payments: [],
    assessments: assess(world.managers, scene),
    tickets: [],
    answers: [],
    spend: [],
    mailings: mail(world.offers, scene),
    plans: [],
    rates: [],
  };
}

/** Writes into each system what it would know of this deal by now. */
function tell(
  company: Company,
  world: World,
  life: Life,
  previous: number | null,
  now: number,
  faultDay: number,
): void {
  company.deals.push(record(world, life, previous, now));
  company.moves.push(...logMoves(life, now));
  company.touchpoints.push(...trace(world, life));
  const { calls, activities } = talk(world, life);
  for (const call of calls) if (call.at < now) company.calls.push(call);
  for (const a of activities)
    if (a.created_at < now)
      company.activities.push((a.completed_at ?? 0) < now ? a : { ...a, completed_at: null });
  const { invoice, payments } = bill(world, life);
  // Accounting withdraws the invoice of a deal that was lost.
  const isVoid = !life.won && life.end < now;
  if (invoice !== null && !isVoid && invoice.issued_at < now) company.invoices.push(invoice);
  for (const payment of payments) if (payment.paid_at < now) company.payments.push(payment);
  const tickets = complain(world, life, faultDay);
  for (const ticket of tickets) if (ticket.opened < now) company.tickets.push(showTicket(ticket, now));
  for (const answer of survey(world, life, tickets)) if (answer.answered < now) company.answers.push(answer);
}

function note(
  results: Result[],
  life: Life,
  now: number,
  rate: (day: number, currency: string) => number,
): void {
  const who = {
    team: life.manager?.department_id ?? null,
    employee: life.manager?.id ?? null,
    product: life.product.id,
    channel: life.offer?.channel ?? null,
  };
  results.push({ month: monthOf(dayOf(life.at)), metric: 'deals', value: 1, ...who });
  if (!life.won || life.end >= now) return;
  const day = dayOf(life.end);
  const month = monthOf(day);
  const amount = life.price * (life.currency === 'RUB' ? 1 : rate(day, life.currency));
  results.push(
    { month, metric: 'won_amount', value: amount, ...who },
    { month, metric: 'deals_won', value: 1, ...who },
  );
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
