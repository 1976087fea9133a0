import type { Knex } from 'knex';

/** What people do in the product: who they are, what they saved, what is sent to them, what went wrong. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create schema if not exists app');
  await createUsers(knex);
  await createPlans(knex);
  await createViews(knex);
  await createSchedules(knex);
  await createIncidents(knex);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema if exists app cascade');
}

/** users, sessions, accounts, two_factors, verifications and rate_limits have the columns better-auth asks for. */
async function createUsers(knex: Knex) {
  await knex.raw(`
    create table app.users (
      id text primary key,
      name text not null,
      email text not null unique,
      email_verified boolean not null default false,
      image text,
      role text not null default 'manager'
        check (role in ('executive', 'marketing', 'head', 'manager', 'admin')),
      locale text not null default 'ru' check (locale in ('ru', 'en')),
      is_disabled boolean not null default false,
      two_factor_enabled boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create unique index users_email_lower on app.users (lower(email));

    -- One row per user and employee record: the same person may be known to several sources.
    -- The source's own id, not core's key: core may be rebuilt.
    create table app.user_employees (
      user_id text not null references app.users on delete cascade,
      source text not null,
      source_id text not null,
      primary key (user_id, source, source_id)
    );

    -- One row per user and team led, beside the team the employee belongs to.
    create table app.user_teams (
      user_id text not null references app.users on delete cascade,
      source text not null,
      source_id text not null,
      primary key (user_id, source, source_id)
    );

    create table app.sessions (
      id text primary key,
      user_id text not null references app.users on delete cascade,
      token text not null unique,
      expires_at timestamptz not null,
      ip_address text,
      user_agent text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index sessions_user_id on app.sessions (user_id);
    create index sessions_expires_at on app.sessions (expires_at);

    create table app.accounts (
      id text primary key,
      user_id text not null references app.users on delete cascade,
      account_id text not null,
      provider_id text not null,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (provider_id, account_id)
    );
    create index accounts_user_id on app.accounts (user_id);

    -- One row per person with a second step of signing in; secret and codes are encrypted with PULSE_SECRET.
    create table app.two_factors (
      id text primary key,
      user_id text not null unique references app.users on delete cascade,
      secret text not null,
      backup_codes text not null,
      verified boolean not null default false,
      failed_verification_count integer not null default 0,
      locked_until timestamptz
    );

    create table app.verifications (
      id text primary key,
      identifier text not null,
      value text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index verifications_identifier on app.verifications (identifier);

    create table app.rate_limits (
      id text primary key,
      key text not null unique,
      count integer not null,
      last_request bigint not null
    );

    -- One row per thing someone did that another may ask about. Outlives its user.
    create table app.audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      user_id text references app.users on delete set null,
      actor text not null,
      action text not null,
      subject text,
      details jsonb not null default '{}',
      ip_address text
    );
    create index audit_at on app.audit (at);
  `);
}

async function createPlans(knex: Knex) {
  await knex.raw(`
    -- One row per time somebody saved plans in the product; what is undone counts no more.
    create table app.plan_batches (
      batch_id bigint generated always as identity primary key,
      saved_at timestamptz not null default now(),
      user_id text references app.users on delete set null,
      actor text not null,
      undone_at timestamptz,
      undone_by text
    );

    -- One row per plan line of a batch; of equal month, metric and scope the latest batch holds.
    create table app.plan_lines (
      batch_id bigint not null references app.plan_batches on delete cascade,
      month date not null check (extract(day from month) = 1),
      metric text not null,
      scope_kind text not null check (scope_kind in ('company', 'team', 'employee', 'product', 'channel')),
      scope text not null default '',
      target numeric not null,
      primary key (batch_id, month, metric, scope_kind, scope)
    );
  `);
}

async function createViews(knex: Knex) {
  await knex.raw(`
    -- One row per page somebody wants to find again; "state" is the query part of its address.
    create table app.saved_views (
      id uuid primary key default gen_random_uuid(),
      owner_id text not null references app.users on delete cascade,
      title text not null check (length(title) between 1 and 120),
      page text not null check (page ~ '^/' and page !~ '^/[/\\\\]'),
      state text not null default '',
      is_shared boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index saved_views_owner on app.saved_views (owner_id);

    -- One row per person who opens Pulse with a view, an own one or one that a colleague shares.
    create table app.home_views (
      user_id text primary key references app.users on delete cascade,
      view_id uuid not null references app.saved_views on delete cascade
    );
  `);
}

