import { literal } from './sql-text.ts';

/**
 * SQL that reads a text column as a typed value: the plain forms in the expression itself, and all others in
 * the functions `ops.to_*`, which are too long to be inlined and cost a call for each row. Null where not understood.
 * PostgreSQL builds the states of an expression anew for each row: those that loop are several times faster than those
 * that count, so `like` counts.
 */
export function toNumber(text: string, decimal: ',' | '.' | undefined): string {
  const plain = decimal === ',' ? '^[+-]?[0-9]+$' : '^[+-]?[0-9]+(\\.[0-9]+)?$';
  const other = `ops.to_number(${text}, ${decimal ? literal(decimal) : 'null'})`;
  return `case when ${text} is null then null when length(${text}) <= 60 and ${text} ~ '${plain}' then ${text}::numeric
    else ${other} end`;
}

const day = String.raw`^\d{4}-\d{2}-\d{2}`;
const clock = String.raw`[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?`;

export function toTimestamp(text: string, timezone: string): string {
  const zone = literal(timezone);
  // Four digits, then single marks with digits behind them: where the marks stand as they should, so does all the rest.
  return `case when ${text} is null then null
    when ${text} like any ('{____-__-__ __:__:__,____-__-__T__:__:__,____-__-__}') and ${text} ~ '^\\d\\d\\d\\d([T :-]\\d+)+$'
      and pg_input_is_valid(${text}, 'timestamp') then ${text}::timestamp at time zone ${zone}
    when ${text} ~ '${day}(${clock})?$' and pg_input_is_valid(${text}, 'timestamp') then ${text}::timestamp at time zone ${zone}
    when ${text} ~ '${day}${clock}(Z|[+-]\\d{2}(:?\\d{2})?)$' and pg_input_is_valid(${text}, 'timestamptz') then ${text}::timestamptz
    else ops.to_timestamp(${text}, ${zone}) end`;
}

export function toDate(text: string, timezone: string): string {
  return `case when ${text} is null then null
    when ${text} ~ '${day}$' and pg_input_is_valid(${text}, 'date') then ${text}::date
    else ops.to_date(${text}, ${literal(timezone)}) end`;
}
