import { parseDay, startOf, HOUR } from './calendar.ts';
import { dialMobile, INDUSTRIES, nameCompany, namePerson, REGIONS, spellLatin, writePhone } from './names.ts';
import { hostileNames } from './oddities.ts';
import { Random } from './random.ts';
import type { Customer } from './types.ts';

/** A customer with the number that the exchange sees; the CRM keeps it as somebody typed it. */
export type Client = Customer & { digits: string };

const BASE = 1050;

/** Who bought before the two years begin. The first few carry the names that break careless software. */
export function recall(seed: number, scale: number): Client[] {
  const count = Math.max(40, Math.round(BASE * scale));
  const first = parseDay('2018-01-10');
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(seed, 'base', i);
    const at = startOf(first + random.whole(0, 2100)) + Math.round(random.between(9, 18) * HOUR);
    const client = meet(10_001 + i, at, random);
    const hostile = hostileNames[i];
    return hostile === undefined
      ? client
      : { ...client, name: hostile, weight: Math.max(client.weight, 1.6) };
  });
}

export function meet(id: number, at: number, random: Random): Client {
  const person = random.chance(0.12);
  const name = person ? `ИП ${namePerson(random)}` : nameCompany(random);
  const digits = dialMobile(random);
  const domain = spellLatin(name.replace(/^\S+ /, ''));
  return {
    id,
    name,
    type: person ? 'person' : 'company',
    inn: random.chance(0.93) ? String(random.whole(10 ** 9, 10 ** 10 - 1)) : null,
    industry: random.chance(0.91) ? random.pick(INDUSTRIES) : null,
    region: random.chance(0.95)
      ? random.weigh(REGIONS, (r) => (r.startsWith('Моск') ? 3 : r === 'Казахстан' ? 0.6 : 1))
      : null,
    email: random.chance(0.88)
      ? `${random.pick(['info', 'zakaz', 'snab', 'office'])}@${domain}.example`
      : null,
    phone: random.chance(0.96) ? writePhone(digits, random) : null,
    responsible_user_id: null,
    created_at: at,
    weight: random.lognormal(1, 1.15),
    digits,
  };
}

/** Draws clients in proportion to their weight from a list that only grows. */
export class Crowd {
  private clients: Client[] = [];
  private sums: number[] = [];

  get size(): number {
    return this.clients.length;
  }

  add(client: Client, weight = client.weight): void {
    this.clients.push(client);
    this.sums.push((this.sums[this.sums.length - 1] ?? 0) + weight);
  }

  draw(random: Random): Client {
    const target = random.next() * (this.sums[this.sums.length - 1] ?? 0);
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return this.clients[low] as Client;
  }
}
