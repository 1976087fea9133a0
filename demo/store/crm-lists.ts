import { lossReasons } from '../company/catalog.ts';
import type { Table } from './tables.ts';

const id = 'bigint primary key';
const time = 'timestamptz not null';

/** What the CRM's records choose from. */
export const lists: Table[] = [
  {
    name: 'departments',
    columns: { id, name: 'text not null', parent_id: 'bigint' },
    rows: (c) => c.departments,
  },
  {
    name: 'users',
    columns: {
      id,
      full_name: 'text not null',
      email: 'text',
      internal_phone: 'text',
      department_id: 'bigint',
      position: 'text',
      is_active: 'boolean not null',
      hired_on: 'date',
      dismissed_on: 'date',
    },
    rows: (c) => c.users.map((u) => ({ ...u, is_active: u.dismissed_on === null })),
  },
  {
    name: 'companies',
    columns: {
      id,
      name: 'text',
      type: 'text not null',
      inn: 'text',
      industry: 'text',
      region: 'text',
      email: 'text',
      phone: 'text',
      responsible_user_id: 'bigint',
      created_at: time,
    },
    rows: (c) => c.customers,
  },
  {
    name: 'products',
    columns: {
      id,
      sku: 'text not null',
      name: 'text not null',
      category: 'text',
      price: 'numeric(14,2)',
      cost: 'numeric(14,2)',
      is_archived: 'boolean not null',
    },
    rows: (c) => c.products,
  },
  {
    name: 'pipelines',
    columns: { id, name: 'text not null', code: 'text not null' },
    rows: (c) => c.pipelines,
  },
  {
    name: 'statuses',
    columns: {
      id,
      pipeline_id: 'bigint not null',
      name: 'text not null',
      sort: 'integer not null',
      type: 'text not null',
      norm_days: 'integer',
      target_conversion: 'numeric',
      win_probability: 'numeric',
    },
    rows: (c) => c.statuses,
  },
  { name: 'loss_reasons', columns: { id, name: 'text not null' }, rows: () => lossReasons },
  {
    name: 'marketing_campaigns',
    columns: {
      id,
      channel: 'text not null',
      name: 'text not null',
      utm_source: 'text',
      utm_medium: 'text',
      utm_campaign: 'text',
      started_on: 'date',
      ended_on: 'date',
      budget: 'numeric(14,2)',
    },
    rows: (c) => c.campaigns,
  },
];
