import { m } from '#lib/paraglide/messages.js';
import type { Evidence, Subject, Verdict } from '#lib/server/identities.ts';

const kinds: Record<Evidence['kind'], () => string> = {
  phone: m.identity_kind_phone,
  email: m.identity_kind_email,
  extension: m.identity_kind_extension,
  id: m.identity_kind_id,
};

const verdicts: Record<Verdict, () => string> = {
  same: m.identity_verdict_same,
  different: m.identity_verdict_different,
  undecided: m.identity_verdict_undecided,
};

const commons: Record<Evidence['kind'], () => string> = {
  phone: m.identity_common_phone,
  email: m.identity_common_email,
  extension: m.identity_common_extension,
  id: m.identity_kind_id,
};

export const commonName = (kind: Evidence['kind']) => commons[kind]();
export const kindName = (kind: Evidence['kind']) => kinds[kind]();
export const verdictName = (verdict: Verdict) => verdicts[verdict]();
export const sameName = (subject: Subject) =>
  subject === 'customers' ? m.identity_same_customers() : m.identity_same_employees();
