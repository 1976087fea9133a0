import type { Choice } from '../../board.ts';
import { link } from '../../state.ts';
import { valueTitle } from '../../words.ts';
import { ask, nameOf, numberOf } from '../board.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';

export type Pipelines = { chosen: string | null; choices: Choice[]; error: string | null };

const order = ['reach', 'react', 'reengage', 'refresh'];
const rank = (kind: string) => order.indexOf(kind) + 1 || order.length + 1;

/**
 * Stages of two pipelines do not compare, so a funnel is that of one. The switch is the filter of pipelines itself;
 * without it the one of the kind "react" with most deals is shown, which is what most call the sales funnel.
 */
export async function read(scope: Scope): Promise<Pipelines> {
  const { style, state } = scope;
  const { pipeline: picked = [], ...filters } = state.filters;
  const outcome = await safely('pipelines', style.locale, () =>
    ask(
      { ...scope, state: { ...state, filters } },
      { view: 'sales', measures: ['deals'], by: ['pipeline', 'pipeline_kind'], order: [['deals', 'desc']] },
    ),
  );
  if ('error' in outcome) return { chosen: picked[0] ?? null, choices: [], error: outcome.error };
  const known = outcome.value
    .flatMap((row) => {
      const name = nameOf(row, 'pipeline');
      return name
        ? [{ name, kind: nameOf(row, 'pipeline_kind') ?? '', deals: numberOf(row, 'deals') ?? 0 }]
        : [];
    })
    .sort((a, b) => rank(a.kind) - rank(b.kind) || b.deals - a.deals);
  const chosen =
    known.find(({ name }) => picked.includes(name)) ?? known.find(({ kind }) => kind === 'react') ?? known[0];
  const choices = known.map(({ name, kind }) => ({
    key: kind,
    title: titleOf(name, kind && valueTitle('pipeline_kind', kind, style.locale)),
    href: `${link('/sales', { ...state, filters: { ...filters, pipeline: [name] }, page: 1 })}#funnel`,
    is_chosen: name === chosen?.name,
  }));
  return { chosen: chosen?.name ?? picked[0] ?? null, choices, error: null };
}

/** The kind is told where the name does not begin with it anyway. */
function titleOf(name: string, kind: string): string {
  const stem = kind.slice(0, 6).toLowerCase();
  return !kind || name.toLowerCase().startsWith(stem) ? name : `${kind}: ${name}`;
}

/** The same page within one pipeline. */
export function narrow(scope: Scope, pipeline: string | null): Scope {
  if (pipeline === null) return scope;
  const { state } = scope;
  return { ...scope, state: { ...state, filters: { ...state.filters, pipeline: [pipeline] } } };
}
