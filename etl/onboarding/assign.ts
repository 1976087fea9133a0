import { entities, fieldsOf, type EntityName, type Field } from '../entities.ts';
import { fit } from './fit.ts';
import { readMeanings } from './meanings.ts';
import { known, scoreEntity, scoreName, synonymsOf } from './names.ts';
import type { FieldProposal } from './proposal.ts';
import type { Sample } from './sample.ts';
import type { Shape } from './shapes.ts';

export type Shapes = Record<string, Shape>;
export type Assignment = {
  entity: EntityName;
  score: number;
  fields: Record<string, FieldProposal>;
};

const enough = 0.5;

/** The entity that a table most likely holds, with its columns assigned; null where none fits. */
export function chooseEntity(sample: Sample, shapes: Shapes): Assignment | null {
  const all = known.map((entity) => judge(entity, sample, shapes)).sort((a, b) => b.score - a.score);
  const best = all.find(({ fields }) =>
    Object.keys(fields).some((field) => field !== 'source_id' && fields[field]?.column),
  );
  return best && best.score >= 0.45 ? best : null;
}

function judge(entity: EntityName, sample: Sample, shapes: Shapes): Assignment {
  const fields = assign(entity, sample, shapes);
  const definitions = fieldsOf(entity);
  const found = Object.entries(fields).filter(([, { column }]) => column);
  const sum = found.reduce(
    (total, [field, { confidence }]) => total + confidence * (field === 'source_id' ? 0.5 : 1),
    0,
  );
  const missing = Object.entries(definitions).filter(
    ([field, { required }]) => required && field !== 'source_id' && !(field in fields),
  ).length;
  const groups = entities[entity].oneOf ?? [];
  const open = groups.filter((group) => !group.some((field) => field in fields)).length;
  const score =
    (sum / Math.min(sample.columns.length, 8)) * 0.5 +
    (Math.min(sum, 5) / 5) * 0.25 +
    scoreEntity(sample.from, entity) * 0.5 -
    (missing + open) * 0.2;
  return { entity, score: Math.min(score, 1), fields };
}

/** Gives each field the column that fits it best by name and values; the surest pairs are taken first. */
export function assign(entity: EntityName, sample: Sample, shapes: Shapes): Record<string, FieldProposal> {
  const definitions = fieldsOf(entity);
  const pairs: { field: string; column: string; byName: number; confidence: number }[] = [];
  for (const [field, synonyms] of Object.entries(synonymsOf(entity))) {
    const definition = definitions[field];
    if (!definition) continue;
    for (const column of sample.columns) {
      const shape = shapes[column] as Shape;
      const byName = scoreName(column, synonyms);
      const reading = readMeanings(entity, field, shape.values);
      const isUnderstood = !reading || reading.understood > 0;
      const confidence = isUnderstood ? byName * fit(field, definition, shape) : 0;
      if (confidence >= enough) pairs.push({ field, column, byName, confidence });
    }
  }
  pairs.sort((a, b) => b.confidence - a.confidence);
  const fields: Record<string, FieldProposal> = {};
  const taken = new Set<string>();
  const take = (field: string, column: string, confidence: number, why: string): void => {
    fields[field] = describe(entity, field, column, shapes[column] as Shape, confidence, why);
    taken.add(column);
  };
  for (const { field, column, byName, confidence } of pairs) {
    if (field in fields || taken.has(column)) continue;
    take(field, column, confidence, byName >= 0.88 ? 'name and values' : 'part of the name, and values');
  }
  for (const field of ['email', 'phone']) {
    if (!definitions[field] || field in fields) continue;
    const column = sample.columns.find((each) => !taken.has(each) && shapes[each]?.kind === field);
    if (column) take(field, column, 0.6, 'values');
  }
  takeOnlyDate(definitions, fields, (field) => {
    const free = sample.columns.filter((each) => !taken.has(each) && shapes[each]?.kind === 'date');
    if (free.length === 1) take(field, free[0] as string, 0.6, 'values: the only column with dates');
  });
  if (entity === 'deals') shareStage(fields, shapes);
  if (entity === 'deals' && !fields.status && !fields.stage_id) takeForSales(fields);
  if (!fields.name && fields.source_id && definitions.name?.required)
    fields.name = { ...fields.source_id, confidence: 0.5, why: 'there is no name but the id' };
  return fields;
}

/** A moment that an entity cannot do without may stand under any name. */
function takeOnlyDate(
  definitions: Record<string, Field>,
  fields: Record<string, FieldProposal>,
  take: (field: string) => void,
): void {
  const wanted = Object.entries(definitions).filter(
    ([field, { required, type }]) =>
      required && (type === 'timestamp' || type === 'date' || type === 'month') && !(field in fields),
  );
  if (wanted.length === 1) take((wanted[0] as [string, Field])[0]);
}

/** One column often says both where a deal stands and whether it is won. */
function shareStage(fields: Record<string, FieldProposal>, shapes: Shapes): void {
  const { stage_id: stage, status } = fields;
  const column = stage?.column ?? status?.column ?? '';
  const values = shapes[column]?.values ?? [];
  if (!status && stage && values.length) {
    const reading = readMeanings('deals', 'status', values);
    if (reading && reading.understood > 0)
      fields.status = describe(
        'deals',
        'status',
        column,
        shapes[column] as Shape,
        stage.confidence,
        'values of the stage',
      );
  } else if (status && !stage && values.length > 3) {
    fields.stage_id = { column, confidence: status.confidence * 0.8, why: 'the states are more than three' };
  }
}

/** A list of deals without a state is most often one of sales: won when they were made. */
function takeForSales(fields: Record<string, FieldProposal>): void {
  const why = 'no column tells the state';
  const ask = 'a list of sales is won; of what else is this a list?';
  fields.status = { column: '', value: 'won', confidence: 0.3, why, ask };
  if (fields.created_at && !fields.closed_at)
    fields.closed_at = { ...fields.created_at, confidence: 0.3, why: 'a sale is closed when it is made' };
}

function describe(
  entity: EntityName,
  field: string,
  column: string,
  shape: Shape,
  confidence: number,
  why: string,
): FieldProposal {
  const proposal: FieldProposal = { column, confidence, why };
  const type = fieldsOf(entity)[field]?.type;
  if (type === 'timestamp' || type === 'date' || type === 'month') {
    if (shape.format) proposal.format = shape.format;
    if (shape.ask) proposal.ask = shape.ask;
  }
  if (type === 'number' || type === 'integer') {
    if (shape.decimal) proposal.decimal = shape.decimal;
    if (shape.ask) proposal.ask = shape.ask;
    if (field === 'probability' && shape.values.some((value) => parseFloat(value) > 1)) proposal.divide = 100;
  }
  const reading = readMeanings(entity, field, shape.values);
  if (reading && Object.entries(reading.map).some(([from, to]) => from !== to)) {
    proposal.map = reading.map;
    proposal.confidence *= 0.6 + 0.4 * (reading.understood / Math.max(1, shape.values.length));
  }
  if (reading?.guessed.length) {
    const guessed = reading.guessed.slice(0, 5).join(', ');
    proposal.ask = `what do these mean: ${guessed}${reading.guessed.length > 5 ? ' …' : ''}?`;
  }
  return proposal;
}
