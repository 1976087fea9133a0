import { formatMoment } from '../dates.ts';
import { formatCount, formatValue, type Style } from '../format.ts';
import type { Incident, IncidentsPage } from '../incidents.ts';
import type { IncidentBlock, IncidentLine } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { defaults, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { tellLack } from '../words.ts';
import { record } from './audit.ts';
import { env } from './env.ts';
import { concerns, isAbout } from './incidents/about.ts';
import { allowed, maySee } from './incidents/rights.ts';
import { rules } from './incidents/rules.ts';
import { narrowTo, ranked, read, toIncident, toLine, type Kept } from './incidents/kept.ts';
import { verify } from './incidents/token.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';
import * as settings from './settings.ts';
import * as viewers from './viewers.ts';
import { warehouse } from './warehouse.ts';

/** As many as are read before a meeting; the others have a page. */
const shown = 6;
const lateDays = 30;

type Watched = { checked_at: Date | null; failed: string[] };
let look: { at: number; time: Promise<number> } | null = null;

/** When the rules were last held against the data, in milliseconds; 0 for never. Asked with every page. */
export function lastLook(): Promise<number> {
  if (look && Date.now() - look.at < 500) return look.time;
  const time = watched().then((row) => row?.checked_at?.getTime() ?? 0);
  look = { at: Date.now(), time };
  time.catch(() => (look = null));
  return time;
}

const watched = () => warehouse()<Watched>('app.incident_watch').first('checked_at', 'failed');

/**
 * What a page begins with: the costliest of what is wrong and still without an answer.
 * @param page its own name, as in `pageOf`: any but the first tells of what concerns it
 */
export async function block(
  { viewer, style, timezone, freshness }: Pick<Scope, 'viewer' | 'style' | 'timezone' | 'freshness'>,
  page = 'home',
  state = defaults,
  now = new Date(),
): Promise<IncidentBlock> {
  const empty: IncidentBlock = {
    ...{ state: 'ok', title: m.incidents_title({}, style), sentence: '' },
    ...{ rows: [], total: 0, elsewhere: 0, stake: 0, checked_at: null },
  };
  const asked = rules.filter(concerns(page, state)).filter(({ area }) => maySee(viewer, area));
  // Rules without data, or of which the viewer is told nothing, see nothing here, which is no good news.
  const missing = asked.map(({ needs }) => freshness.missing(needs));
  if (missing.every(({ length }) => length > 0)) {
    const lacking = (missing[0] ?? []).filter((entity) => missing.every((some) => some.includes(entity)));
    const { needs, lack } = tellLack(lacking, style.locale);
    return { ...empty, state: 'not_connected', needs, error: lack };
  }
  const outcome = await safely('incidents', style.locale, async () => {
    const [kept, watch] = await Promise.all([
      // loads that fail are told of above every page
      read(viewer, `i.state <> 'resolved' and i.area <> 'data'`),
      watched(),
    ]);
    const mine = page === 'home' ? kept : await narrow(kept.filter(isAbout(asked, state)), viewer, state);
    const rows = mine.map((one) => toLine(one, style));
    const checked_at = watch?.checked_at?.toISOString() ?? null;
    return {
      ...empty,
      ...sumUp(
        rows,
        style,
        checked_at,
        timezone,
        now,
        page === 'home' ? m.incidents_none : m.incidents_none_here,
      ),
      rows: rows.slice(0, shown),
      elsewhere: kept.length - mine.length,
      checked_at,
    };
  });
  return 'value' in outcome ? outcome.value : { ...empty, state: 'failed', error: outcome.error };
}

/** As far as they lie with the teams that the page is narrowed to. */
async function narrow(kept: Kept[], { access, team_keys }: Viewer, { filters }: State): Promise<Kept[]> {
  if (!filters.team?.length) return kept;
  const rows = await warehouse()<{ name: string; team_key: string }>('core.dim_teams')
    .select('team_key')
    .whereIn('name', filters.team);
  const keys = rows.map((row) => Number(row.team_key));
  const own = access === 'team' ? keys.filter((key) => team_keys.includes(key)) : keys;
  return ranked(kept.flatMap((one) => narrowTo(one, own) ?? []));
}

function sumUp(
  rows: IncidentLine[],
  style: Style,
  checkedAt: string | null,
  timezone: string,
  now: Date,
  none = m.incidents_none,
) {
  const stake = rows.reduce((sum, one) => sum + (one.stake ?? 0), 0);
  const total = rows.length;
  if (!checkedAt) return { stake, total, sentence: m.incidents_not_yet({}, style) };
  const moment = formatMoment(checkedAt, style.locale, timezone, now);
  const checked = m.incidents_checked({ moment }, style);
  if (total === 0) return { stake, total, sentence: `${none({}, style)} ${checked}.` };
  const count = m.incidents_sum({ count: total, shown: formatCount(total, style.locale) }, style);
  const sum = m.incidents_sum_stake({ count, stake: formatValue(stake, 'money', style) }, style);
  return { stake, total, sentence: `${sum}. ${checked}.` };
}

/** All that this viewer may see: open, acknowledged and lately resolved. */
export async function load(viewer: Viewer, now = new Date()): Promise<IncidentsPage> {
  const [{ timezone, currency }, kept, watch] = await Promise.all([
    settings.read(),
    read(viewer, `(i.state <> 'resolved' or i.resolved_at > now() - make_interval(days => ${lateDays}))`),
    watched(),
  ]);
  const style: Style = { locale: viewer.locale, currency };
  const all = kept.map((one) => toIncident(one, style));
  const by = (state: Incident['state']) => all.filter((one) => one.state === state);
  const checked_at = watch?.checked_at?.toISOString() ?? null;
  const open = by('open');
  const acknowledged = by('acknowledged');
  const resolved = by('resolved').sort((a, b) => (b.resolved_at ?? '').localeCompare(a.resolved_at ?? ''));
  return {
    title: m.incidents_title({}, style),
    ...sumUp([...open, ...acknowledged], style, checked_at, timezone, now),
    ...{ open, acknowledged, resolved, checked_at, timezone, ...style },
    failed: watch?.failed ?? [],
  };
}

/** One incident, if this viewer may see it. */
export async function find(viewer: Viewer, id: string): Promise<Kept | null> {
  const [found] = await read(viewer, 'i.id = ?', [id]);
  return found ?? null;
}

const longestComment = 1000;

/**
 * Takes an incident on: it is reminded of no more, and goes on until its cause is gone.
 * @returns false where it is not this viewer's to see, or not open
 */
export async function acknowledge(
  viewer: Viewer,
  id: string,
  comment: string,
  by: { way: 'page' | 'mail'; ip_address?: string } = { way: 'page' },
): Promise<boolean> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return false;
  const { sql, values } = allowed(viewer);
  const said = comment.trim().slice(0, longestComment) || null;
  const { rows } = await warehouse().raw<{ rows: { cause: string }[] }>(
    `update app.incidents i set state = 'acknowledged', acknowledged_at = now(), acknowledged_by = ?, comment = ?
      where i.id = ? and i.state = 'open' and ${sql} returning cause`,
    [viewer.user_id, said, id, ...values],
  );
  const [taken] = rows;
  if (!taken) return false;
  await record({
    action: 'incident_acknowledged',
    subject: taken.cause,
    user_id: viewer.user_id,
    actor: viewer.email,
    details: { incident: id, way: by.way, comment: said },
    ...(by.ip_address && { ip_address: by.ip_address }),
  });
  return true;
}

export type Linked = { title: string; sentence: string; name: string; state: IncidentLine['state'] };

/** What a signed link of a mail is about, as the person it was sent to may see it now; null where it holds no more. */
export async function byLink(token: string): Promise<Linked | null> {
  const found = await follow(token);
  if (!found) return null;
  const { currency } = await settings.read();
  const { title, sentence, state } = toLine(found.kept, { locale: found.viewer.locale, currency });
  return { title, sentence, state, name: found.viewer.name };
}

/** Acknowledges in the name of the person the link was sent to; false where it holds no more. */
export async function takeByLink(token: string, comment: string, ip_address: string): Promise<boolean> {
  const found = await follow(token);
  return found ? acknowledge(found.viewer, found.kept.id, comment, { way: 'mail', ip_address }) : false;
}

async function follow(token: string): Promise<{ viewer: Viewer; kept: Kept } | null> {
  const claim = verify(token, env().secret);
  const viewer = claim && (await viewers.find(claim.user));
  const kept = viewer && (await find(viewer, claim.incident));
  return kept ? { viewer, kept } : null;
}
