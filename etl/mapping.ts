import type { FieldSpec, Stream } from './config.ts';
import { toIso } from './date-form.ts';
import { entities, fieldsOf, type Field } from './entities.ts';
import { toDate, toNumber, toTimestamp } from './parsing.ts';
import { identifier, list, literal } from './sql-text.ts';

export type MappingContext = {
  /** staging column of each column of the source */
  columns: Map<string, string>;
  /** staging table, qualified */
  table: string;
  /** zone of times that carry no offset */
  timezone: string;
  /** texts that mean «nothing» */
  empty?: string[] | undefined;
};

/** The columns of a source that a stream's mapping reads. */
export function wantedColumns(stream: Stream): string[] {
  const own = Object.values(stream.fields).flatMap(columnsOf);
  return [...new Set([...own, ...[stream.key ?? []].flat(), ...(stream.cursor ? [stream.cursor] : [])])];
}

function columnsOf(spec: FieldSpec): string[] {
  if (typeof spec === 'string') return [spec];
  return [...[spec.from ?? []].flat(), ...(spec.or === undefined ? [] : columnsOf(spec.or))];
}

/**
 * Compiles a stream's mapping to one SELECT over its landing: a row per landed row with typed fields, `source_id`,
 * `row_hash`, `version_at`, and where the row cannot be understood `problem_field`, `problem_value`, `problem_reason`.
 */
export function compileMapping(stream: Stream, context: MappingContext): string {
  const known = fieldsOf(stream.entity);
  const mapped = Object.keys(known).filter((field) => field in stream.fields);
  const texts = mapped.map(
    (field) => `${fieldText(stream.fields[field] as FieldSpec, context)} as ${t(field)}`,
  );
  if (!('source_id' in stream.fields) && stream.key)
    texts.push(`${keyText(stream, context)} as ${t('source_id')}`);
  if (stream.cursor) texts.push(`${column(stream.cursor, context)} as ${t('cursor')}`);
  const isos = mapped.flatMap((field) => {
    const spec = stream.fields[field] as FieldSpec;
    const form = typeof spec === 'string' ? undefined : spec.format;
    return form ? [`, ${toIso(t(field), form)} as ${t(`${field}_iso`)}`] : [];
  });
  const hasId = 'source_id' in stream.fields || stream.key !== undefined;

  const typed = Object.entries(known)
    .filter(([field]) => field !== 'source_id')
    .map(([field, definition]) => {
      const sql = mapped.includes(field)
        ? parse(field, definition, stream.fields[field] as FieldSpec, context)
        : `null${cast(definition)}`;
      return `${sql} as ${identifier(field)}`;
    });
  const version = stream.cursor ? toTimestamp(t('cursor'), context.timezone) : 'null::timestamptz';
  const hashed = Object.keys(known).filter((field) => field !== 'source_id' && field !== 'updated_at');

  return `
    select _n, ${hasId ? t('source_id') : naturalKey(stream)} as source_id,
      ${Object.keys(known)
        .filter((field) => field !== 'source_id')
        .map(identifier)
        .join(', ')},
      coalesce(updated_at, version_at) as version_at,
      hash_record_extended(row(${hashed.map(identifier).join(', ')}), 0) as row_hash,
      problem_field,
      case problem_field when '' then null ${mapped.map((f) => `when ${literal(f)} then ${t(f)}`).join(' ')} end as problem_value,
      case ${mapped
        .filter((f) => known[f]?.min !== undefined || known[f]?.max !== undefined)
        .map(
          (f) =>
            `when problem_field = ${literal(f)} and ${identifier(f)} is not null then ${literal(range(known[f] as Field))}`,
        )
        .join('\n        ')}
        ${mapped
          .map(
            (f) =>
              `when problem_field = ${literal(f)} and ${t(f)} is not null then ${literal(reason(f, known[f] as Field))}`,
          )
          .join('\n        ')}
        when problem_field = '' then _problem
        when problem_field is not null then 'required, and there is nothing' end as problem_reason
    from (
      select v.*, case
          when _problem is not null then ''
          ${problems(stream, known, mapped, hasId).join('\n          ')}
        end as problem_field
      from (
        select q.*, ${typed.join(',\n          ')}, ${version} as version_at
        from (
          select w.*${isos.join('')}
          from (
            select s._n, s._position, s._problem${texts.map((text) => `,\n              ${text}`).join('')}
            from ${context.table} s
            offset 0
          ) w
          offset 0
        ) q
        offset 0
      ) v
      offset 0
    ) p`;
}

const t = (field: string): string => identifier(`t_${field}`);

function column(name: string, context: MappingContext): string {
  const staged = context.columns.get(name);
  if (!staged) throw new Error(`no column «${name}» has landed`);
  const empty = ['', ...(context.empty ?? [])];
  return empty.reduce(
    (sql, nothing) => `nullif(${sql}, ${literal(nothing)})`,
    `btrim(s.${identifier(staged)})`,
  );
}

function keyText(stream: Stream, context: MappingContext): string {
  const keys = [stream.key ?? []].flat().map((key) => column(key, context));
  return keys.length === 1
    ? (keys[0] as string)
    : `concat_ws('|', ${keys.map((key) => `coalesce(${key}, '')`).join(', ')})`;
}

