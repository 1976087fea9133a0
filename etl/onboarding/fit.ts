import type { Field } from '../entities.ts';
import type { Shape } from './shapes.ts';

/** How well values of a shape can stand in a field, 0 to 1. The name of the column is judged elsewhere. */
export function fit(field: string, definition: Field, shape: Shape): number {
  if (shape.kind === 'empty') return 0;
  switch (definition.type) {
    case 'timestamp':
    case 'date':
    case 'month':
      return shape.kind === 'date' ? shape.share : 0;
    case 'number':
    case 'integer':
      return shape.kind === 'number' ? shape.share : 0;
    case 'boolean':
      return isFlag(shape) ? 1 : 0;
    case 'currency':
      return shape.values.length > 0 && shape.values.every((value) => /^[A-Za-z]{3}$/.test(value)) ? 1 : 0;
    case 'text':
      return fitText(field, definition, shape);
  }
}

function fitText(field: string, definition: Field, shape: Shape): number {
  const isUnique = shape.distinct === shape.filled && shape.filled === shape.total;
  // A date that is a number as well, or a count of seconds, may be an id.
  const isPlainDate =
    shape.kind === 'date' && !['epoch', 'epoch_ms', 'yyyyMMdd'].includes(shape.format ?? '');
  if (isPlainDate) return 0;
  if (definition.values) return shape.values.length > 0 && shape.values.length <= 40 ? 1 : 0;
  if (field === 'source_id') return isUnique ? 1 : 0.3;
  if (field === 'email') return shape.kind === 'email' ? 1 : 0;
  if (field === 'phone') return shape.kind === 'phone' ? 1 : shape.kind === 'number' ? 0.8 : 0.3;
  if (field === 'url') return shape.kind === 'url' ? 1 : 0.3;
  if (shape.kind === 'email' || shape.kind === 'phone') return definition.ref ? 0.7 : 0.3;
  if (field === 'name' || field === 'title' || field === 'industry' || field === 'region')
    return shape.kind === 'text' ? 1 : 0.4;
  return definition.ref && shape.kind === 'number' ? 0.9 : 1;
}

function isFlag(shape: Shape): boolean {
  if (shape.kind === 'boolean') return true;
  return shape.values.length > 0 && shape.values.every((value) => value === '0' || value === '1');
}
