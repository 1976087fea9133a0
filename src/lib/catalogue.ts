import type { Direction, Locale, Unit } from './page.ts';

export type Both = Record<Locale, string>;

/** A role: who answers for the meaning of a metric. */
export const keepers = ['sales', 'marketing', 'service', 'finance', 'company'] as const;
export type Keeper = (typeof keepers)[number];

export type Member = { name: string; title: Both; about: Both };

/** One metric as the model defines it. */
export type Definition = Member & {
  view: string;
  /** in symbols, the same in every language; `words` say the same */
  formula: string;
  words: Both;
  unit: Unit | 'time';
  direction: Direction;
  /** one row per … */
  grain: Both;
  owner: Keeper;
  /** the entities it is counted from */
  sources: string[];
  /** those without which nothing is known; `any` of the sources is enough where one adds to another */
  needs: string[] | 'any';
  /** the time dimension that a period cuts by default; null counts what is true now, whatever the period */
  time: string | null;
  /** sums over parts give the whole */
  is_additive: boolean;
};

export type Dimension = Member & { type: 'string' | 'number' | 'boolean' | 'time' };

/** `requires` are dimensions of which a question about the view has to choose one value. */
export type View = Member & {
  grain: Both;
  requires: string[];
  metrics: Definition[];
  dimensions: Dimension[];
};

export type Catalogue = {
  views: View[];
  metrics: Map<string, Definition>;
  dimensions: Map<string, Dimension>;
};

type Texts = { title_ru: string; description_ru: string };
type Counted = { sources?: string[]; needs?: string[] | 'any' };
type ViewMeta = Texts &
  Counted & { grain: string; grain_ru: string; owner: Keeper; time: string; requires?: string };
type MeasureMeta = Texts &
  Counted & {
    unit: string;
    direction: 'up' | 'down' | 'none';
    formula: string;
    formula_en: string;
    formula_ru: string;
    owner?: Keeper;
    time?: string;
    additive?: boolean;
  };
type RawMember<Meta> = { name: string; shortTitle: string; description: string; meta: Meta };
type RawMeasure = RawMember<MeasureMeta> & { aggType: string };
type RawView = Omit<RawMember<ViewMeta>, 'shortTitle'> & {
  title: string;
  measures: RawMeasure[];
  dimensions: (RawMember<Texts> & { type?: string })[];
};

/** What Cube answers to `/v1/meta`, as far as it is read here. */
export type RawMeta = { cubes: RawView[] };

const directions = { up: 'up_is_good', down: 'down_is_good', none: 'neutral' } as const;

/** The model's own words as the catalogue; what a measure does not say of itself holds for all of its view. */
export function describe(meta: RawMeta): Catalogue {
  const views = meta.cubes
    .map((raw): View => ({
      ...describeMember({ ...raw, shortTitle: raw.title }),
      grain: { en: raw.meta.grain, ru: raw.meta.grain_ru },
      requires: raw.meta.requires?.split(' ') ?? [],
      metrics: raw.measures.map((measure) => describeMeasure(measure, raw)),
      dimensions: raw.dimensions.map((one) => ({
        ...describeMember(one),
        type: (one.type ?? 'string') as Dimension['type'],
      })),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const keyed = <T extends Member>(members: T[]) => new Map(members.map((member) => [member.name, member]));
  return {
    views,
    metrics: keyed(views.flatMap((view) => view.metrics)),
    dimensions: keyed(views.flatMap((view) => view.dimensions)),
  };
}

function describeMember({ name, shortTitle, description, meta }: RawMember<Texts>): Member {
  return {
    name,
    title: { en: shortTitle, ru: meta.title_ru },
    about: { en: description, ru: meta.description_ru },
  };
}

function describeMeasure(raw: RawMeasure, view: RawView): Definition {
  const { meta } = raw;
  const counted = meta.sources ? meta : view.meta;
  const sources = counted.sources ?? [];
  const time = meta.time ?? view.meta.time;
  return {
    ...describeMember(raw),
    view: view.name,
    formula: meta.formula,
    words: { en: meta.formula_en, ru: meta.formula_ru },
    unit: (meta.unit === 'ratio' ? 'percent' : meta.unit) as Unit,
    direction: directions[meta.direction],
    grain: { en: view.meta.grain, ru: view.meta.grain_ru },
    owner: meta.owner ?? view.meta.owner,
    sources,
    needs: counted.needs ?? sources,
    time: time === 'none' ? null : `${view.name}.${time}`,
    is_additive: meta.additive ?? ['count', 'sum'].includes(raw.aggType),
  };
}

/** What has to be connected before the metric is known; nothing once it is. `missing` are the unknown entities. */
export function lacks(
  { sources, needs }: Pick<Definition, 'sources' | 'needs'>,
  missing: string[],
): string[] {
  const lacking = (needs === 'any' ? sources : needs).filter((entity) => missing.includes(entity));
  return needs === 'any' && lacking.length < sources.length ? [] : lacking;
}
