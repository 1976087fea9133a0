import type { Tone } from './board.ts';
import type { BlockState, Locale, Notice, Unit } from './page.ts';

export const eventKinds = [
  'deal',
  'call',
  'mail',
  'meeting',
  'complaint',
  'survey',
  'money',
  'visit',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** One thing that happened with a customer, in words; `at` is on the company's clock, without an offset. */
export type CardEvent = {
  id: string;
  kind: EventKind;
  at: string;
  what: string;
  /** what it happened to, as the source names it */
  title: string;
  details: string[];
  person: string | null;
  amount: number | null;
  tone: Tone | null;
  /** where it lives in its own system */
  address: string | null;
};

export type CardMonth = { month: string; events: CardEvent[] };

export type CardFigure = {
  id: string;
  title: string;
  value: number | null;
  unit: Unit;
  note: string;
  tone: Tone | null;
  href: string | null;
};

/** Who has dealt with the customer, the latest first; `left_at` is a day. */
export type CardPerson = {
  name: string;
  first_at: string;
  last_at: string;
  events: number;
  left_at: string | null;
  is_owner: boolean;
};

export type CardChip = {
  key: EventKind;
  title: string;
  count: number;
  href: string;
  is_chosen: boolean;
};

/** A customer with all that ever happened, newest first, as plain data. */
export type CardPage = {
  key: number;
  name: string;
  locale: Locale;
  currency: string;
  timezone: string;
  notices: Notice[];
  /** region, industry, owner: what the customer is */
  traits: { title: string; label: string }[];
  badges: { title: string; label: string; tone: Tone | null }[];
  owner: string | null;
  figures: CardFigure[];
  people: CardPerson[];
  chips: CardChip[];
  /** the address without a chosen kind */
  all: string;
  timeline: {
    state: BlockState;
    error?: string;
    months: CardMonth[];
    count: number;
    page: number;
    pages: number;
  };
  state: string;
  path: string;
};

/** The address of a customer's card. */
export function cardPath(key: string | number): string {
  return `/customers/${key}`;
}
