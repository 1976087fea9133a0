import { HOUR, isWorkday, startOf } from './calendar.ts';
import { dialMobile } from './names.ts';
import type { Call } from './outside.ts';
import { worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Scene } from './types.ts';
import type { World } from './world.ts';

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
