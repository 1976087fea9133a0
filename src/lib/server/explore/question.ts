import type { Catalogue, Definition, Dimension, View } from '../../catalogue.ts';
import { mostInPivot, mostMeasures, mostRows, timeDimension, type Shape } from '../../explore.ts';
import { rowsOf } from '../../explore-steps.ts';
import type { Condition } from '../../metrics.ts';
import type { Grain, Unit } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { bucketsOf, grainFor } from '../../period.ts';
import type { State } from '../../state.ts';
import { suggest } from '../../suggest.ts';
import type { Scope } from '../scope.ts';

/** A metric as it is asked here: `date` is what the period cuts, null counts what is true now. */
export type Measure = Omit<Definition, 'unit'> & { unit: Unit; key: string; date: string | null };

/** What is asked, as far as it exists: every name in it is one of the model. */
export type Question = {
  view: View;
  measures: Measure[];
  /** names within the view; `time` is the bucket of each measure's date */
  rows: string[];
  across: string | null;
  shape: Shape;
  grain: Grain;
  where: Condition[];
  /** dimensions of which one value has to be chosen before anything can be counted */
  asks: string[];
};

export type Settled = { state: State; question: Question | null; said: { code: string; text: string }[] };

const mostBuckets = 400;

/** Drops what does not exist or cannot be asked together, and says of each what comes near. */
export function settleOn(scope: Scope, catalogue: Catalogue): Settled {
  const { style } = scope;
  const said: Settled['said'] = [];
  const say = (code: string, text: string) => void said.push({ code, text });
  const measures = measuresIn(scope.state, catalogue, style.locale, say);
  const first = measures[0];
  const view = first && catalogue.views.find(({ name }) => name === first.view);
  if (!view) return { state: bare(scope.state), question: null, said };
  const find = (name: string) => view.dimensions.find((one) => one.name === `${view.name}.${name}`) ?? null;
  const asked = datesIn(scope.state, find);
  const dated = asked.dated && find(asked.dated)?.type === 'time' ? asked.dated : null;
  if (asked.dated && !dated) say('explore_no_date', m.explore_no_date({ name: asked.dated }, style));
  const timed = measures.map((one) => ({ ...one, date: dated ? `${view.name}.${dated}` : one.time }));
  const known = (name: string) => {
    if (name === timeDimension && timed.some(({ date }) => date !== null)) return true;
    if (name !== timeDimension && find(name) && !view.requires.includes(name)) return true;
    if (name === timeDimension) say('explore_no_time', m.explore_no_time({}, style));
    else say('explore_no_dimension', textOf(name, view, style.locale));
    return false;
  };
  const column = asked.across !== null && known(asked.across) ? asked.across : null;
  const cuts = [...new Set(asked.rows)].filter((one) => one !== column && known(one)).slice(0, mostRows);
  // columns without rows are rows
  const rows = column !== null && cuts.length === 0 ? [column] : cuts;
  const across = cuts.length === 0 ? null : column;
  const hasTime = rows.includes(timeDimension) || across === timeDimension;
  const kept = hasTime ? timed.filter(({ date }) => date !== null) : timed;
  if (kept.length < timed.length) {
    const titles = timed.filter(({ date }) => date === null).map(({ title }) => title[style.locale]);
    say('explore_timeless', m.explore_timeless({ titles: titles.join(', ') }, style));
  }
  const within = scope.state.within.filter(([name]) => {
    if (find(name) && find(name)?.type !== 'time') return true;
    say('explore_no_dimension', textOf(name, view, style.locale));
    return false;
  });
  const grain = grainOf(scope, hasTime, say);
  const shape = shapeOf(scope.state.pick.as, rows, across);
  const shown = shape === 'pivot' ? kept.slice(0, mostInPivot) : kept.slice(0, mostMeasures);
  if (shown.length < kept.length) say('explore_many', m.explore_many({ count: String(shown.length) }, style));
  const pick = { ...scope.state.pick, show: shown.map(({ name }) => name), across, dated };
  const chosen = (name: string) => within.filter(([dimension]) => dimension === name).length;
  return {
    state: { ...scope.state, by: rows.join(',') || null, within, pick },
    question: {
      view,
      measures: unitsOf(shown, within, catalogue),
      rows,
      across: shape === 'pivot' ? across : null,
      shape,
      grain,
      where: conditionsOf(view.name, within),
      asks: view.requires.filter((name) => chosen(name) !== 1),
    },
    said,
  };
}

