import type { Choice, Switch } from '../../board.ts';
import { choose, lensOf, measureOf, models, viewOf, type Lens } from '../../lens.ts';
import type { Condition } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import type { Range } from '../../period.ts';
import { link, type State } from '../../state.ts';
import { valueTitle } from '../../words.ts';
import { ask, down } from '../board.ts';
import { only } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

export const here = (state: State, anchor: string) => `${link('/marketing', state)}#${anchor}`;

/** One of the choices of this page, as an address. */
export function choiceOf({ state }: Scope, key: string, value: string | null, anchor: string): string {
  return here(choose(state, key, value), anchor);
}

/** The two ways to count that all of the page follows. */
export function switches(scope: Scope): Switch[] {
  const { style, state } = scope;
  const lens = lensOf(state);
  const to = (key: string, value: string | null) => link('/marketing', choose(state, key, value));
  const byModel: Choice[] = [null, ...models].map((model) => ({
    key: model ?? 'own',
    title: model ? valueTitle('model', model, style.locale) : m.marketing_model_own({}, style),
    href: to('model', model),
    is_chosen: lens.model === model,
  }));
  const byDate: Choice[] = [false, true].map((isCohort) => ({
    key: isCohort ? 'created' : 'closed',
    title: isCohort ? m.marketing_dated_created({}, style) : m.marketing_dated_closed({}, style),
    href: to('dated', isCohort ? 'created' : null),
    is_chosen: lens.isCohort === isCohort,
  }));
  return [
    {
      id: 'model',
      title: m.marketing_switch_model({}, style),
      about: aboutModel(lens, scope),
      choices: byModel,
    },
    {
      id: 'dated',
      title: m.marketing_switch_dated({}, style),
      about: lens.isCohort ? m.marketing_dated_created_about({}, style) : '',
      choices: byDate,
    },
  ];
}

function aboutModel({ model }: Lens, { style }: Scope): string {
  if (!model) return m.marketing_model_own_about({}, style);
  const about = {
    last_touch: m.marketing_model_last_touch_about,
    first_touch: m.marketing_model_first_touch_about,
    linear: m.marketing_model_linear_about,
    position_based: m.marketing_model_position_based_about,
    time_decay: m.marketing_model_time_decay_about,
  };
  return about[model]({}, style);
}

type Question = {
  names: string[];
  by?: string[];
  range?: Range | null;
  grain?: 'day' | 'week' | 'month';
  where?: { dimension: string; operator: 'equals' | 'notEquals' | 'set'; values?: string[] }[];
  order?: [string, 'asc' | 'desc'][];
  limit?: number;
};

/** Rows of measures under their plain names, counted as the lens says. */
export async function look(scope: Scope, lens: Lens, question: Question): Promise<Row[]> {
  const view = viewOf(lens);
  const { names, where = [], order = [], by = [], ...rest } = question;
  const conditions: Condition[] = where.map(({ dimension, operator, values }) => ({
    member: `${view}.${dimension}`,
    operator,
    ...(values ? { values } : {}),
  }));
  if (lens.model) conditions.push({ member: 'attribution.model', operator: 'equals', values: [lens.model] });
  const rows = await ask(scope, {
    view,
    time: 'date',
    measures: names.map((name) => measureOf(lens, name)),
    by,
    where: conditions,
    order: order.map(([name, way]) => [names.includes(name) ? measureOf(lens, name) : name, way]),
    ...rest,
  });
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(names.map((name) => [name, row[measureOf(lens, name)] ?? null])),
  }));
}

/** The metric of the catalogue that a plain name means under the lens. */
export const metricOf = (lens: Lens, name: string) => `${viewOf(lens)}.${measureOf(lens, name)}`;

/** Those whose records are deals, where each belongs to the campaign it names. */
const asDeals: Record<string, string> = {
  leads: 'sales.deals',
  won: 'sales.deals_won',
  revenue: 'sales.won_amount',
  gross_profit: 'sales.gross_profit',
};

export type Place = { dimension: string; path: [string, string | null][]; period?: State['period'] };

/**
 * The page behind a figure: its deals where they are whole, else days of campaigns. Filters that marketing does not
 * know are left behind, else the page would count something else than the figure.
 */
export function behind(scope: Scope, lens: Lens, name: string, place?: Place): string {
  const deals = lens.model || (lens.isCohort && name !== 'leads') ? null : asDeals[name];
  const steps = place?.path.map(([key, value]): [string, string] => [key, value ?? '']) ?? [];
  const [, part] = steps.at(-1) ?? [];
  return down(scope, deals ?? metricOf(lens, name), {
    filters: { ...only(null, ''), channel: scope.state.filters.channel ?? [] },
    by: place?.dimension ?? null,
    part: part ?? null,
    within: [...steps.slice(0, -1), ...(lens.model ? ([['model', lens.model]] as [string, string][]) : [])],
    ...(place?.period ? { period: place.period } : {}),
  });
}
