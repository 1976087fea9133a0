import { dayOf, startOf, DAY } from './calendar.ts';
import type { Life } from './lives.ts';
import { spoil } from './oddities.ts';
import { worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Deal, StatusMove, Touchpoint } from './types.ts';
import { pull, runsOn } from './campaigns.ts';
import type { World } from './world.ts';

/** What the CRM holds of a life at a moment: nothing that is still to come. */
export function record(world: World, life: Life, previous: number | null, now: number): Deal {
  const random = new Random(world.seed, 'record', life.id);
  const seen = life.moves.filter((m) => m.at < now);
  const current = seen[seen.length - 1]?.status ?? life.moves[0]!.status;
  const closed = life.end < now;
  const far = seen.some((m) => m.status.sort > 10 && m.status.type !== 'lost' && m.status.type !== 'nurture');
  const touched = life.touched !== null && life.touched < now ? life.touched : null;
  const quoted = life.kind !== 'reach' || far || random.chance(0.45);
  const costed = random.chance(0.97) && (seen.length > 2 || (closed && life.won));
  const named = life.offer !== null && random.chance(0.45);
  const tagged = life.offer !== null && (!named || random.chance(0.8));
  const spelled = (text: string): string => (random.chance(0.05) ? ` ${text.toUpperCase()} ` : text);
  const deal: Deal = {
    id: life.id,
    name: nameDeal(random, life),
    pipeline_id: current.pipeline_id,
    status_id: current.id,
    responsible_user_id: keeper(world, life, now),
    company_id: life.client?.id ?? null,
    product_id: life.product.id,
    price: quoted ? life.price : null,
    cost_price: costed ? life.cost : null,
    currency: life.currency,
    probability: random.chance(0.4) && current.type === 'open' ? current.win_probability : null,
    created_at: life.at,
    closed_at: closed ? life.end : null,
    expected_close_on: random.chance(0.85) ? dayOf(life.at) + 14 + Math.round(random.exponential(14)) : null,
    first_touch_at: touched,
    loss_reason_id: closed && !life.won ? life.reason : null,
    campaign_id: named ? life.offer!.id : null,
    utm_source: tagged
      ? spelled(life.offer!.utm_source)
      : life.offer === null && random.chance(0.3)
        ? 'organic'
        : null,
    utm_medium: tagged ? life.offer!.utm_medium : null,
    utm_campaign: tagged ? spelled(life.offer!.utm_campaign) : null,
    utm_content: tagged && random.chance(0.6) ? `banner_${random.whole(1, 9)}` : null,
    is_test: false,
    is_spam: false,
    duplicate_of: null,
    deleted_at: null,
    updated_at: Math.max(life.at, touched ?? 0, seen[seen.length - 1]?.at ?? 0, handover(life, now)),
  };
  spoil(deal, world.seed, previous, now);
  return deal;
}

function nameDeal(random: Random, life: Life): string {
  const client = life.client?.name.trim() ?? 'Заявка с сайта';
  return random.chance(0.004) ? '' : `${life.product.name}, ${client}`.slice(0, 250);
}

/** An open deal of somebody who left passes to the head of the department. */
function keeper(world: World, life: Life, now: number): number | null {
  if (life.manager === null) return null;
  return handover(life, now) > 0 ? world.leadOf(life.manager).id : life.manager.id;
}

function handover(life: Life, now: number): number {
  const left = life.manager?.dismissed_on;
  if (left === null || left === undefined || worksOn(life.manager!, dayOf(now - 1))) return 0;
  return startOf(left) < life.end && life.at < startOf(left) ? startOf(left) : 0;
}

export function logMoves(life: Life, now: number): StatusMove[] {
  return life.moves
    .filter((m) => m.at < now)
    .map((m, i) => ({
      id: life.id * 20 + i,
      lead_id: life.id,
      status_id: m.status.id,
      user_id: m.user,
      changed_at: m.at,
    }));
}

/** The way to the request: some earlier touches, then the one that brought it. */
export function trace(world: World, life: Life): Touchpoint[] {
  if (life.offer === null) return [];
  const random = new Random(world.seed, 'touch', life.id);
  const touches: Touchpoint[] = [];
  const before = random.count(0.9);
  for (let i = 0; i <= before; i++) {
    const at =
      i === before
        ? life.at - random.whole(20_000, 900_000)
        : Math.round(life.at - random.between(0.05, 30) * DAY);
    if (at < startOf(world.from)) continue;
    const active = world.offers.filter((o) => runsOn(o, dayOf(at)));
    const offer = i === before ? life.offer : random.weigh(active, (o) => pull(o, 'react'));
    touches.push({
      id: life.id * 20 + i,
      lead_id: life.id,
      company_id: life.client?.id ?? null,
      campaign_id: random.chance(0.3) ? offer.id : null,
      utm_source: offer.utm_source,
      utm_medium: offer.utm_medium,
      utm_campaign: offer.utm_campaign,
      kind:
        offer.utm_medium === 'email' ? 'email_click' : offer.utm_medium === 'offline' ? 'visit' : 'ad_click',
      happened_at: at,
    });
  }
  return touches;
}
