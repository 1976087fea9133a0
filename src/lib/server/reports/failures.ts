import type { Locale } from '../../page.ts';
import type { Viewer } from '../../viewer.ts';
import { m } from '../../paraglide/messages.js';
import { env } from '../env.ts';
import { tell as tellCause } from './causes.ts';
import { warehouse } from '../warehouse.ts';
import { close } from './message/fit.ts';
import { cleanLine, html, type Html } from './message/html.ts';
import { addressOf } from './message/link.ts';
import { ink, line } from './message/look.ts';
import type { Mail } from './render.ts';
import { readCompany } from './report.ts';
import * as settings from '../settings.ts';

/** Not sent for a reason that the owner of the schedule can mend. */
export const closed = "The recipient's account is closed.";
export const noRows = 'The recipient may see no rows: link the account to an employee or a team.';

export const hasRows = ({ access, team_keys, employee_keys }: Viewer): boolean =>
  access === 'company' || team_keys.length > 0 || employee_keys.length > 0;

const missed = `(d.status = 'failed' or d.status = 'discarded' and d.error in (?, ?))`;

/**
 * Queues one digest to each owner whose schedules have failed somebody since they were last told, once the run is
 * over: not a mail for each address.
 */
export async function tell(now = new Date()): Promise<void> {
  await warehouse().raw(
    `with due as (
       select s.id, s.owner_id from app.schedules s
        where exists (select from app.deliveries d where d.schedule_id = s.id and d.closed_at > s.told_at
                         and d.closed_at <= ? and ${missed})
          and not exists (select from app.deliveries d where d.schedule_id = s.id and d.status in ('queued', 'rendering')
                             and d.attempts < 2 and d.run_at <= ?)
          for update of s skip locked
     ), told as (
       update app.schedules s set told_at = ? from due where due.id = s.id returning s.owner_id
     )
     insert into app.deliveries (event, run_at, recipient, locale, user_id, next_attempt_at)
     select distinct 'failures', cast(? as timestamptz), lower(u.email), u.locale, u.id, cast(? as timestamptz)
       from told join app.users u on u.id = told.owner_id where not u.is_disabled
     on conflict do nothing`,
    [now, closed, noRows, now, now, now, now],
  );
}

type Missed = { title: string; schedule_id: string; recipient: string; error: string };
const shown = 30;

/** The digest; a sentence when everybody has got theirs meanwhile. */
export async function compose(delivery: {
  run_at: Date;
  user_id: string | null;
  recipient: string;
  locale: Locale;
}): Promise<Mail | string> {
  const { run_at, user_id, recipient, locale } = delivery;
  const { rows } = await warehouse().raw<{ rows: Missed[] }>(
    `select s.title, s.id as schedule_id, d.recipient, d.error
       from app.deliveries d join app.schedules s on s.id = d.schedule_id
      where s.owner_id = ? and d.closed_at <= ? and ${missed}
        and d.closed_at > coalesce((select max(run_at) from app.deliveries
                                     where event = 'failures' and recipient = ? and run_at < ?), ?::timestamptz - interval '7 days')
      order by s.title, s.id, d.recipient`,
    [user_id, run_at, closed, noRows, recipient, run_at, run_at],
  );
  if (rows.length === 0) return 'There is nothing to tell any more.';
  const [company, { currency, timezone }] = await Promise.all([readCompany(), settings.read()]);
  const style = { locale, currency };
  const title = m.mail_failures_title({}, style);
  const more = rows.length - shown;
  const rest = more > 0 ? [m.mail_failures_more({ shown: String(more) }, style)] : [];
  const listed = rows.slice(0, shown).map((one) => ({ ...one, error: tellCause(one.error, locale) }));
  const said = listed.map((one) => `${one.title}: ${one.recipient}. ${one.error}`);
  const address = addressOf(env().origin, '/reports');
  const why = m.mail_failures_why({}, style);
  return close({
    frame: {
      subject: cleanLine(m.mail_failures_subject({ company }, style)),
      company,
      page: { title, locale, timezone, kpis: [] },
      style,
      address,
      head: [m.mail_failures_lead({}, style)],
      alerts: [],
      foot: [why],
      first: null,
    },
    parts: [...listed.map(row), ...rest.map((text) => entry(html`${text}`))],
    text: [
      title,
      m.mail_failures_lead({}, style),
      '',
      ...said.map((one) => `- ${cleanLine(one, 500)}`),
      ...rest,
      '',
      ...(address ? [`${m.mail_failures_open({}, style)}: ${address}`] : []),
      why,
      '',
    ].join('\n'),
    pictures: [],
    isIncomplete: false,
  });
}

const row = ({ title, recipient, error }: Missed): Html =>
  entry(
    html`<strong>${title}</strong> · ${recipient}
      <div ${ink('bad')}>${error}</div>`,
  );

const entry = (inside: Html): Html =>
  html`<tr>
    <td class="edge" style="padding:0 24px">
      <div class="l-line" style="${line}padding:10px 0;font-size:14px;line-height:20px">
        <div ${ink('text')}>${inside}</div>
      </div>
    </td>
  </tr>`;
