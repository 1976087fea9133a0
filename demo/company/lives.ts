import { DAY, dayOf, HOUR, MINUTE, settle, startOf, workLater } from './calendar.ts';
import { pull, runsOn, type Offer } from './campaigns.ts';
import { ROTTEN, routes, statuses } from './catalog.ts';
import type { Client } from './customers.ts';
import { worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Manager, PipelineKind, Product, Status } from './types.ts';
import type { World } from './world.ts';

export type Move = { status: Status; at: number; user: number | null };

/** All that will ever happen to a deal, drawn at its birth. What is known of it later is a cut through this. */
export type Life = {
  id: number;
  kind: PipelineKind;
  at: number;
  client: Client | null;
  manager: Manager | null;
  offer: Offer | null;
  product: Product;
  price: number;
  cost: number;
  currency: string;
  touched: number | null;
  byPhone: boolean;
  moves: Move[];
  reason: number | null;
  end: number;
  won: boolean;
};

const last = new Map(statuses.filter((s) => s.type !== 'open').map((s) => [`${s.pipeline_id} ${s.type}`, s]));

export function live(world: World, id: number, day: number): Life {
  const random = new Random(world.seed, 'deal', id);
  const at = startOf(day) + Math.round(momentOfDay(random) * HOUR);
  const kind = world.chooseKind(random, day);
  const offer = chooseOffer(world, random, kind, day);
  const client = world.chooseClient(random, kind, id, at, offer);
  const orphan = kind === 'reach' && random.chance(0.012);
  const manager = orphan ? null : world.chooseManager(random, kind, client, day);
  const byPhone =
    !orphan && (kind === 'reach' || kind === 'react') && settle(at, random) === at && random.chance(0.16);
  const touched = manager === null ? null : respond(random, manager, kind, at, byPhone);
  const product = world.chooseProduct(random, kind);
  const money = bargain(world, random, product, manager, client, kind, day);
  const quality =
    (manager?.skill ?? 0.5) * (offer?.quality ?? 1) * (touched !== null && touched - at > DAY ? 0.85 : 1);
  const path = walk(
    world,
    random,
    kind,
    at,
    touched,
    manager,
    client === null ? Math.min(quality, 0.8) : quality,
    client !== null,
  );
  return { id, kind, at, client, manager, offer, product, ...money, touched, byPhone, ...path };
}

function momentOfDay(random: Random): number {
  if (random.chance(0.13)) return random.between(7, 23.5);
  return 9 + 9 * (random.chance(0.55) ? random.between(0.02, 0.5) : random.between(0.45, 0.98));
}

function chooseOffer(world: World, random: Random, kind: PipelineKind, day: number): Offer | null {
  if (!random.chance(world.attributed[kind])) return null;
  const offers = world.offers.filter((o) => runsOn(o, day));
  return random.weigh(offers, (o) => pull(o, kind));
}

function respond(
  random: Random,
  manager: Manager,
  kind: PipelineKind,
  at: number,
  byPhone: boolean,
): number | null {
  if (byPhone) return at + Math.round(random.between(0.2, 1) * MINUTE);
  const own = kind === 'reengage' || kind === 'refresh';
  if (!own && random.chance(0.012)) return null;
  return workLater(
    at,
    random.lognormal(own ? Math.min(9, manager.responseMinutes) : manager.responseMinutes, 0.85),
  );
}

function bargain(
  world: World,
  random: Random,
  product: Product,
  manager: Manager | null,
  client: Client | null,
  kind: PipelineKind,
  day: number,
): Pick<Life, 'price' | 'cost' | 'currency'> {
  const room = (kind === 'reengage' ? 2.2 : 1) * (client?.weight ?? 1) ** 0.3;
  const pieces = 1 + random.count((product.price < 150_000 ? 95_000 / product.price : 0.12) * room);
  const dearer = 1 + (0.07 * (day - world.from)) / 365;
  const discount = (manager?.discount ?? 0) * random.between(0.6, 1.4);
  const foreign = client?.region === 'Казахстан' && random.chance(0.3);
  const currency = foreign ? random.pick(['USD', 'EUR']) : 'RUB';
  const unit = foreign ? 95 : 1;
  const list = product.price * pieces * dearer;
  return {
    price: Math.round((list * (1 - discount) * random.between(0.97, 1.04)) / unit / 10) * 10,
    cost: Math.round((list * (product.cost / product.price) * random.between(0.96, 1.06)) / unit),
    currency,
  };
}

function walk(
  world: World,
  random: Random,
  kind: PipelineKind,
  at: number,
  touched: number | null,
  manager: Manager | null,
  quality: number,
  known: boolean,
): Pick<Life, 'moves' | 'reason' | 'end' | 'won'> {
  const route = routes.get(kind) ?? [];
  const ending = (type: Status['type']): Status =>
    last.get(`${route[0]?.status.pipeline_id} ${type}`) as Status;
  const moves: Move[] = [{ status: (route[0] as { status: Status }).status, at, user: manager?.id ?? null }];
  let now = Math.max(at, touched ?? at + 12 * DAY * random.between(1, 2));
  for (let i = 0; i < route.length;) {
    const step = route[i] as (typeof route)[number];
    const day = dayOf(now);
    const gone = manager !== null && !worksOn(manager, day);
    const rotten = step.status.id === ROTTEN && day >= world.rotDay;
    const user = manager === null ? null : gone ? world.leadOf(manager).id : manager.id;
    const pass = step.pass ** (1 / (quality * (gone ? 0.6 : 1))) * (rotten ? 0.86 : 1);
    const goes = touched !== null && (known || i < 1) && random.chance(pass);
    const days = random.lognormal(step.days, 0.75) * (rotten ? 6.5 : 1) * (gone ? 1.8 : 1) * (goes ? 1 : 1.3);
    now = settle(now + Math.round(Math.max(days * DAY, 4 * MINUTE)), random);
    if (!goes) return fall(random, moves, ending, now, i, touched, at, user);
    i += random.chance(0.07) && i < route.length - 2 ? 2 : 1;
    const next = route[i];
    moves.push({ status: next?.status ?? ending('won'), at: now, user });
  }
  return { moves, reason: null, end: now, won: true };
}

function fall(
  random: Random,
  moves: Move[],
  ending: (type: Status['type']) => Status,
  at: number,
  position: number,
  touched: number | null,
  born: number,
  user: number | null,
): Pick<Life, 'moves' | 'reason' | 'end' | 'won'> {
  const late = touched === null || touched - born > DAY;
  const reasons =
    position === 0 ? [4, 6, 6, 3] : position === 1 ? [6, 3, 2, 1] : position === 3 ? [7, 1, 2] : [1, 2, 2, 3];
  const reason = late && random.chance(0.5) ? 5 : random.pick(reasons);
  let end = at;
  if (reason === 3 && random.chance(0.35)) {
    moves.push({ status: ending('nurture'), at, user });
    end = settle(at + Math.round(random.between(60, 150) * DAY), random);
  }
  moves.push({ status: ending('lost'), at: end, user });
  return { moves, reason, end, won: false };
}
