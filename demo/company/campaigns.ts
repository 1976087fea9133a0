import { demandOf, monthStart, weekdayOf } from './calendar.ts';
import { Random } from './random.ts';
import type { Mailing, Spend } from './outside.ts';
import type { Campaign, Scene } from './types.ts';

/** What a campaign brings; no system stores this. */
export type Offer = Campaign & { platform: Platform; share: number; costPerLead: number; quality: number };
export type Platform = 'yandex' | 'vk' | 'google' | 'telegram' | 'email' | 'offline';

export const BURNER = 12;
/** Share of the deals of each pipeline that some campaign brought. */
export const ATTRIBUTED = { reach: 0.82, react: 0.36, reengage: 0.16, refresh: 0.22 } as const;

const platforms: Record<Platform, { channel: string; source: string; medium: string; currency: string }> = {
  yandex: { channel: 'Яндекс.Директ', source: 'yandex', medium: 'cpc', currency: 'RUB' },
  vk: { channel: 'VK Реклама', source: 'vk', medium: 'cpc', currency: 'RUB' },
  google: { channel: 'Google Ads', source: 'google', medium: 'cpc', currency: 'USD' },
  telegram: { channel: 'Telegram Ads', source: 'telegram', medium: 'cpm', currency: 'EUR' },
  email: { channel: 'E-mail', source: 'newsletter', medium: 'email', currency: 'RUB' },
  offline: { channel: 'Выставки и партнёры', source: 'partner', medium: 'offline', currency: 'RUB' },
};

// id, platform, name, utm_campaign, first and last month, share of leads, cost of a lead, quality of leads
const lines: [number, Platform, string, string, number, number | null, number, number, number][] = [
  [1, 'yandex', 'Поиск: компрессоры', 'search_compressors', -6, null, 10, 9900, 1.15],
  [2, 'yandex', 'Поиск: насосы', 'search_pumps', -6, null, 8, 8200, 1.05],
  [3, 'yandex', 'Поиск: генераторы', 'search_generators', -4, null, 6, 12200, 1.1],
  [4, 'yandex', 'Поиск: бренд', 'search_brand', -6, null, 7, 2800, 1.4],
  [5, 'yandex', 'Ретаргетинг', 'retargeting', 0, null, 5, 5900, 1.1],
  [6, 'yandex', 'РСЯ: промышленность', 'rsya_industry', 2, null, 5, 8700, 0.85],
  [7, 'yandex', 'Мастер кампаний: сервис', 'master_service', 8, 20, 3, 7400, 1],
  [8, 'vk', 'Лид-форма: прайс', 'leadform_price', -3, null, 5, 6300, 0.8],
  [9, 'vk', 'Похожая аудитория', 'lookalike', 1, null, 4, 7800, 0.9],
  [10, 'vk', 'Видео: производство', 'video_plant', 4, 16, 3, 9100, 0.8],
  [11, 'vk', 'Ретаргетинг VK', 'vk_retargeting', 0, null, 3, 5500, 1],
  [12, 'vk', 'Широкая аудитория: подарок за заявку', 'broad_gift', 14, null, 15, 10600, 0.5],
  [13, 'google', 'Search: compressors CIS', 'cis_compressors', -6, null, 4, 8400, 1.05],
  [14, 'google', 'Search: generators CIS', 'cis_generators', -2, null, 3, 11200, 1],
  [15, 'google', 'Performance Max', 'pmax', 6, null, 3, 10100, 0.9],
  [16, 'google', 'Display: remarketing', 'display_remarketing', 0, 12, 2, 6800, 0.85],
  [17, 'telegram', 'Каналы про энергетику', 'tg_energy', 3, null, 3, 8900, 1],
  [18, 'telegram', 'Каналы про производство', 'tg_plants', 5, null, 3, 9300, 0.95],
  [19, 'telegram', 'Каналы про стройку', 'tg_building', 10, 18, 2, 10600, 0.8],
  [20, 'email', 'Дайджест для клиентов', 'digest', -12, null, 5, 3200, 1.25],
  [21, 'email', 'Реактивация', 'winback', 0, null, 3, 4000, 1],
  [22, 'email', 'Сервис: пора менять фильтры', 'filters', 2, null, 3, 2700, 1.3],
  [23, 'email', 'Приглашение на вебинар', 'webinar', 6, null, 2, 5400, 1.1],
  [24, 'offline', 'Выставка «ПромЭкспо»', 'promexpo', -1, null, 3, 14700, 1.2],
  [25, 'offline', 'Партнёрская программа', 'partners', -10, null, 4, 7800, 1.3],
];

