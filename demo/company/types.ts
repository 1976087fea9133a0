import type { Answer, Call, Mailing, Plan, Rate, Spend, Ticket } from './outside.ts';

/** Rows of the operational systems, named as their tables name them. Times are epoch milliseconds, days are day numbers. */
export type Department = { id: number; name: string; parent_id: number | null };

export type User = {
  id: number;
  full_name: string;
  email: string;
  internal_phone: string | null;
  department_id: number;
  position: string;
  hired_on: number;
  dismissed_on: number | null;
};

/** How a person sells; no system stores this. */
export type Habits = {
  weight: number;
  skill: number;
  responseMinutes: number;
  callback: number;
  missed: number;
  discount: number;
};

export type Manager = User & Habits & { internal_phone: string };

export type Product = {
  id: number;
  sku: string;
  name: string;
  category: string;
  price: number;
  cost: number;
  is_archived: boolean;
};

export type PipelineKind = 'reach' | 'react' | 'reengage' | 'refresh';
export type Pipeline = { id: number; name: string; code: PipelineKind };

export type Status = {
  id: number;
  pipeline_id: number;
  name: string;
  sort: number;
  type: 'open' | 'won' | 'lost' | 'nurture';
  norm_days: number | null;
  target_conversion: number | null;
  win_probability: number | null;
};

export type Campaign = {
  id: number;
  channel: string;
  name: string;
  utm_source: string;
  utm_medium: string;
  utm_campaign: string;
  started_on: number;
  ended_on: number | null;
  budget: number | null;
};

export type Customer = {
  id: number;
  name: string;
  type: 'company' | 'person';
  inn: string | null;
  industry: string | null;
  region: string | null;
  email: string | null;
  phone: string | null;
  responsible_user_id: number | null;
  created_at: number;
  /** how much it buys; no system stores this */
  weight: number;
};

/** A number that two customers have. */
export type Switchboard = { phone: string; companies: [number, number] };

export type Deal = {
  id: number;
  name: string;
  pipeline_id: number;
  status_id: number;
  responsible_user_id: number | null;
  company_id: number | null;
  product_id: number | null;
  price: number | null;
  cost_price: number | null;
  currency: string;
  probability: number | null;
  created_at: number | null;
  closed_at: number | null;
  expected_close_on: number | null;
  first_touch_at: number | null;
  loss_reason_id: number | null;
  campaign_id: number | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  utm_content: string | null;
  is_test: boolean;
  is_spam: boolean;
  duplicate_of: number | null;
  deleted_at: number | null;
  updated_at: number;
};

export type StatusMove = {
  id: number;
  lead_id: number;
  status_id: number;
  user_id: number | null;
  changed_at: number;
};

export type Touchpoint = {
  id: number;
  lead_id: number;
  company_id: number | null;
  campaign_id: number | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  kind: string;
  happened_at: number;
};

export type Activity = {
  id: number;
  type: 'email' | 'meeting' | 'task' | 'message';
  subject: string;
  responsible_user_id: number | null;
  company_id: number | null;
  lead_id: number | null;
  created_at: number;
  deadline_at: number | null;
  completed_at: number | null;
};

export type Invoice = {
  id: number;
  number: string;
  lead_id: number;
  company_id: number | null;
  amount: number;
  currency: string;
  issued_at: number;
  due_on: number;
};

export type Payment = {
  id: number;
  invoice_id: number;
  company_id: number | null;
  amount: number;
  currency: string;
  kind: 'payment' | 'refund';
  paid_at: number;
};

export type Assessment = {
  id: number;
  user_id: number;
  assessed_on: number;
  competency: string;
  score: number;
};

export type Scene = { seed: number; from: number; until: number; scale: number };

export type Company = Scene & {
  departments: Department[];
  users: User[];
  products: Product[];
  pipelines: Pipeline[];
  statuses: Status[];
  campaigns: Campaign[];
  customers: Customer[];
  switchboards: Switchboard[];
  deals: Deal[];
  moves: StatusMove[];
  touchpoints: Touchpoint[];
  activities: Activity[];
  calls: Call[];
  invoices: Invoice[];
  payments: Payment[];
  assessments: Assessment[];
  tickets: Ticket[];
  answers: Answer[];
  spend: Spend[];
  mailings: Mailing[];
  plans: Plan[];
  rates: Rate[];
};
