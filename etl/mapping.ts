import type { FieldSpec, Stream } from './config.ts';
import { toIso } from './date-form.ts';
import { entities, fieldsOf, type Field } from './entities.ts';
import { toDate, toNumber, toTimestamp } from './parsing.ts';
import { eitherOrder, isIdentity, longestId, reasonOf, reasons, repairsOf } from './reasons.ts';
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
  const own = [...[spec.from ?? []].flat(), ...(spec.plus_minutes === undefined ? [] : [spec.plus_minutes])];
  return [...own, ...(spec.or === undefined ? [] : columnsOf(spec.or))];
}

/**
 * Compiles a stream's mapping to one SELECT over its landing: a row per landed row with typed fields, `source_id`,
 * `row_hash`, `version_at`, `_cursor` where the stream has one, and where the row cannot be understood `problem_field`, `problem_value`, `problem_reason`.
 */
export function compileMapping(stream: Stream, context: MappingContext): string {
  const known = fieldsOf(stream.entity);
  const mapped = Object.keys(known).filter((field) => field in stream.fields);
  const texts = mapped.map(
    (field) => `${fieldText(stream.fields[field] as FieldSpec, context)} as ${t(field)}`,
  );
  for (const field of mapped) {
    const spec = stream.fields[field] as FieldSpec;
    if (typeof spec !== 'string' && spec.plus_minutes !== undefined)
      texts.push(`${column(spec.plus_minutes, context)} as ${t(`${field}_plus`)}`);
  }
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
  // What a row says of its last change is its version already where the cursor is that very column.
  const isSaid = stream.cursor === undefined || stream.fields.updated_at === stream.cursor;
  const version = isSaid ? 'null::timestamptz' : toTimestamp(t('cursor'), context.timezone);
  const repairs = repairsOf(stream.entity, mapped);
  const repaired = (field: string): string => {
    const conditions = repairs.filter(({ drop }) => drop === field).map(({ condition }) => condition);
    return conditions.length
      ? `case when ${conditions.join(' or ')} then null else ${identifier(field)} end`
      : identifier(field);
  };
  const hashed = Object.keys(known).filter((field) => field !== 'source_id' && field !== 'updated_at');

  return `
    select _n, _place, ${hasId ? t('source_id') : naturalKey(stream)} as source_id,
      ${Object.keys(known)
        .filter((field) => field !== 'source_id')
        .map((field) => `${repaired(field)} as ${identifier(field)}`)
        .join(', ')},
      ${repairs.length ? `case ${repairs.map(({ condition, name }) => `when ${condition} then ${literal(name)}`).join(' ')} end` : 'null::text'} as repair,
      coalesce(updated_at, version_at) as version_at,
      ${stream.cursor ? `${t('cursor')} as _cursor,` : ''}
      hash_record_extended(row(${hashed.map(repaired).join(', ')}), 0) as row_hash,
      problem_field,
      case when problem_field <> '' then
        case problem_field ${mapped.map((f) => `when ${literal(f)} then ${t(f)}`).join(' ')} end
      end as problem_value,
      case when problem_field is null then null
        ${mapped
          .filter((f) => known[f]?.min !== undefined || known[f]?.max !== undefined)
          .map(
            (f) =>
              `when problem_field = ${literal(f)} and ${identifier(f)} is not null then ${literal(reasons.range(known[f] as Field))}`,
          )
          .join('\n        ')}
        ${mapped
          .filter((f) => known[f]?.past)
          .map(
            (f) =>
              `when problem_field = ${literal(f)} and ${identifier(f)} is not null then ${literal(reasons.future)}`,
          )
          .join('\n        ')}
        ${mapped
          .filter(
            (f) => ['date', 'timestamp'].includes(known[f]?.type ?? '') && isUndeclared(stream.fields[f]),
          )
          .map(
            (f) =>
              `when problem_field = ${literal(f)} and ${t(f)} ~ ${literal(eitherOrder)} then ${literal(reasons.order)}`,
          )
          .join('\n        ')}
        ${mapped
          .map(
            (f) =>
              `when problem_field = ${literal(f)} and ${t(f)} is not null then ${literal(reasonOf(known[f] as Field))}`,
          )
          .join('\n        ')}
        when problem_field = '' then _problem
        else ${literal(reasons.missing)} end as problem_reason
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
            select s._n, s.ctid as _place, s._position, s._problem${texts.map((text) => `,\n              ${text}`).join('')}
            from ${context.table} s
            offset '0'
          ) w
          offset '0'
        ) q
        offset '0'
      ) v
      offset '0'
    ) p`;
}

/** What stands around a value without being part of it; files keep blanks that break no line, too. */
const blanks = `E' \\t\\n\\r\\u00a0\\u202f\\u2007\\ufeff'`;

const t = (field: string): string => identifier(`t_${field}`);

function column(name: string, context: MappingContext): string {
  const staged = context.columns.get(name);
  if (!staged) throw new Error(`no column «${name}» has landed`);
  const empty = ['', ...(context.empty ?? [])];
  return empty.reduce(
    (sql, nothing) => `nullif(${sql}, ${literal(nothing)})`,
    `btrim(s.${identifier(staged)}, ${blanks})`,
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
  if (spec.plus_minutes !== undefined)
    sql = `case when ${column(spec.plus_minutes, context)} is not null then ${sql} end`;
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
      return options.plus_minutes === undefined
        ? toTimestamp(iso, context.timezone)
        : `${toTimestamp(iso, context.timezone)} + make_interval(secs => 60 * (${toNumber(t(`${field}_plus`), '.')})::float8)`;
    case 'currency':
      return `case when ${raw} ~ '^[A-Z]{3}$' then ${raw} when upper(${raw}) ~ '^[A-Z]{3}$' then upper(${raw}) end`;
    case 'text':
      return definition.values
        ? `case when ${raw} in (${list(definition.values)}) then ${raw}
            when lower(${raw}) in (${list(definition.values)}) then lower(${raw}) end`
        : raw;
  }
}

/** Bytes are known without counting, and letters are never more. */
const isTooLong = (text: string): string =>
  `octet_length(${text}) > ${longestId} and length(${text}) > ${longestId}`;

const isUndeclared = (spec: FieldSpec | undefined): boolean =>
  typeof spec === 'string' || spec?.format === undefined;

function problems(stream: Stream, known: Record<string, Field>, mapped: string[], hasId: boolean): string[] {
  const found: string[] = [];
  if (hasId) found.push(`when ${t('source_id')} is null or ${isTooLong(t('source_id'))} then 'source_id'`);
  for (const [field, definition] of Object.entries(known)) {
    if (field === 'source_id') continue;
    const value = identifier(field);
    if (definition.required) found.push(`when ${value} is null then ${literal(field)}`);
    else if (mapped.includes(field))
      found.push(`when ${t(field)} is not null and ${value} is null then ${literal(field)}`);
    if (mapped.includes(field) && isIdentity(field, definition))
      found.push(`when ${isTooLong(t(field))} then ${literal(field)}`);
    // A zone that is mistaken moves a moment by less than a day.
    if (definition.past && mapped.includes(field))
      found.push(`when ${value} > now() + interval '1 day' then ${literal(field)}`);
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
