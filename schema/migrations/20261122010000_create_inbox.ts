import type { Knex } from 'knex';

/** What systems send by themselves waits here until the next run of its source. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ops.webhooks (
      source text primary key,
      streams text[] not null,
      sealed_secret bytea not null
    );
    comment on table ops.webhooks is
      'one row per webhook source that the last load knew; the secret is encrypted with PULSE_SECRET';

    create table ops.inbox (
      inbox_id bigint generated always as identity primary key,
      source text not null,
      stream text not null,
      row jsonb not null,
      run_id bigint,
      received_at timestamptz not null default now()
    );
    create index inbox_stream on ops.inbox (source, stream, inbox_id);
    comment on table ops.inbox is 'one row per row that was sent and not yet loaded; run_id marks what a run has taken';

    create table ops.inbox_requests (
      source text not null,
      request_id text not null,
      rows integer not null,
      received_at timestamptz not null default now(),
      primary key (source, request_id)
    );
    create index inbox_requests_age on ops.inbox_requests (source, received_at);
    comment on table ops.inbox_requests is 'one row per accepted request, kept for a week so that none counts twice';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ops.inbox_requests; drop table ops.inbox; drop table ops.webhooks;');
}
