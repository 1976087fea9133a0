import { isWorkday, monthStart } from './calendar.ts';
import { ATTRIBUTED, runCampaigns, type Offer } from './campaigns.ts';
import { products, ROT_MONTH } from './catalog.ts';
import { Crowd, meet, recall, type Client } from './customers.ts';
import { hireManagers, KEY_TEAM, worksOn } from './people.ts';
import { Random } from './random.ts';
import type { Manager, PipelineKind, Product, Scene } from './types.ts';

const KINDS: [PipelineKind, number][] = [
  ['reach', 0.46],
  ['react', 0.3],
  ['reengage', 0.12],
  ['refresh', 0.12],
];

/** What the company knows on a given morning; it changes only forwards, day by day. */
export class World {
  readonly seed: number;
  readonly from: number;
  readonly offers: Offer[];
  readonly managers: Manager[];
  readonly clients: Client[];
  readonly attributed = ATTRIBUTED;
  readonly rotDay: number;
  private readonly everyone = new Crowd();
  private readonly payers = new Crowd();
  private readonly paid = new Set<number>();

  constructor(scene: Scene) {
    this.seed = scene.seed;
    this.from = scene.from;
    this.offers = runCampaigns(scene.from);
    this.managers = hireManagers(scene.from);
    this.rotDay = monthStart(scene.from, ROT_MONTH);
    this.clients = recall(scene.seed, scene.scale);
    for (const client of this.clients) {
      client.responsible_user_id = this.route(new Random(scene.seed, 'owner', client.id), scene.from).id;
      this.everyone.add(client);
      if (client.weight > 0.7) this.reward(client);
    }
  }

  /** A client who has paid comes back. */
  reward(client: Client): void {
    if (this.paid.has(client.id)) return;
    this.paid.add(client.id);
    this.payers.add(client, client.weight ** 1.1);
  }

  chooseKind(random: Random, day: number): PipelineKind {
    const open = isWorkday(day) ? KINDS : KINDS.slice(0, 2);
    return random.weigh(open, (k) => k[1])[0];
  }

  chooseClient(
    random: Random,
    kind: PipelineKind,
    id: number,
    at: number,
    offer: Offer | null,
  ): Client | null {
    if (kind === 'reengage' || kind === 'refresh') return this.payers.draw(random);
    if (kind === 'react') return this.everyone.draw(random);
    const fate = random.next() - (offer !== null && offer.quality < 0.6 ? 0.25 : 0);
    if (fate < 0.26) return null;
    if (fate > 0.4) return this.everyone.draw(random);
    const client = meet(id, at, new Random(this.seed, 'client', id));
    this.clients.push(client);
    this.everyone.add(client);
    return client;
  }

  chooseManager(random: Random, kind: PipelineKind, client: Client | null, day: number): Manager {
    if (kind === 'reengage' || (kind === 'refresh' && random.chance(0.4))) {
      const keepers = this.managers.filter((m) => m.department_id === KEY_TEAM && worksOn(m, day));
      return new Random(this.seed, 'keeper', client?.id ?? 0).weigh(keepers, (m) => m.weight);
    }
    if (client === null) return this.route(random, day);
    if (client.responsible_user_id === null) client.responsible_user_id = this.route(random, day).id;
    return kind === 'reach' && random.chance(0.5) ? this.route(random, day) : this.ownerOf(client, day);
  }

  chooseProduct(random: Random, kind: PipelineKind): Product {
    const service = ['Сервис', 'Запчасти', 'Аренда'];
    const fits = (p: Product): number =>
      (kind === 'refresh') === service.includes(p.category) ? 1 : kind === 'refresh' ? 0 : 0.5;
    return random.weigh(
      products,
      (p) => fits(p) * (p.is_archived ? 0.3 : 1) * (200_000 / (p.price + 60_000)) ** 0.5,
    );
  }

  /** Clients of those who left are shared out among the other departments. */
  ownerOf(client: Client, day: number): Manager {
    const owner = this.managers.find((m) => m.id === client.responsible_user_id) as Manager;
    if (worksOn(owner, day)) return owner;
    const heirs = this.managers.filter(
      (m) => worksOn(m, day) && m.department_id !== owner.department_id && m.department_id !== KEY_TEAM,
    );
    const heir = new Random(this.seed, 'heir', client.id).weigh(heirs, (m) => m.weight);
    client.responsible_user_id = heir.id;
    return heir;
  }

  leadOf(manager: Manager): Manager {
    return this.managers.find((m) => m.department_id === manager.department_id) as Manager;
  }

  private route(random: Random, day: number): Manager {
    const active = this.managers.filter((m) => m.department_id !== KEY_TEAM && worksOn(m, day));
    return random.weigh(active, (m) => m.weight);
  }
}
