import type { Knex } from 'knex';

// A text that cannot be understood gives null: the loader then sends its row to quarantine. Forms are matched
// before any cast because PostgreSQL's own input takes «now», «NaN» and «infinity», and drops offsets silently.
const iso = String.raw`^\d{4}-(\d{1,2}|[A-Za-z]{3,9})-\d{1,2}`;
const time = String.raw`\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?`;

/** `ops.to_*`: the forms of numbers, days and times that Pulse understands, as set-based SQL. */
export async function up(knex: Knex): Promise<void> {
  const run = (sql: string) => knex.raw(sql.replaceAll('?', '\\?'));
  await run(`
    create function ops.to_number(t text, decimal_sign text) returns numeric
    language sql immutable parallel safe as $$
      select case
        when t ~ '^[+-]?[0-9]{1,100}(\\.[0-9]{1,100})?$' and (decimal_sign is distinct from ',' or t !~ '\\.') then t::numeric
        else (
          select case
            when n ~ '^[+-]?([0-9]{1,100}(\\.[0-9]{0,100})?|\\.[0-9]{1,100})([eE][+-]?[0-9]{1,2})?$' then n::numeric
          end
          from (
            select case
              when decimal_sign = ',' then replace(replace(c, '.', ''), ',', '.')
              when decimal_sign = '.' then replace(c, ',', '')
              when c ~ ',.*\\.' and c !~ '\\..*,' then replace(c, ',', '')
              when c ~ '\\..*,' and c !~ ',.*\\.' then replace(replace(c, '.', ''), ',', '.')
              when c ~ '^[+-]?[0-9]{1,3}(,[0-9]{3}){2,}$' then replace(c, ',', '')
              when c ~ '^[+-]?[0-9]{1,3}(\\.[0-9]{3}){2,}$' then replace(c, '.', '')
              when c ~ '^[+-]?[1-9][0-9]{0,2},[0-9]{3}$' then null
              when c ~ ',.*,' then null
              else replace(c, ',', '.')
            end as n
            from (
              -- A minus may stand behind, and brackets mean one: both are ways of accountants.
              select regexp_replace(regexp_replace(bare, '^\\((.*)\\)$', '-\\1'), '^([0-9.,]+)-$', '-\\1') as c
              from (
                select regexp_replace(translate(t, '−–', '--'),
                  '[\\s\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000₽$€£¥₸₴₺₹''’ʼ\`]|руб(лей|\\.)?|р\\.|RUB|RUR|USD|EUR|GBP|KZT|UAH|BYN|CNY|CHF', '', 'gi') as bare
              ) signs
            ) cleaned
          ) normal
        )
      end
    $$;

    create function ops.to_timestamp(t text, zone text) returns timestamptz
    language sql stable parallel safe as $$
      select case
        when t ~ '${iso}([T ]${time})?$' then
          case when pg_input_is_valid(t, 'timestamp') then t::timestamp at time zone zone end
        when t ~ '${iso}[T ]${time} ?(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$' then
          case when pg_input_is_valid(t, 'timestamptz') then t::timestamptz end
        when t ~ '^\\d{1,2}\\.\\d{1,2}\\.\\d{4}( ${time})?$' then (
          select case when pg_input_is_valid(d, 'timestamp') then d::timestamp at time zone zone end
          from regexp_replace(t, '^(\\d+)\\.(\\d+)\\.(\\d+)', '\\3-\\2-\\1') d
        )
      end
    $$;

    create function ops.to_date(t text, zone text) returns date
    language sql stable parallel safe as $$
      select case
        when t ~ '^\\d{4}-\\d{2}-\\d{2}$' then case when pg_input_is_valid(t, 'date') then t::date end
        else (ops.to_timestamp(t, zone) at time zone zone)::date
      end
    $$;

    create function ops.to_month(t text, zone text) returns date
    language sql stable parallel safe as $$
      select date_trunc('month', ops.to_date(case when t ~ '^\\d{4}-\\d{1,2}$' then t || '-01' else t end, zone))::date
    $$;

    create function ops.to_boolean(t text) returns boolean
    language sql immutable parallel safe as $$
      select case
        when lower(t) in ('true', 't', 'yes', 'y', '1', 'on', 'да', 'истина') then true
        when lower(t) in ('false', 'f', 'no', 'n', '0', 'off', 'нет', 'ложь') then false
      end
    $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function ops.to_number, ops.to_month, ops.to_date, ops.to_timestamp, ops.to_boolean
  `);
}