export function runCampaigns(from: number): Offer[] {
  return lines.map(([id, platform, name, slug, first, last, share, costPerLead, quality]) => {
    const { channel, source, medium } = platforms[platform];
    return {
      id,
      channel,
      name,
      utm_source: source,
      utm_medium: medium,
      utm_campaign: slug,
      started_on: monthStart(from, first),
      ended_on: last === null ? null : monthStart(from, last + 1) - 1,
      budget: Math.round((share * costPerLead * 9) / 1000) * 1000,
      platform,
      share,
      costPerLead,
      quality,
    };
  });
}

export const runsOn = (campaign: Campaign, day: number): boolean =>
  campaign.started_on <= day && (campaign.ended_on === null || day <= campaign.ended_on);

/** Existing customers answer letters; strangers come from advertising. */
export function pull(offer: Offer, kind: keyof typeof ATTRIBUTED): number {
  const letter = offer.platform === 'email';
  if (kind === 'reach') return letter ? offer.share * 0.2 : offer.share;
  if (kind === 'react')
    return letter ? offer.share * 2 : offer.id === BURNER ? offer.share * 0.2 : offer.share;
  return letter || offer.id === 25 ? offer.share : 0;
}

/** One row per campaign and day, in the platform's own currency. `leads` is the demand expected on a usual day. */
export function spend(
  offers: Offer[],
  scene: Scene,
  leads: number,
  rate: (day: number, currency: string) => number,
): Spend[] {
  const rows: Spend[] = [];
  for (let day = scene.from; day <= scene.until; day++) {
    const active = offers.filter((o) => runsOn(o, day));
    const total = active.reduce((sum, o) => sum + o.share, 0);
    // Money runs on more evenly over the week than requests do.
    const demand = (demandOf(day, scene.from) + 0.35) / 1.3;
    for (const offer of active) {
      if (
        offer.platform === 'email' ? weekdayOf(day) !== 0 : offer.platform === 'offline' && weekdayOf(day) > 0
      )
        continue;
      const random = new Random(scene.seed, 'spend', offer.id, day);
      const weekly = offer.platform === 'email' || offer.platform === 'offline' ? 7 : 1;
      const expected = (weekly * leads * demand * offer.share) / total;
      const currency = platforms[offer.platform].currency;
      const cost = (expected * offer.costPerLead * random.lognormal(1, 0.16)) / rate(day, currency);
      const clicks = random.count(expected * (offer.id === BURNER ? 34 : 22));
      const ctr =
        offer.utm_medium === 'cpm' ? 0.006 : offer.utm_campaign.startsWith('search') ? 0.055 : 0.014;
      const impressions =
        offer.platform === 'offline' ? 0 : Math.round(clicks / (ctr * random.lognormal(1, 0.1)));
      rows.push({ day, campaign: offer, impressions, clicks, cost: Math.round(cost * 100) / 100, currency });
    }
  }
  return rows;
}

export function mail(offers: Offer[], scene: Scene): Mailing[] {
  const rows: Mailing[] = [];
  for (const offer of offers.filter((o) => o.platform === 'email')) {
    for (let day = scene.from; day <= scene.until; day++) {
      if (!runsOn(offer, day) || weekdayOf(day) !== 1 + (offer.id % 3)) continue;
      const random = new Random(scene.seed, 'mailing', offer.id, day);
      const sent = Math.round(
        scene.scale * (2400 + ((day - scene.from) / 730) * 900) * random.between(0.9, 1.1),
      );
      const delivered = Math.round(sent * random.between(0.955, 0.985));
      const opened = Math.round(delivered * random.between(0.17, 0.29));
      const clicked = Math.round(opened * random.between(0.08, 0.18));
      rows.push({
        day,
        campaign: offer,
        sent,
        delivered,
        opened,
        clicked,
        unsubscribed: random.count(delivered * 0.0028),
      });
    }
  }
  return rows;
}

/** A bounded wander around a level, so that any two ends agree on the days they share. */
export function quote(scene: Scene): Map<string, number> {
  const rates = new Map<string, number>();
  for (const [currency, level] of [
    ['USD', 92],
    ['EUR', 100],
  ] as const) {
    let drift = 0;
    for (let day = scene.from - 10; day <= scene.until; day++) {
      const random = new Random(scene.seed, currency, day);
      drift = drift * 0.985 + 0.006 * random.normal();
      rates.set(`${currency} ${day}`, Math.round(level * Math.exp(drift) * 10_000) / 10_000);
    }
  }
  return rates;
}
