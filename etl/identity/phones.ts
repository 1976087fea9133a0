import { setImmediate } from 'node:timers/promises';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Client } from 'pg';

const batch = 5000;

/**
 * Parses each spelling of a phone that none of the changed customers and calls had before, and keeps what it means.
 * @param records what to look at, as SQL that gives rows of `core.dim_customers` as `d`
 */
export async function learnPhones(client: Client, records: string, isWhole: boolean): Promise<void> {
  // What is only named is mostly a name, and «Customer 10000» is no number: there the digits have to come first.
  await client.query(`
    create temp table identity_raws on commit drop as
    select c.raw from (
      select coalesce(d.phone, d.source_id) as raw from ${records} where not d.is_inferred
      union
      select d.source_id from ${records} where d.is_inferred and d.source_id ~ '^[^[:alpha:]@]*(\\d[^[:alpha:]@]*){5}'
      union
      select phone from ${isWhole ? 'core.fct_calls' : 'changed_calls'} where customer_id is null and phone is not null
    ) c
    left join ops.phones p on p.raw = c.raw
    where p.raw is null and length(c.raw) between 5 and 100 and c.raw ~ '\\d\\D*\\d\\D*\\d\\D*\\d\\D*\\d'`);
  const { rows } = await client.query<{ country: string | null }>(
    `select value #>> '{}' as country from core.settings where key = 'reporting.country'`,
  );
  const country = rows[0]?.country ?? null;
  await client.query('declare new_phones no scroll cursor for select raw from identity_raws');
  let isMany = false;
  let kept: Promise<unknown> = Promise.resolve();
  for (;;) {
    // The warehouse writes one batch while the next is parsed here.
    const fetched = client.query<{ raw: string }>(`fetch ${batch} from new_phones`);
    await kept;
    const { rows } = await fetched;
    if (!rows.length) break;
    isMany ||= rows.length === batch;
    const known = rows.flatMap(({ raw }) => numbersIn(raw, country).map((number) => [raw, number] as const));
    kept = client.query('insert into ops.phones select * from unnest($1::text[], $2::text[])', [
      known.map(([raw]) => raw),
      known.map(([, number]) => number),
    ]);
    kept.catch(() => undefined);
    await setImmediate();
  }
  await client.query('close new_phones');
  if (isMany) await client.query('analyze ops.phones');
}

/**
 * The valid numbers of a text, each as E.164, with `;ext=` where an extension is named: two people behind one
 * switchboard are two. `['']` where there is none.
 */
export function numbersIn(text: string, country: string | null): string[] {
  const whole = numberIn(text, country);
  const found = whole ? [whole] : text.split(/[,;/|\n]/).map((part) => numberIn(part, country));
  const numbers = [...new Set(found.filter((number) => number !== null))];
  return numbers.length ? numbers : [''];
}

function numberIn(text: string, country: string | null): string | null {
  const known = country !== null && isSupportedCountry(country) ? { defaultCountry: country } : {};
  // What is copied from a page brings marks of direction along.
  const phone = parsePhoneNumberFromString(text.replace(/\p{Cf}/gu, '').trim(), { ...known, extract: false });
  if (!phone?.isValid()) return null;
  return phone.ext ? `${phone.number};ext=${phone.ext}` : phone.number;
}
