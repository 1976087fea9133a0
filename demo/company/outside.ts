import type { Campaign } from './types.ts';

/** Rows of what is not the CRM: the exchange, the helpdesk, the exports. */
export type Call = {
  at: number;
  context: 'from-trunk' | 'from-internal' | 'ext-local';
  src: string;
  dst: string;
  disposition: 'ANSWERED' | 'NO ANSWER' | 'BUSY' | 'FAILED';
  duration: number;
  billsec: number;
  company: number | null;
  lead: number | null;
  uniqueid: string;
};

export type Ticket = {
  id: number;
  subject: string;
  status: 'new' | 'in_progress' | 'resolved' | 'rejected';
  severity: 'low' | 'medium' | 'high' | 'critical';
  cause: string;
  channel: string;
  stage: string;
  company: number | null;
  lead: number | null;
  product: number | null;
  agent: number | null;
  opened: number;
  answered: number | null;
  resolved: number | null;
  due: number;
  updated: number;
};

export type Answer = {
  id: number;
  survey: string;
  score: number;
  company: number | null;
  employee: number | null;
  comment: string | null;
  answered: number;
};

export type Spend = {
  day: number;
  campaign: Campaign;
  impressions: number;
  clicks: number;
  cost: number;
  currency: string;
};
export type Mailing = {
  day: number;
  campaign: Campaign;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
};
export type Plan = {
  month: string;
  metric: string;
  scope_kind: string;
  scope: string;
  title: string;
  target: number;
};
export type Rate = { day: number; currency: string; rate: number };
