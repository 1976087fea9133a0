import type { Knex } from 'knex';
import { todayIn } from '../../period.ts';
import { dataVersion } from '../cube.ts';
import { log } from '../log.ts';
import { warehouse } from '../warehouse.ts';
import { stakes } from './limits.ts';
import { dateBack, look, type Cause, type Look } from './look.ts';
import { readKeepers, type Keeper } from './people.ts';
import type { Finding, Share, Since, Subject } from './rule.ts';
import { rules } from './rules.ts';
import { forget, tellOf } from './tell.ts';

type Open = { id: string; rule: string; cause: string; since: string | null; details: Details };
type Gone = { id: string; cause: string; acknowledged_at: Date | null };

/** A team's share with the keys of the team: all that bear its name, none where it is nobody's. */
export type KeptShare = Omit<Share, 'team'> & { team_keys: number[] };

/** What is kept of a cause: the finding that tells of it best, and the others of the same cause. */
export type Details = Omit<Finding, 'shares'> & {
  shares: KeptShare[];
  signs: Finding[];
  owner: string | null;
  is_older: boolean;
};

/** A cause that comes back within so many days is the same incident, and nobody is told twice. */
const relapseDays = 7;

/**
 * Holds the rules against data that nobody has judged yet: opens, refreshes and closes incidents and queues what is to
 * be told. However many workers watch, one at a time does; whatever ends it midway leaves all as it was.
 * @returns whether it has looked
 */
export async function watch(now = new Date()): Promise<boolean> {
  return warehouse().transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { got: boolean }[] }>(
      `select pg_try_advisory_xact_lock(hashtextextended('pulse incidents', 0)) as got`,
    );
    if (!rows[0]?.got) return false;
    const [version, known] = await Promise.all([
      dataVersion(),
      trx('app.incident_watch').first<{
        data_version: number | null;
        day: string | null;
        failed: string[];
      }>(),
    ]);
    const seen = await trx('core.settings')
      .where({ key: 'reporting.timezone' })
      .first<{ value: string }>('value');
    const day = todayIn(seen?.value ?? 'UTC', now);
    if (known?.data_version === version && known.day === day && known.failed.length === 0) return false;
    const found = await look(now);
    await settle(trx, found, now);
    await trx('app.incident_watch').update({
      data_version: version,
      day,
      checked_at: now,
      failed: found.failed,
    });
    return true;
  });
}

async function settle(trx: Knex.Transaction, found: Look, now: Date): Promise<void> {
  const names = rules.map(({ name }) => name as string);
  const open = await trx<Open>('app.incidents')
    .select('id', 'rule', 'cause', 'since', 'details')
    .whereIn('rule', names)
    .whereNot('state' as 'rule', 'resolved');
  const gone = await trx<Gone>('app.incidents')
    .select('id', 'cause', 'acknowledged_at')
    .whereIn('rule' as 'cause', names)
    .andWhere('state' as 'cause', 'resolved')
    .andWhereRaw('resolved_at > ?::timestamptz - make_interval(days => ?)', [now, relapseDays])
    .orderBy('resolved_at', 'desc');
  const keeperOf = await readKeepers(trx);
  const { least } = stakes(found.board.chosen, found.board.worth.profit);
  const write: Write = (...what) => columnsOf(...what, keeperOf, least);
  const isOpen = new Map(open.map((one) => [one.cause, one]));
  const fresh = found.causes.filter(
    ({ cause, findings }) => !isOpen.has(cause) && (findings[0]?.severity ?? 0) >= 1,
  );
  const dates = await dateBack(
    found.board,
    fresh.flatMap(({ findings }) => findings),
  );
  for (const one of found.causes) {
    const known = isOpen.get(one.cause);
    if (known) await refresh(trx, known, one, write, now);
    else if (fresh.includes(one)) await begin(trx, found, one, earliest(one, dates), write, gone, now);
  }
  const still = new Set(found.causes.map(({ cause }) => cause));
  for (const one of open) {
    // what could not be asked is not over
    const asked = [one.rule, ...(one.details.signs ?? []).map(({ rule }) => rule)];
    if (still.has(one.cause) || asked.some((rule) => (found.failed as string[]).includes(rule))) continue;
    await trx('app.incidents').where({ id: one.id }).update({ state: 'resolved', resolved_at: now });
    await forget(trx, one.id, now);
  }
}

const leadOf = ({ findings }: Cause): Finding => findings[0]!;

function earliest({ findings }: Cause, dates: Map<Finding, Since>): Since | null {
  const known = findings.flatMap((one) => dates.get(one) ?? []);
  return known.sort((a, b) => a.day.localeCompare(b.day))[0] ?? null;
}

type Write = (cause: Cause, lead: Finding, isOlder: boolean) => ReturnType<typeof columnsOf>;

function columnsOf(
  { findings }: Cause,
  lead: Finding,
  isOlder: boolean,
  keeperOf: (subject: Subject) => Keeper,
  least: number,
) {
  const signs = findings.filter((one) => one !== lead);
  const keeper = keeperOf(lead.subject);
  const shares = (lead.shares ?? []).flatMap(({ team, ...share }): KeptShare[] => {
    const { team_keys } = keeperOf({ kind: 'team', name: team, within: null });
    return share.stake < least ? [] : [{ ...share, team_keys }];
  });
  const details: Details = { ...lead, shares, signs, owner: keeper.owner, is_older: isOlder };
  return {
    rule: lead.rule,
    area: lead.area,
    metric: /^\/drill\/([\w.]+)/.exec(lead.href)?.[1] ?? null,
    money_at_stake: lead.stake.toFixed(2),
    team_keys: keeper.team_keys,
    employee_keys: keeper.employee_keys,
    details: JSON.stringify(details),
  };
}

async function refresh(trx: Knex.Transaction, known: Open, one: Cause, write: Write, now: Date) {
  // What told of it first goes on telling while it can: two near equals must not take turns.
  const lead = one.findings.find(({ rule }) => rule === known.rule) ?? leadOf(one);
  await trx('app.incidents')
    .where({ id: known.id })
    .update({ ...write(one, lead, known.details.is_older), seen_at: now });
}

async function begin(
  trx: Knex.Transaction,
  { board }: Look,
  one: Cause,
  since: Since | null,
  write: Write,
  gone: Gone[],
  now: Date,
) {
  const lead = leadOf(one);
  const values = { ...write(one, lead, since?.is_older ?? false), seen_at: now };
  const relapsed = gone.find(({ cause }) => cause === one.cause);
  if (relapsed) {
    const state = relapsed.acknowledged_at ? 'acknowledged' : 'open';
    await trx('app.incidents')
      .where({ id: relapsed.id })
      .update({ ...values, state, resolved_at: null });
    return;
  }
  const [row] = await trx('app.incidents')
    .insert({ ...values, cause: one.cause, since: since?.day ?? null, opened_at: now })
    .returning<{ id: string }[]>('id');
  const { urgent } = stakes(board.chosen, board.worth.profit);
  log.info({ rule: lead.rule, cause: one.cause, stake: lead.stake }, 'An incident was opened');
  if (row && lead.stake >= urgent) await tellOf(trx, row.id, 'opened', board, now);
}
