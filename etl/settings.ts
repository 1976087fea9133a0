import type { Client } from 'pg';
import { streamName, type Config } from './config.ts';
import { countryOf } from './identity/country.ts';

/** Writes what figures depend on into the warehouse, where the model and the app read it. */
export async function writeSettings(client: Client, config: Config): Promise<void> {
  const settings: Record<string, unknown> = {
    company: config.company ?? null,
    'reporting.timezone': config.reporting.timezone,
    'reporting.currency': config.reporting.currency,
    'reporting.language': config.reporting.language,
    'reporting.country': countryOf(config.reporting),
    // its address is a secret, which only the worker needs
    incidents: { ...config.incidents, webhook: config.incidents.webhook !== undefined },
    // what a page of settings may not change
    given: config.given,
    record_urls: recordUrls(config),
    'reports.allowed_domains': config.reports.allowed_domains,
    ...Object.fromEntries(Object.entries(config.limits).map(([key, value]) => [`limits.${key}`, value])),
  };
  await client.query(
    `insert into core.settings (key, value) select key, value from jsonb_each($1)
     on conflict (key) do update set value = excluded.value where settings.value <> excluded.value`,
    [JSON.stringify(settings)],
  );
}

/** By source and entity, how the address of a record is made. */
function recordUrls({ sources }: Config): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(sources).flatMap(([source, { streams }]) => {
      const told = streams.flatMap(({ entity, record_url }) => (record_url ? [[entity, record_url]] : []));
      return told.length ? [[source, Object.fromEntries(told)]] : [];
    }),
  );
}

/** Records which sources the configuration names now; those it no longer names keep their data, marked. */
export async function writeSources(client: Client, config: Config): Promise<void> {
  const rows = Object.entries(config.sources).map(
    ([source, { kind, schedule, stale_after, streams }], position) => ({
      source,
      position,
      kind,
      schedule: schedule ?? null,
      stale_after_s: stale_after ?? null,
      entities: [...new Set(streams.map((stream) => stream.entity))],
    }),
  );
  await client.query(
    `insert into ops.sources (source, position, kind, schedule, stale_after_s, entities)
     select source, position, kind, schedule, stale_after_s, array(select jsonb_array_elements_text(entities))
     from jsonb_to_recordset($1) as r(source text, position integer, kind text, schedule text, stale_after_s double precision, entities jsonb)
     on conflict (source) do update set position = excluded.position, kind = excluded.kind, schedule = excluded.schedule,
       stale_after_s = excluded.stale_after_s, entities = excluded.entities, is_configured = true`,
    [JSON.stringify(rows)],
  );
  await client.query('update ops.sources set is_configured = false where not source = any($1)', [
    rows.map((row) => row.source),
  ]);
  await writeReferences(client, config);
}

/** Whose ids the references of each stream hold: facts are resolved anew when records turn out to be one. */
async function writeReferences(client: Client, config: Config): Promise<void> {
  const rows = Object.entries(config.sources).flatMap(([source, { streams }]) =>
    streams.flatMap((stream) =>
      Object.entries(stream.refs ?? {}).map(([field, ref_source]) => ({
        source,
        stream: streamName(stream),
        field,
        ref_source,
      })),
    ),
  );
  await client.query(
    `with given as (
       select * from jsonb_to_recordset($1) as r(source text, stream text, field text, ref_source text)
     ), gone as (
       delete from ops.stream_refs s where s.source = any($2)
         and not exists (select from given g where (g.source, g.stream, g.field) = (s.source, s.stream, s.field))
     )
     insert into ops.stream_refs select * from given
     on conflict (source, stream, field) do update set ref_source = excluded.ref_source`,
    [JSON.stringify(rows), Object.keys(config.sources)],
  );
}