/** What an entity without an id is known by; rows that may repeat are counted within their file. */
function naturalKey(stream: Stream): string {
  const natural = entities[stream.entity].natural ?? [];
  const whole = `concat_ws('|', ${natural.map((field) => `coalesce(${identifier(field)}::text, '')`).join(', ')})`;
  const short = `case when length(${whole}) > 200 then md5(${whole}) else ${whole} end`;
  if (!entities[stream.entity].repeats) return short;
  return `${short} || '#' || row_number() over (partition by ${whole}, split_part(_position, ':', 1) order by _n)`;
}

function fieldText(spec: FieldSpec, context: MappingContext): string {
  if (typeof spec === 'string') return column(spec, context);
  const own = ownText(spec, context);
  return spec.or === undefined ? own : `coalesce(${own}, ${fieldText(spec.or, context)})`;
}

function ownText(spec: Exclude<FieldSpec, string>, context: MappingContext): string {
  if (spec.value !== undefined) return `${literal(String(spec.value))}::text`;
  const parts = [spec.from ?? []].flat().map((name) => column(name, context));
  let sql =
    parts.length === 1
      ? (parts[0] as string)
      : spec.coalesce
        ? `coalesce(${parts.join(', ')})`
        : `nullif(concat_ws(${literal(spec.join ?? ' ')}, ${parts.join(', ')}), '')`;
  if (spec.extract) sql = `substring(${sql} from ${literal(spec.extract)})`;
  if (spec.split)
    sql = `nullif(btrim(split_part(${sql}, ${literal(spec.split.by)}, ${spec.split.take})), '')`;
  if (spec.lower) sql = `lower(${sql})`;
  if (spec.upper) sql = `upper(${sql})`;
  if (spec.prefix) sql = `(${literal(spec.prefix)} || ${sql})`;
  const fallback = spec.default === undefined ? undefined : literal(String(spec.default));
  if (spec.map) {
    const cases = Object.entries(spec.map).map(
      ([from, to]) => `when ${literal(from)} then ${to === null ? 'null' : literal(String(to))}`,
    );
    sql = `case ${sql} ${cases.join(' ')} else ${fallback ?? sql} end`;
  } else if (fallback !== undefined) {
    sql = `coalesce(${sql}, ${fallback})`;
  }
  return sql;
}

function parse(field: string, definition: Field, spec: FieldSpec, context: MappingContext): string {
  const options = typeof spec === 'string' ? {} : spec;
  const raw = t(field);
  const iso = options.format ? t(`${field}_iso`) : raw;
  const number = toNumber(raw, options.number?.decimal);
  switch (definition.type) {
    case 'number':
      return options.number?.divide ? `(${number}) / ${options.number.divide}` : number;
    case 'integer':
      return `(select case when n = trunc(n) and abs(n) < 2e9 then n::integer end from (select ${number} as n) i)`;
    case 'boolean':
      return `ops.to_boolean(${raw})`;
    case 'date':
      return toDate(iso, context.timezone);
    case 'month':
      return `ops.to_month(${iso}, ${literal(context.timezone)})`;
    case 'timestamp':
      return toTimestamp(iso, context.timezone);
    case 'currency':
      return `case when upper(${raw}) ~ '^[A-Z]{3}$' then upper(${raw}) end`;
    case 'text':
      return definition.values
        ? `case when lower(${raw}) in (${list(definition.values)}) then lower(${raw}) end`
        : raw;
  }
}

function problems(stream: Stream, known: Record<string, Field>, mapped: string[], hasId: boolean): string[] {
  const found: string[] = [];
  if (hasId) found.push(`when ${t('source_id')} is null or length(${t('source_id')}) > 500 then 'source_id'`);
  for (const [field, definition] of Object.entries(known)) {
    if (field === 'source_id') continue;
    const value = identifier(field);
    if (definition.required) found.push(`when ${value} is null then ${literal(field)}`);
    else if (mapped.includes(field))
      found.push(`when ${t(field)} is not null and ${value} is null then ${literal(field)}`);
    if (definition.min !== undefined) found.push(`when ${value} < ${definition.min} then ${literal(field)}`);
    if (definition.max !== undefined) found.push(`when ${value} > ${definition.max} then ${literal(field)}`);
  }
  for (const group of entities[stream.entity].oneOf ?? []) {
    found.push(
      `when coalesce(${group.map(identifier).join(', ')}) is null then ${literal(group[0] as string)}`,
    );
  }
  return found;
}

function reason(field: string, definition: Field): string {
  switch (definition.type) {
    case 'number':
    case 'integer':
      return 'not a number that can be understood; a comma may need «number: { decimal }»';
    case 'boolean':
      return 'neither yes nor no; add it to «map»';
    case 'date':
    case 'month':
    case 'timestamp':
      return 'no such date, or a form that has to be declared with «format»';
    case 'currency':
      return 'not a three-letter currency code; add it to «map»';
    case 'text':
      return field === 'source_id'
        ? 'longer than 500 characters'
        : `none of ${definition.values?.join(', ') ?? 'the known values'}; add it to «map»`;
  }
}

function range({ min, max }: Field): string {
  return `outside the range: at least ${min ?? '–'}${max === undefined ? '' : ` and at most ${max}`}`;
}

const types: Record<Field['type'], string> = {
  text: '::text',
  currency: '::text',
  number: '::numeric',
  integer: '::integer',
  boolean: '::boolean',
  date: '::date',
  month: '::date',
  timestamp: '::timestamptz',
};
const cast = (definition: Field): string => types[definition.type];
