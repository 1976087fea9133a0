import type { Client } from 'pg';
import type { Config } from './config.ts';

/** Writes what figures depend on into the warehouse, where the model and the app read it. */
export async function writeSettings(client: Client, config: Config): Promise<void> {
  const settings: Record<string, unknown> = {
    company: config.company ?? null,
    'reporting.timezone': config.reporting.timezone,
    'reporting.currency': config.reporting.currency,
    'reporting.language': config.reporting.language,
    ...Object.fromEntries(Object.entries(config.limits).map(([key, value]) => [`limits.${key}`, value])),
  };
  await client.query(
    `insert into core.settings (key, value) select key, value from jsonb_each($1)
     on conflict (key) do update set value = excluded.value where settings.value <> excluded.value`,
    [JSON.stringify(settings)],
  );
}

/** Records which sources the configuration names now; those it no longer names keep their data, marked. */
export async function writeSources(client: Client, config: Config): Promise<void> {
  const rows = Object.entries(config.sources).map(([source, { kind, schedule, streams }]) => ({
    source,
    kind,
    schedule: schedule ?? null,
    entities: [...new Set(streams.map((stream) => stream.entity))],
  }));
  await client.query(
    `insert into ops.sources (source, kind, schedule, entities)
     select source, kind, schedule, array(select jsonb_array_elements_text(entities))
     from jsonb_to_recordset($1) as r(source text, kind text, schedule text, entities jsonb)
     on conflict (source) do update set kind = excluded.kind, schedule = excluded.schedule,
       entities = excluded.entities, is_configured = true`,
    [JSON.stringify(rows)],
  );
  await client.query('update ops.sources set is_configured = false where not source = any($1)', [
    rows.map((row) => row.source),
  ]);
}