async function createSchedules(knex: Knex) {
  await knex.raw(`
    -- One row per repeated report. "page" and "state" are those of its address; of the moments that "cron" names in
    -- "timezone" only those count that fall on the working days "workday" says. Recipients: [{email, locale, user_id?,
    -- group?, part?}]. "fresh_within" is for how many minutes late data are waited for.
    create table app.schedules (
      id uuid primary key default gen_random_uuid(),
      title text not null,
      page text not null,
      state text not null default '',
      owner_id text not null references app.users on delete cascade,
      cron text not null,
      workday text not null default 'any' check (workday in ('any', 'every', 'first', 'last')),
      timezone text not null,
      starts_on date,
      ends_on date,
      recipients jsonb not null default '[]' check (jsonb_typeof(recipients) = 'array'),
      send_when text not null default 'always' check (send_when in ('always', 'data', 'incident', 'metric', 'changed')),
      condition jsonb,
      fresh_within integer not null default 0 check (fresh_within between 0 and 1440),
      files text[] not null default '{}' check (files <@ '{pdf,xlsx,csv}'),
      is_paused boolean not null default false,
      next_run_at timestamptz,
      -- its last run is behind
      is_over boolean not null default false,
      -- failures up to here were told to the owner
      told_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((send_when = 'metric') = (condition is not null))
    );
    create index schedules_owner on app.schedules (owner_id);

    -- One row per address that wants a report no more, until somebody who may takes it back.
    create table app.unsubscribed (
      schedule_id uuid not null references app.schedules on delete cascade,
      recipient text not null,
      at timestamptz not null default now(),
      primary key (schedule_id, recipient)
    );
    create index schedules_due on app.schedules (next_run_at) where not is_paused and not is_over;

    -- One row per mail to a recipient, of a schedule's run or of incidents: the unique keys make sending happen once.
    -- A digest tells of several incidents, a reminder comes again: "round" counts them.
    create table app.deliveries (
      id uuid primary key default gen_random_uuid(),
      schedule_id uuid references app.schedules on delete cascade,
      incident_id uuid,
      event text check (event in ('opened', 'reminder', 'resolved', 'digest', 'failures')),
      round integer not null default 0,
      run_at timestamptz not null,
      recipient text not null,
      locale text not null,
      user_id text references app.users on delete set null,
      status text not null default 'queued'
        check (status in ('queued', 'rendering', 'sent', 'failed', 'discarded')),
      attempts integer not null default 0,
      message_id text,
      error text,
      -- what the figures were, to tell whether they have changed
      fingerprint text,
      -- the server's own words when it took or refused it
      answer text,
      next_attempt_at timestamptz,
      locked_by text,
      locked_at timestamptz,
      sent_at timestamptz,
      closed_at timestamptz,
      created_at timestamptz not null default now(),
      unique (schedule_id, run_at, recipient),
      unique (incident_id, event, round, recipient),
      check ((schedule_id is null) = (event is not null)),
      check ((incident_id is null) = (event is null or event in ('digest', 'failures')))
    );
    create index deliveries_message on app.deliveries (message_id);
    create index deliveries_closed on app.deliveries (closed_at) where status in ('failed', 'discarded');
    create index deliveries_schedule on app.deliveries (schedule_id, run_at);
    create unique index deliveries_failures on app.deliveries (run_at, recipient) where event = 'failures';
    create unique index deliveries_digest on app.deliveries (run_at, recipient) where event = 'digest';
    create index deliveries_due on app.deliveries (next_attempt_at)
      where status in ('queued', 'rendering');

    -- One row per delivery that failed because of its address.
    create table app.bounces (
      delivery_id uuid primary key references app.deliveries on delete cascade,
      recipient text not null,
      at timestamptz not null default now()
    );
    create index bounces_recipient on app.bounces (recipient, at);
  `);
}

async function createIncidents(knex: Knex) {
  await knex.raw(`
    -- One row per cause, from its first sight to its end. "rule" is the one that tells of it best, "since" the first
    -- day the data show it. Who sees it: "area", and where it is about persons or teams, those who answer for all of
    -- them (core's keys, written anew with every look).
    create table app.incidents (
      id uuid primary key default gen_random_uuid(),
      rule text not null,
      cause text not null,
      area text not null default 'data' check (area in ('marketing', 'sales', 'company', 'data')),
      team_keys bigint[] not null default '{}',
      employee_keys bigint[] not null default '{}',
      metric text,
      since date,
      state text not null default 'open' check (state in ('open', 'acknowledged', 'resolved')),
      details jsonb not null default '{}',
      money_at_stake numeric,
      opened_at timestamptz not null default now(),
      seen_at timestamptz not null default now(),
      acknowledged_at timestamptz,
      acknowledged_by text references app.users on delete set null,
      comment text,
      resolved_at timestamptz
    );
    create unique index incidents_open on app.incidents (cause) where state <> 'resolved';
    create index incidents_resolved_at on app.incidents (resolved_at) where state = 'resolved';

    -- One row: which data the rules have seen last, and which of them could not be asked then.
    create table app.incident_watch (
      id boolean primary key default true check (id),
      data_version bigint,
      day date,
      checked_at timestamptz,
      failed text[] not null default '{}'
    );
    insert into app.incident_watch default values;

    -- One row per message to the webhook about an incident. While it is being sent, "next_attempt_at" is the end of the
    -- claim: what a killed worker held is simply due again.
    create table app.incident_posts (
      incident_id uuid not null references app.incidents on delete cascade,
      event text not null check (event in ('opened', 'resolved')),
      status text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'discarded')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      sent_at timestamptz,
      error text,
      primary key (incident_id, event)
    );
    create index incident_posts_due on app.incident_posts (next_attempt_at) where status = 'queued';
    alter table app.deliveries add foreign key (incident_id) references app.incidents on delete cascade;
  `);
}
