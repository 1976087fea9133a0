import { timeDimension } from '../../explore.ts';
import type { Condition } from '../../metrics.ts';
import type { State } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { valueTitle } from '../../words.ts';
import { models } from '../../lens.ts';
import { m } from '../../paraglide/messages.js';
import * as catalogue from '../catalogue.ts';
import * as cube from '../cube.ts';
import { conditionsOf } from './question.ts';

export type Value = { value: string; label: string };

const most = 200;

/**
 * What a dimension can be narrowed to: values of records that this viewer may see, those that have the text; null when
 * there is no such dimension. `view` is a view's name, `dimension` one within it.
 */
export async function list(
  viewer: Viewer,
  view: string,
  dimension: string,
  text: string,
  within: State['within'],
): Promise<Value[] | null> {
  const { views } = await catalogue.read();
  const known = views.find(({ name }) => name === view);
  const member = `${view}.${dimension}`;
  const found = known?.dimensions.find(({ name }) => name === member);
  if (!known || !found || found.type === 'time' || dimension === timeDimension) return null;
  // of models it is known which there are, whatever has been sold
  const label = (value: string) =>
    value === '' ? m.no_value({}, viewer) : titleOf(found.type, dimension, value, viewer);
  if (dimension === 'model') return models.map((value) => ({ value, label: label(value) }));
  const required = within.filter(([name]) => known.requires.includes(name) && name !== dimension);
  const wanted = text.trim();
  const like: Condition[] =
    wanted && found.type === 'string' ? [{ member, operator: 'contains', values: [wanted] }] : [];
  const { rows } = await cube.load(viewer, {
    dimensions: [member],
    filters: [...conditionsOf(view, required), ...like],
    order: [[member, 'asc']],
    limit: most,
  });
  const values = [...new Set(rows.map((row) => String(row[member] ?? '')))];
  return values.map((value) => ({ value, label: label(value) }));
}

function titleOf(type: string, dimension: string, value: string, viewer: Viewer): string {
  if (type === 'boolean') return value === 'true' ? m.explore_yes({}, viewer) : m.explore_no({}, viewer);
  return valueTitle(dimension, value, viewer.locale);
}

/** Of what the address narrows to, the values that exist for this viewer. */
export async function existing(
  viewer: Viewer,
  view: string,
  dimension: string,
  values: string[],
): Promise<Set<string>> {
  const member = `${view}.${dimension}`;
  if (dimension === 'model') return new Set(models);
  const { rows } = await cube.load(viewer, {
    dimensions: [member],
    filters: conditionsOf(view, [
      ...values.map((value): [string, string] => [dimension, value]),
      ...(view === 'attribution' ? [['model', 'last_touch'] as [string, string]] : []),
    ]),
    limit: values.length + 1,
  });
  return new Set(rows.map((row) => String(row[member] ?? '')));
}
