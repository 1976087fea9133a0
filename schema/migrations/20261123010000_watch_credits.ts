import type { Knex } from 'knex';

const rowsOf = {
  insert: 'new table as new_rows',
  update: 'old table as old_rows new table as new_rows',
  delete: 'old table as old_rows',
};

/** What a load changes in credits is seen by the rollups of attribution; what customers owe is kept beside all invoices. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`insert into ops.watched_tables values ('credits', 'fct_attribution')`);
  for (const [event, rows] of Object.entries(rowsOf)) {
    await knex.raw(`
      create trigger note_${event} after ${event} on core.fct_attribution
        referencing ${rows} for each statement execute function ops.note_changes('credits')`);
  }
  await knex.raw(`
    create table core.open_receivables (
      kind text not null check (kind in ('invoice', 'payment')),
      source text not null,
      source_id text not null,
      invoice_id text,
      due_at timestamptz,
      customer_key bigint,
      deal_key bigint,
      rest numeric not null,
      primary key (kind, source, source_id)
    );
    create index on core.open_receivables (source, invoice_id);
    comment on table core.open_receivables is
      'one row per invoice that is not paid to the cent, or payment of no known invoice: what it adds to what is owed';`);
}

export async function down(knex: Knex): Promise<void> {
  for (const event of Object.keys(rowsOf))
    await knex.raw(`drop trigger note_${event} on core.fct_attribution`);
  await knex.raw(`
    drop table core.open_receivables;
    delete from ops.watched_tables where changes = 'credits'`);
}
