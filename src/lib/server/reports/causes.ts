import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { createTell, type Told } from '../told.ts';

/** Why a report was not sent, or not yet: deliveries keep it in English, with the server's own words as they were. */
const told: Told[] = [
  [m.cause_account],
  [m.cause_owner],
  [m.cause_rows],
  [m.cause_list],
  [m.cause_paused],
  [m.cause_back, 'text'],
  [m.cause_refused, 'text'],
  [m.cause_later, 'text'],
  [m.cause_finish],
  [m.cause_connect, 'text'],
  [m.cause_unknown, 'text'],
  [m.cause_timeout, 'text'],
  [m.cause_lost, 'text'],
  [m.cause_protocol, 'text'],
  [m.cause_tls, 'text'],
  [m.cause_login],
  [m.cause_nologin],
  [m.cause_address, 'text'],
  [m.cause_noaddress, 'text'],
  [m.cause_smtp, 'text'],
  [m.cause_page, 'page'],
  [m.cause_metrics, 'names'],
  [m.cause_figures, 'text'],
  [m.cause_data],
  [m.cause_incident],
  [m.cause_condition, 'metric'],
  [m.cause_uncounted, 'text'],
  [m.cause_novalue, 'title'],
  [m.cause_above, 'title', 'now', 'value'],
  [m.cause_below, 'title', 'now', 'value'],
  [m.cause_same],
  [m.cause_waits, 'sources'],
  [m.cause_ended, 'tries'],
  [m.cause_pdf, 'text'],
  [m.cause_unexpected, 'text'],
];

const one = createTell(told);
const givenUp = /^Given up after (\d+) tries\. (.+)$/s;

/** The cause of a delivery in the reader's language; one that is not known here stays as it was written. */
export function tell(cause: string, locale: Locale): string {
  const [, tries, inner] = givenUp.exec(cause) ?? [];
  if (tries && inner) return m.cause_given_up({ tries, cause: one(inner, locale) }, { locale });
  return one(cause, locale);
}
