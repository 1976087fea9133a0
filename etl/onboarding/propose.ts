import { entities, fieldsOf, type EntityName } from '../entities.ts';
import { chooseEntity, type Shapes } from './assign.ts';
import { scoreName, synonymsOf } from './names.ts';
import type { Proposal, StreamProposal } from './proposal.ts';
import { matchReferences } from './references.ts';
import { cellsOf, type Sample } from './sample.ts';
import { readShape, settleDates } from './shapes.ts';

export type { FieldProposal, Proposal, StreamProposal } from './proposal.ts';

/** Proposes what each table holds, how it is keyed and how its columns are mapped. */
export function propose(samples: Sample[], options: { kind: 'files' | 'sql' }): Proposal {
  const streams: StreamProposal[] = [];
  const skipped: Proposal['skipped'] = [];
  const shapesOf = new Map<string, Shapes>();
  for (const whole of samples) {
    const sample = { ...whole, rows: whole.rows.filter((row) => row.some((cell) => cell?.trim())) };
    const shapes: Shapes = Object.fromEntries(
      sample.columns.map((column) => [column, readShape(cellsOf(sample, column))]),
    );
    settleDates(shapes);
    shapesOf.set(sample.from, shapes);
    const chosen = sample.rows.length ? chooseEntity(sample, shapes) : null;
    if (!chosen) {
      skipped.push({
        from: sample.from,
        why: explainSkip(sample),
      });
      continue;
    }
    const { source_id: id, ...fields } = chosen.fields;
    const stream: StreamProposal = {
      from: sample.from,
      entity: chosen.entity,
      confidence: chosen.score,
      ...(sample.reading && { reading: sample.reading }),
      ...chooseKey(chosen.entity, sample, id?.column, fields),
      fields,
      unused: [],
    };
    const empty = Object.values(fields).flatMap(({ column }) => shapes[column]?.nothing ?? []);
    if (empty.length) stream.empty = [...new Set(empty)];
    // A file is read whole anyway, and a whole reading also sees what has vanished.
    if (options.kind === 'sql' && fields.updated_at) stream.cursor = fields.updated_at.column;
    const teams = chosen.entity === 'employees' ? findTeams(stream, sample, shapes) : null;
    if (teams) streams.push(teams);
    streams.push(stream);
    const used = [stream, ...(teams ? [teams] : [])].flatMap((each) => [
      ...each.key,
      ...Object.values(each.fields).map(({ column }) => column),
    ]);
    stream.unused = sample.columns.filter((column) => !used.includes(column));
  }
  matchReferences(streams, samples);
  nameStreams(streams);
  const order = Object.keys(entities);
  streams.sort((a, b) => order.indexOf(a.entity) - order.indexOf(b.entity));
  return { streams, skipped, ...guessCompany(samples, shapesOf) };
}

function explainSkip({ columns, rows }: Sample): string {
  if (!rows.length) return 'it has no rows';
  const isRow = columns.some((column) => /^\d+([.,]\d+)?$|^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/.test(column));
  return isRow
    ? 'its first line looks like a row: declare «columns», as the preset asterisk-csv does'
    : 'its columns fit no entity';
}

type Fields = StreamProposal['fields'];

function chooseKey(
  entity: EntityName,
  sample: Sample,
  id: string | undefined,
  fields: Fields,
): Pick<StreamProposal, 'key' | 'keyAsk'> {
  const isUnique = (columns: string[]): boolean => {
    const cells = columns.map((column) => cellsOf(sample, column));
    const seen = new Set(sample.rows.map((_, row) => JSON.stringify(cells.map((cell) => cell[row]))));
    return (
      seen.size === sample.rows.length && cells[0]?.every((cell) => cell !== null && cell !== '') === true
    );
  };
  if (id && isUnique([id])) return { key: [id] };
  const name = fields.name?.column;
  if (name && entities[entity].key && isUnique([name])) return { key: [name] };
  if (entities[entity].natural) return { key: [] };
  const ask = 'is a row known by this? Rows with the same key are one record';
  const columns = [...new Set([...(id ? [id] : []), ...likelyKeys(entity, fields)])];
  const title = fields.title?.column;
  if (title && isUnique([title])) return { key: [title], keyAsk: ask };
  for (const [at, first] of columns.entries())
    for (const second of columns.slice(at + 1))
      if (isUnique([first, second])) return { key: [first, second], keyAsk: ask };
  return { key: id ? [id] : columns, keyAsk: 'no column tells rows apart: name those that do' };
}