const bare = (state: State): State => ({ ...state, by: null, within: [], pick: { ...state.pick, show: [] } });

type Say = (code: string, text: string) => void;

function measuresIn({ pick }: State, { metrics }: Catalogue, locale: 'ru' | 'en', say: Say): Measure[] {
  const found = pick.show.flatMap((name): Measure[] => {
    const one = metrics.get(name);
    if (one && one.unit !== 'time')
      return [{ ...one, unit: one.unit, key: name.split('.')[1] ?? name, date: one.time }];
    const near = suggest(name, metrics.values()).filter((other) => other !== name);
    say('explore_no_measure', sentence(name, near, locale));
    return [];
  });
  const view = found[0]?.view;
  const strange = found.filter((one) => one.view !== view);
  if (strange.length) {
    const titles = strange.map(({ title }) => title[locale]).join(', ');
    say('explore_other_view', m.explore_other_view({ titles }, { locale }));
  }
  return found.filter((one) => one.view === view);
}

function sentence(name: string, near: string[], locale: 'ru' | 'en'): string {
  return near.length
    ? m.explore_did_you_mean({ name, near: near.join(', ') }, { locale })
    : m.explore_unknown({ name }, { locale });
}

function textOf(name: string, view: View, locale: 'ru' | 'en'): string {
  const cuts = view.dimensions.filter((one) => one.type !== 'time');
  const near = suggest(`${view.name}.${name}`, cuts).map((one) => one.slice(view.name.length + 1));
  return sentence(name, near, locale);
}

/** A date named among the dimensions is a cut by time with that date. */
function datesIn(state: State, find: (name: string) => Dimension | null) {
  const { pick } = state;
  const isDate = (name: string) => find(name)?.type === 'time';
  const named = [...rowsOf(state), ...(pick.across ? [pick.across] : [])];
  const toTime = (name: string) => (isDate(name) ? timeDimension : name);
  return {
    rows: rowsOf(state).map(toTime),
    across: pick.across === null ? null : toTime(pick.across),
    dated: pick.dated ?? named.find(isDate) ?? null,
  };
}

/** A pivot needs rows and columns; without a shape of its own, what has no parts is figures and what has is drawn. */
function shapeOf(as: Shape | null, rows: string[], across: string | null): Shape {
  if (as === 'pivot') return across !== null ? 'pivot' : 'table';
  return as ?? (rows.length > 2 ? 'table' : 'chart');
}

function grainOf({ state, range, style }: Scope, hasTime: boolean, say: Say): Grain {
  const fit = range ? grainFor(range) : 'month';
  const asked = state.pick.grain;
  if (asked === null || !hasTime) return asked ?? fit;
  if (range ? bucketsOf(range, asked).length <= mostBuckets : asked === 'month') return asked;
  const coarser =
    range && asked === 'day' && bucketsOf(range, 'week').length <= mostBuckets ? 'week' : 'month';
  say('explore_coarser', m.explore_coarser({}, style));
  return coarser;
}

/** Several values of one dimension widen it, several dimensions narrow. */
export function conditionsOf(view: string, within: State['within']): Condition[] {
  const dimensions = [...new Set(within.map(([dimension]) => dimension))];
  return dimensions.map((dimension): Condition => {
    const member = `${view}.${dimension}`;
    const all = within.filter(([name]) => name === dimension).map(([, value]) => value);
    const values = all.filter((value) => value !== '');
    const equals: Condition = { member, operator: 'equals', values };
    const absent: Condition = { member, operator: 'notSet' };
    if (values.length === all.length) return equals;
    return values.length ? { or: [equals, absent] } : absent;
  });
}

/** A plan is counted as what it plans. */
function unitsOf(measures: Measure[], within: State['within'], { metrics }: Catalogue): Measure[] {
  const planned = within.find(([name]) => name === 'metric')?.[1];
  const unit = planned ? metrics.get(`sales.${planned}`)?.unit : undefined;
  if (!unit || unit === 'time') return measures;
  return measures.map((one) => (one.view === 'plan_fact' && one.unit === 'count' ? { ...one, unit } : one));
}
