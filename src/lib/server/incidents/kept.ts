import type { Knex } from 'knex';
import type { Style } from '../../format.ts';
import type { Incident } from '../../incidents.ts';
import type { IncidentLine } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Viewer } from '../../viewer.ts';
import * as alarms from '../loads/alarms.ts';
import { warehouse } from '../warehouse.ts';
import { visible } from './rights.ts';
import type { Area } from './rule.ts';
import type { Details } from './watch.ts';
import { tell } from './words.ts';

type Trouble = { failures: number; error: string | null; as_of: string | null; run_id: number | null };

/** An incident as it lies in the warehouse; `finding` is what a rule saw, null for the trouble of a source. */
export type Kept = {
  id: string;
  rule: string;
  cause: string;
  area: Area;
  state: 'open' | 'acknowledged' | 'resolved';
  money_at_stake: string | null;
  since: string | null;
  opened_at: Date;
  resolved_at: Date | null;
  acknowledged_at: Date | null;
  acknowledged_by_name: string | null;
  comment: string | null;
  details: Details | Trouble;
  finding: Details | null;
  /** only what of it lies with the viewer's teams */
  is_share: boolean;
  /** these teams are not the viewer's own, but what a page is narrowed to */
  is_chosen?: boolean;
};

/** What the viewer may see of what the condition leaves; trouble of sources first, for it touches all figures. */
export async function read(viewer: Viewer, where: string, values: Knex.RawBinding[] = []): Promise<Kept[]> {
  const right = visible(viewer);
  const { rows } = await warehouse().raw<{ rows: Omit<Kept, 'finding' | 'is_share'>[] }>(
    `select i.id, i.rule, i.cause, i.area, i.state, i.money_at_stake, i.since, i.opened_at, i.resolved_at,
            i.acknowledged_at, u.name as acknowledged_by_name, i.comment, i.details
       from app.incidents i left join app.users u on u.id = i.acknowledged_by
      where ${where} and ${right.sql}
      order by i.area = 'data' desc, i.state = 'acknowledged', i.money_at_stake desc nulls last, i.opened_at, i.id
      limit 500`,
    [...values, ...right.values],
  );
  const kept = rows.map((row) =>
    narrow({ ...row, finding: 'figures' in row.details ? row.details : null, is_share: false }, viewer),
  );
  return viewer.access === 'team' ? ranked(kept) : kept;
}

/** In the same order again: a share is worth less than the whole by which the warehouse has ordered. */
export function ranked(kept: Kept[]): Kept[] {
  const rank = ({ state, finding }: Kept) =>
    [Number(state === 'acknowledged'), -(finding?.stake ?? 0)] as const;
  return kept.sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
}

/** What is everybody's, as far as it lies with the teams that a head leads: their figures, and nobody else's words. */
function narrow(kept: Kept, { access, team_keys }: Viewer): Kept {
  const { finding, area } = kept;
  if (access !== 'team' || area !== 'company' || !finding) return kept;
  return shareOf(kept, finding, team_keys);
}

/** What of an incident of the whole company lies with teams that a page is narrowed to; null where it is none of theirs. */
export function narrowTo(kept: Kept, team_keys: number[]): Kept | null {
  const { finding, area } = kept;
  if (area !== 'company' || !finding) return kept;
  return sharesWith(finding, team_keys).length
    ? { ...shareOf(kept, finding, team_keys), is_chosen: !kept.is_share }
    : null;
}

// the same condition as in rights.ts: a team that is no more has no keys, and its share is nobody's
const sharesWith = ({ shares }: Details, team_keys: number[]) =>
  (shares ?? []).filter(
    (one) => one.team_keys.length > 0 && one.team_keys.every((key) => team_keys.includes(key)),
  );

function shareOf(kept: Kept, finding: Details, team_keys: number[]): Kept {
  const own = sharesWith(finding, team_keys);
  const figures = { ...finding.figures };
  for (const name of Object.keys(own[0]?.figures ?? {}))
    figures[name] = own.reduce((sum, one) => sum + (one.figures[name] ?? 0), 0);
  const stake = own.reduce((sum, one) => sum + one.stake, 0);
  const reasons = own.length === 1 ? (own[0]?.reasons ?? []) : [];
  return {
    ...kept,
    is_share: true,
    money_at_stake: stake.toFixed(2),
    comment: null,
    finding: { ...finding, figures, stake, reasons, signs: [] },
  };
}

export function toLine(kept: Kept, style: Style): IncidentLine {
  const { id, rule, state, finding, since } = kept;
  if (!finding) return { id, rule, state, ...troubleOf(kept, style) };
  const { title, sentence, why } = tell(finding, style);
  const signs = (finding.signs ?? []).map((one) => tell(one, style).short);
  return {
    ...{ id, rule, state, title, sentence, since },
    why: [...why, ...signs, ...shareWords(kept, style)],
    stake: finding.stake,
    owner: finding.owner ? m.incidents_owner({ name: finding.owner }, style) : nobody(kept.area, style),
    is_older: finding.is_older,
    href: finding.href,
  };
}

function shareWords({ is_share, is_chosen }: Kept, style: Style): string[] {
  if (!is_share) return [];
  return [is_chosen ? m.incidents_share_chosen({}, style) : m.incidents_share({}, style)];
}

function nobody(area: Area, style: Style): string {
  if (area === 'marketing') return m.incidents_owner_marketing({}, style);
  return area === 'data' ? m.incidents_owner_data({}, style) : m.incidents_owner_none({}, style);
}

function troubleOf({ rule, cause, details, opened_at, area }: Kept, style: Style) {
  const { locale } = style;
  const { error, run_id } = details as Trouble;
  return {
    title: alarms.title(rule === 'source_failing' ? 'failing' : 'stale', cause, locale),
    sentence: error ? alarms.cause(error, locale) : m.alarm_todo_stale({}, { locale }),
    why: [],
    stake: null,
    owner: nobody(area, style),
    since: opened_at.toISOString().slice(0, 10),
    is_older: false,
    href: `/data/${encodeURIComponent(cause)}${run_id ? `#run-${run_id}` : ''}`,
  };
}

export function toIncident(kept: Kept, style: Style): Incident {
  const { finding } = kept;
  const told = finding && tell(finding, style);
  return {
    ...toLine(kept, style),
    ...(told && !kept.is_share && { why: told.why }),
    can_acknowledge: kept.state === 'open' && !kept.is_share,
    signs: (finding?.signs ?? []).map((one) => {
      const { sentence, why } = tell(one, style);
      return { sentence: [sentence, ...why].join(' '), href: one.href };
    }),
    about: told && m.incidents_rule({ text: told.rule }, style),
    setting: finding && m.incidents_setting({}, style),
    opened_at: kept.opened_at.toISOString(),
    resolved_at: kept.resolved_at?.toISOString() ?? null,
    acknowledged: kept.acknowledged_at && {
      by: kept.acknowledged_by_name,
      at: kept.acknowledged_at.toISOString(),
      comment: kept.comment,
    },
  };
}