/** Columns by how well they tell rows apart: moments first, then who it was about, sums and states last. */
function likelyKeys(entity: EntityName, fields: Fields): string[] {
  const rank = (field: string): number => {
    const { type, ref, values } = fieldsOf(entity)[field] ?? { type: 'text' };
    if (type === 'timestamp' || type === 'date') return 0;
    if (field === 'phone' || field === 'email' || field === 'title') return 1;
    return ref && field !== 'stage_id' ? 1 : values || type !== 'text' ? 3 : 2;
  };
  return Object.keys(fields)
    .sort((a, b) => rank(a) - rank(b))
    .map((field) => fields[field]?.column ?? '')
    .filter(Boolean);
}

/** A list of people with their heads and offices also holds the tree of teams. */
function findTeams(people: StreamProposal, sample: Sample, shapes: Shapes): StreamProposal | null {
  const team = people.fields.team_id?.column;
  if (!team) return null;
  const taken = [...people.key, ...Object.values(people.fields).map(({ column }) => column)];
  const parents = synonymsOf('teams').parent_id ?? [];
  const parent = sample.columns.find(
    (column) =>
      !taken.includes(column) && shapes[column]?.kind === 'text' && scoreName(column, parents) >= 0.7,
  );
  if (!parent) return null;
  const [heads, offices] = [cellsOf(sample, team), cellsOf(sample, parent)];
  const pairs = new Set(heads.map((head, row) => JSON.stringify([head, offices[row]])));
  if (pairs.size > new Set(heads).size) return null;
  const why = 'one value for each team';
  return {
    from: people.from,
    entity: 'teams',
    confidence: 0.7,
    key: [team],
    fields: {
      name: { column: team, confidence: 0.8, why },
      parent_id: { column: parent, confidence: 0.7, why },
    },
    unused: [],
  };
}

/** Two streams of one entity need names of their own: those of their tables. */
function nameStreams(streams: StreamProposal[]): void {
  for (const stream of streams) {
    if (streams.filter(({ entity }) => entity === stream.entity).length < 2) continue;
    const base =
      stream.from
        .replace(/\.\w+(\.gz)?$/, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^[^a-z]+|_+$/g, '') || stream.entity;
    const isTaken = (name: string): boolean => streams.some((other) => other.name === name);
    let name = base;
    for (let n = 2; isTaken(name); n++) name = `${base}_${n}`;
    stream.name = name;
  }
}

function guessCompany(
  samples: Sample[],
  shapes: Map<string, Shapes>,
): Pick<Proposal, 'currency' | 'timezone'> {
  const isRussian = samples.some(({ columns }) => columns.some((column) => /[а-я]/i.test(column)));
  const signed = [...shapes.values()].flatMap((each) => Object.values(each)).find(({ currency }) => currency);
  return {
    currency: signed?.currency ?? (isRussian ? 'RUB' : 'USD'),
    timezone: isRussian ? 'Europe/Moscow' : 'UTC',
  };
}

/** Fields of an entity that are required and that nothing was found for. */
export function missingFields(stream: StreamProposal): string[] {
  return Object.entries(fieldsOf(stream.entity))
    .filter(([field, { required }]) => required && !(field in stream.fields))
    .map(([field]) => field)
    .filter((field) => field !== 'source_id' || (!stream.key.length && !entities[stream.entity].natural));
}
