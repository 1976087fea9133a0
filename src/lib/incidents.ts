import type { IncidentLine, Locale } from './page.ts';

/** Another sign of the same cause. */
export type Sign = { sentence: string; href: string };

/** An incident with all that is known of it. Instants are ISO strings. */
export type Incident = IncidentLine & {
  signs: Sign[];
  /** false for a share of what is the whole company's, which is not a head's to take on */
  can_acknowledge: boolean;
  /** the rule in words, and where its limits are set; null for loads, which have pages of their own */
  about: string | null;
  setting: string | null;
  opened_at: string;
  resolved_at: string | null;
  acknowledged: { by: string | null; at: string; comment: string | null } | null;
};

export type IncidentsPage = {
  title: string;
  sentence: string;
  checked_at: string | null;
  /** names of rules of whose incidents nothing new is known */
  failed: string[];
  open: Incident[];
  acknowledged: Incident[];
  resolved: Incident[];
  locale: Locale;
  currency: string;
  timezone: string;
};
