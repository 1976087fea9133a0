import type { State } from './state.ts';

/** Models of attribution as the view `attribution` names them. */
export const models = ['last_touch', 'first_touch', 'linear', 'position_based', 'time_decay'] as const;
export type Model = (typeof models)[number];

/**
 * How the page of marketing counts: to which campaign a deal belongs (null: to the one it names), and whether what was
 * sold is dated by its closing or with the leads it came from.
 */
export type Lens = { model: Model | null; isCohort: boolean };

export function lensOf(state: Pick<State, 'within'>): Lens {
  const model = chosenOf(state, 'model');
  return {
    model: models.find((one) => one === model) ?? null,
    isCohort: chosenOf(state, 'dated') === 'created',
  };
}

export const viewOf = ({ model }: Lens) => (model ? 'attribution' : 'marketing');

const byCohort = ['won', 'cac', 'revenue', 'gross_profit', 'romi', 'roas', 'drr'];

/** The measure that says the same of the leads of the period. */
export function measureOf({ isCohort }: Lens, name: string): string {
  return isCohort && byCohort.includes(name) ? `cohort_${name}` : name;
}

/** What was chosen on the page under a name of its own. */
export function chosenOf({ within }: Pick<State, 'within'>, key: string): string | null {
  return within.find(([name]) => name === key)?.[1] ?? null;
}

/** The same page with another choice; null is what stands there without one. */
export function choose(state: State, key: string, value: string | null): State {
  const within = state.within.filter(([name]) => name !== key);
  return { ...state, within: value === null ? within : [...within, [key, value]], page: 1 };
}
