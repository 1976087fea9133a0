import type { Knex } from 'knex';

/** `staging` holds what landed; `ops` records what loading did, so that every row can be accounted for. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema staging;
    create schema ops;

    create table ops.data_version (
      is_only boolean primary key default true check (is_only),
      version bigint not null default 0,
      changed_at timestamptz not null default now()
    );
    insert into ops.data_version default values;
    comment on table ops.data_version is 'one row: grows in the transaction that makes a load visible';

    create table ops.sources (
      source text primary key,
      kind text not null,
      schedule text,
      entities text[] not null default '{}',
      fresh_at timestamptz,
      last_run_id bigint,
      failures integer not null default 0,
      failing_since timestamptz,
      error text,
      is_lasting boolean not null default false,
      stale_after_s double precision,
      due_at timestamptz,
      due_line text,
      retry_at timestamptz,
      is_configured boolean not null default true
    );
    comment on table ops.sources is
      'one row per source; fresh_at is the end of its last successful load, due_at its next run by due_line, retry_at an earlier try after a failure; is_lasting: trying again cannot heal the error';

    create table ops.runs (
      run_id bigint generated always as identity primary key,
      source text not null,
      status text not null check (status in ('running', 'succeeded', 'failed')),
      started_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz,
      error text,
      cause text not null default 'hand' check (cause in ('hand', 'schedule', 'retry', 'quarantine')),
      attempt integer not null default 1,
      warnings jsonb not null default '[]',
      data_version bigint
    );
    create index runs_source on ops.runs (source, started_at desc);
    comment on table ops.runs is
      'one row per attempt to load a source; attempt counts from its last success, warnings are [{code, stream, …}]';

    create unlogged table ops.run_progress (
      run_id bigint primary key,
      phase text not null check (phase in ('reading', 'waiting', 'merging', 'deriving')),
      stream text,
      stream_number integer,
      streams integer not null,
      rows bigint not null default 0,
      beat_at timestamptz not null default clock_timestamp()
    );
    comment on table ops.run_progress is
      'one row per run under way, written once a second beside its transaction; rows have landed of all its streams';

    create table ops.run_streams (
      run_id bigint not null references ops.runs on delete cascade,
      stream text not null,
      entity text not null,
      is_full boolean not null,
      read bigint not null default 0,
      inserted bigint not null default 0,
      updated bigint not null default 0,
      unchanged bigint not null default 0,
      duplicate bigint not null default 0,
      quarantined bigint not null default 0,
      deleted bigint not null default 0,
      seconds numeric,
      detected jsonb not null default '{}',
      cursor_from text,
      cursor_to text,
      primary key (run_id, stream)
    );
    comment on table ops.run_streams is
      'one row per run and stream; read = inserted + updated + unchanged + duplicate + quarantined';

    create table ops.cursors (
      source text not null,
      stream text not null,
      cursor text,
      run_id bigint not null,
      updated_at timestamptz not null default now(),
      primary key (source, stream)
    );
    comment on table ops.cursors is 'one row per stream: where the last committed load ended';

    create table ops.quarantine (
      quarantine_id bigint generated always as identity primary key,
      source text not null,
      stream text not null,
      entity text not null,
      row_hash text not null,
      position text not null,
      row jsonb not null,
      field text not null,
      value text,
      reason text not null,
      first_run_id bigint not null,
      last_run_id bigint not null,
      first_seen_at timestamptz not null default now(),
      resolved_at timestamptz,
      unique (source, stream, row_hash)
    );
    create index quarantine_open on ops.quarantine (source, stream) where resolved_at is null;
    comment on table ops.quarantine is
      'one row per source row that could not be understood, with the row itself, the field and the reason';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema ops cascade; drop schema staging cascade;');
}
