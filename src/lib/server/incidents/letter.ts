import { formatMoment } from '../../dates.ts';
import { formatCount, formatValue, type Style } from '../../format.ts';
import type { IncidentLine, Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Viewer } from '../../viewer.ts';
import { env } from '../env.ts';
import { html, type Html } from '../reports/message/html.ts';
import { factsOf } from '../reports/message/incidents.ts';
import { paragraph, write } from '../reports/message/letter.ts';
import { addressOf } from '../reports/message/link.ts';
import { ink, line } from '../reports/message/look.ts';
import type { Mail } from '../reports/render.ts';
import { readCompany } from '../reports/report.ts';
import * as settings from '../settings.ts';
import * as viewers from '../viewers.ts';
import { read, toLine } from './kept.ts';
import { untold, untoldTo } from './tell.ts';
import { sign } from './token.ts';

type Told = {
  incident_id: string | null;
  event: 'opened' | 'reminder' | 'resolved' | 'digest';
  run_at: Date;
  user_id: string | null;
  locale: Locale;
};

/** The mail about incidents of figures, as its reader may see them now; a sentence when it should not be sent any more. */
export async function compose({ incident_id, event, run_at, user_id, locale }: Told): Promise<Mail | string> {
  const found = user_id === null ? null : await viewers.find(user_id);
  if (!found) return "The recipient's account is closed.";
  const viewer: Viewer = { ...found, locale };
  const [{ currency, timezone }, company] = await Promise.all([settings.read(), readCompany()]);
  const style: Style = { locale, currency };
  const place: Place = { company, style, timezone, base: env().origin, viewer };
  if (incident_id === null) {
    const kept = await read(viewer, untold, untoldTo(viewer.user_id, run_at));
    if (kept.length === 0) return 'There is nothing to tell any more.';
    return digest(
      kept.map((one) => toLine(one, style)),
      place,
    );
  }
  const [kept] = await read(viewer, 'i.id = ?', [incident_id]);
  if (!kept) return 'The recipient may not see the incident any more.';
  if (event === 'resolved') return over(toLine(kept, style), kept.resolved_at, place);
  if (kept.state === 'resolved') return 'It was over before this could be sent.';
  if (event === 'reminder' && kept.state === 'acknowledged') return 'Somebody has acknowledged it.';
  return news(toLine(kept, style), event === 'reminder', place);
}

type Place = { company: string; style: Style; timezone: string; base: string | null; viewer: Viewer };

function news(one: IncidentLine, isReminder: boolean, place: Place): Mail {
  const { style, viewer, base } = place;
  const stake = m.incidents_value({ stake: formatValue(one.stake, 'money', style) }, style);
  const title = isReminder ? m.incidents_mail_reminder({ title: one.title }, style) : one.title;
  const acknowledge =
    one.state === 'open'
      ? addressOf(base, `/acknowledge/${sign(one.id, viewer.user_id, env().secret)}`)
      : null;
  return send(title, `${title}: ${stake}`, place, {
    parts: [entry(one, place, false)],
    // the address stands beside its button
    text: textOf(one, { ...place, base: null }),
    buttons: [
      { text: m.incidents_to_cause({}, style), address: addressOf(base, one.href) },
      { text: m.incidents_mail_acknowledge({}, style), address: acknowledge },
    ],
  });
}

function over(one: IncidentLine, at: Date | null, place: Place): Mail {
  const { style, timezone, base } = place;
  const title = m.incidents_mail_resolved({ title: one.title }, style);
  const moment = formatMoment((at ?? new Date()).toISOString(), style.locale, timezone);
  const lead = m.incidents_mail_resolved_lead({ moment }, style);
  return send(title, title, place, {
    parts: [paragraph(lead)],
    text: [lead],
    buttons: [{ text: m.incidents_title({}, style), address: addressOf(base, '/incidents') }],
  });
}

const most = 10;

function digest(lines: IncidentLine[], place: Place): Mail {
  const { style, base } = place;
  const count = m.incidents_sum(
    { count: lines.length, shown: formatCount(lines.length, style.locale) },
    style,
  );
  const title = m.incidents_mail_digest({ count }, style);
  const shown = lines.slice(0, most);
  const hidden = lines.length - shown.length;
  const more = hidden ? [m.incidents_mail_more({ shown: formatCount(hidden, style.locale) }, style)] : [];
  return send(title, title, place, {
    parts: [...shown.map((one) => entry(one, place, true)), ...more.map(paragraph)],
    text: [...shown.flatMap((one) => [one.title, ...textOf(one, place), '']), ...more],
    buttons: [{ text: m.incidents_title({}, style), address: addressOf(base, '/incidents') }],
  });
}

function textOf(one: IncidentLine, { style, base }: Place): string[] {
  const address = addressOf(base, one.href);
  return [one.sentence, ...one.why, factsOf(one, style), ...(address ? [address] : [])];
}

function entry(one: IncidentLine, { style, base }: Place, isTitled: boolean): Html {
  const address = addressOf(base, one.href);
  const title = html`<span ${ink('text')}>${one.title}</span>`;
  return html`${
      isTitled &&
      html`<div
        class="l-line"
        style="${line}padding-top:12px;font-size:17px;line-height:24px;font-weight:600"
      >
        ${address ? html`<a href="${address}" style="text-decoration:none">${title}</a>` : title}
      </div>`
    }${paragraph(one.sentence)}${one.why.map((text) => html`<p ${ink('muted', 'margin:0 0 8px;font-size:14px;line-height:20px')}>${text}</p>`)}
    <p ${ink('bad', 'margin:0 0 12px;font-size:14px;line-height:20px')}>${factsOf(one, style)}</p>`;
}

type Body = Pick<Parameters<typeof write>[0], 'parts' | 'text' | 'buttons'>;

function send(title: string, subject: string, { company, style, timezone }: Place, body: Body): Mail {
  const { locale } = style;
  return write({ locale, company, timezone, title, subject, why: m.incidents_mail_why({}, style), ...body });
}
