// The twelve tiles in drizzle-cube: its own server with its memory cache, over the same facts. Started by peers.ts.
import { serve } from '@hono/node-server';
import { createCubeApp } from 'drizzle-cube/adapters/hono';
import { defineCube, MemoryCacheProvider } from 'drizzle-cube/server';
import { eq, sql } from 'drizzle-orm';
import { bigint, boolean, numeric, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

const core = pgSchema('core');
const key = (name) => bigint(name, { mode: 'number' });
const flag = { is_deleted: boolean('is_deleted') };
const deals = core.table('fct_deals', {
  deal_key: key('deal_key').primaryKey(),
  created_at: timestamp('created_at', { withTimezone: true }),
  closed_at: timestamp('closed_at', { withTimezone: true }),
  status: text('status'),
  owner_key: key('owner_key'),
  product_key: key('product_key'),
  campaign_key: key('campaign_key'),
  amount: numeric('amount'),
  lost_reason: text('lost_reason'),
  is_test: boolean('is_test'),
  ...flag,
});
const funnel = core.table('fct_funnel', {
  deal_key: key('deal_key').primaryKey(),
  stage_key: key('stage_key'),
  created_at: timestamp('created_at', { withTimezone: true }),
});
const calls = core.table('fct_calls', {
  call_key: key('call_key').primaryKey(),
  started_at: timestamp('started_at', { withTimezone: true }),
  employee_key: key('employee_key'),
  ...flag,
});
const complaints = core.table('fct_complaints', {
  source_id: text('source_id').primaryKey(),
  opened_at: timestamp('opened_at', { withTimezone: true }),
  cause: text('cause'),
  ...flag,
});
const named = (table, column) =>
  core.table(table, {
    [column]: key(column).primaryKey(),
    name: text('name'),
    team_key: key('team_key'),
    channel: text('channel'),
  });
const employees = named('dim_employees', 'employee_key');
const teams = named('dim_teams', 'team_key');
const products = named('dim_products', 'product_key');
const campaigns = named('dim_campaigns', 'campaign_key');
const stages = named('dim_stages', 'stage_key');

const belongsTo = (targetCube, source, target) => ({
  targetCube: () => targetCube,
  relationship: 'belongsTo',
  on: [{ source, target }],
});
const dimension = (name, table, column = table.name) =>
  defineCube(name, {
    sql: () => ({ from: table }),
    measures: {},
    dimensions: { name: { name: 'name', type: 'string', sql: column } },
  });
const Teams = dimension('Teams', teams);
const Products = dimension('Products', products);
const Campaigns = dimension('Campaigns', campaigns, campaigns.channel);
const Stages = dimension('Stages', stages);
const Employees = defineCube('Employees', {
  sql: () => ({ from: employees }),
  joins: { Teams: belongsTo(Teams, employees.team_key, teams.team_key) },
  measures: {},
  dimensions: { name: { name: 'name', type: 'string', sql: employees.name } },
});
const time = (column) => ({ name: column.name, type: 'time', sql: column });
const Deals = defineCube('Deals', {
  sql: () => ({ from: deals, where: sql`not ${deals.is_test} and not ${deals.is_deleted}` }),
  joins: {
    Employees: belongsTo(Employees, deals.owner_key, employees.employee_key),
    Products: belongsTo(Products, deals.product_key, products.product_key),
    Campaigns: belongsTo(Campaigns, deals.campaign_key, campaigns.campaign_key),
  },
  measures: {
    count: { name: 'count', type: 'count', sql: deals.deal_key },
    won: { name: 'won', type: 'sum', sql: deals.amount, filters: [() => eq(deals.status, 'won')] },
    lost: { name: 'lost', type: 'sum', sql: deals.amount, filters: [() => eq(deals.status, 'lost')] },
  },
  dimensions: {
    created_at: time(deals.created_at),
    closed_at: time(deals.closed_at),
    status: { name: 'status', type: 'string', sql: deals.status },
    lost_reason: { name: 'lost_reason', type: 'string', sql: deals.lost_reason },
  },
});
const Funnel = defineCube('Funnel', {
  sql: () => ({ from: funnel }),
  joins: { Stages: belongsTo(Stages, funnel.stage_key, stages.stage_key) },
  measures: { count: { name: 'count', type: 'count', sql: funnel.deal_key } },
  dimensions: { created_at: time(funnel.created_at) },
});
const Calls = defineCube('Calls', {
  sql: () => ({ from: calls, where: sql`not ${calls.is_deleted}` }),
  joins: { Employees: belongsTo(Employees, calls.employee_key, employees.employee_key) },
  measures: { count: { name: 'count', type: 'count', sql: calls.call_key } },
  dimensions: { started_at: time(calls.started_at) },
});
const Complaints = defineCube('Complaints', {
  sql: () => ({ from: complaints, where: sql`not ${complaints.is_deleted}` }),
  measures: { count: { name: 'count', type: 'count', sql: complaints.source_id } },
  dimensions: {
    opened_at: time(complaints.opened_at),
    cause: { name: 'cause', type: 'string', sql: complaints.cause },
  },
});

const client = postgres(process.env.WAREHOUSE_URL, { max: 10 });
const app = createCubeApp({
  cubes: [Deals, Funnel, Calls, Complaints, Employees, Teams, Products, Campaigns, Stages],
  drizzle: drizzle(client),
  engineType: 'postgres',
  extractSecurityContext: async () => ({}),
  cache: { provider: new MemoryCacheProvider(), defaultTtlMs: 600_000 },
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.({ port }));
process.on('disconnect', () => process.exit(0));
