import { formatMoment } from '../../dates.ts';
import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { env } from '../env.ts';
import * as alarms from '../loads/alarms.ts';
import * as settings from '../settings.ts';
import { warehouse } from '../warehouse.ts';
import { paragraph, write } from './message/letter.ts';
import { addressOf } from './message/link.ts';
import type { Mail } from './render.ts';
import { readCompany } from './report.ts';

type Incident = {
  rule: 'source_failing' | 'source_stale';
  cause: string;
  state: string;
  opened_at: Date;
  details: {
    failures: number;
    error: string | null;
    is_lasting: boolean;
    as_of: string | null;
    run_id: number | null;
  };
  fresh_at: Date | null;
};

/** Trouble of a source is told of here, what the rules see in the figures in `incidents/letter.ts`. */
export const isOfSource = (rule: string | null): boolean =>
  rule === 'source_failing' || rule === 'source_stale';

/** The mail about an incident of a source; a sentence when it should not be sent any more. */
export async function compose(
  id: string,
  event: 'opened' | 'resolved',
  userId: string | null,
  locale: Locale,
): Promise<Mail | string> {
  const { rows } = await warehouse().raw<{ rows: Incident[] }>(
    `select i.rule, i.cause, i.state, i.opened_at, i.details, s.fresh_at
       from app.incidents i left join ops.sources s on s.source = i.cause where i.id = ?`,
    [id],
  );
  const [incident] = rows;
  if (!incident) return 'The incident is gone.';
  if (event === 'opened' && incident.state === 'resolved') return 'It was over before this could be sent.';
  const reader = await warehouse()('app.users')
    .first('id')
    .where({ id: userId, role: 'admin', is_disabled: false });
  if (!reader) return 'The recipient is no administrator any more.';
  const [company, { timezone }] = await Promise.all([readCompany(), settings.read()]);
  return render(incident, event, { company, timezone, locale, baseUrl: env().origin });
}

type Place = { company: string; timezone: string; locale: Locale; baseUrl: string | null };

export function render(incident: Incident, event: 'opened' | 'resolved', place: Place): Mail {
  const { company, locale, baseUrl, timezone } = place;
  const { title, lines } = event === 'opened' ? opened(incident, place) : resolved(incident, place);
  const run = event === 'opened' && incident.details.run_id ? `#run-${incident.details.run_id}` : '';
  const address = addressOf(baseUrl, `/data/${encodeURIComponent(incident.cause)}${run}`);
  return write({
    ...{ locale, company, timezone, title },
    parts: lines.map(paragraph),
    text: lines,
    buttons: [{ text: m.alarm_open({}, { locale }), address }],
    why: m.alarm_why({}, { locale }),
  });
}

function opened({ rule, cause, opened_at, details }: Incident, { locale, timezone }: Place) {
  const { failures, error, is_lasting } = details;
  const asOf = details.as_of ? new Date(details.as_of) : null;
  const at = (moment: Date) => formatMoment(moment.toISOString(), locale, timezone);
  const kind = rule === 'source_failing' ? 'failing' : 'stale';
  const command = `npm run pulse -- etl run ${cause}`;
  const todo =
    kind === 'stale'
      ? m.alarm_todo_stale({}, { locale })
      : is_lasting
        ? m.alarm_todo_lasting({ command }, { locale })
        : m.alarm_todo_passing({}, { locale });
  const since =
    kind === 'failing'
      ? m.alarm_failing_since({ moment: at(opened_at), shown: String(failures) }, { locale })
      : m.alarm_stale_since({ moment: at(asOf ?? opened_at) }, { locale });
  return {
    title: alarms.title(kind, cause, locale),
    lines: [
      since,
      ...(error ? [alarms.cause(error, locale)] : []),
      alarms.visible(asOf, locale, timezone),
      todo,
    ],
  };
}

function resolved({ cause, opened_at, fresh_at }: Incident, { locale, timezone }: Place) {
  const at = (moment: Date) => formatMoment(moment.toISOString(), locale, timezone);
  return {
    title: m.alarm_resolved_title({ source: cause }, { locale }),
    lines: [
      m.alarm_resolved_since({ moment: at(opened_at) }, { locale }),
      ...(fresh_at ? [m.alarm_resolved_as_of({ moment: at(fresh_at) }, { locale })] : []),
    ],
  };
}
