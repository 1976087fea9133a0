import { log } from '../log.ts';
import { open, type Board } from './board.ts';
import { isToldOf } from './leads.ts';
import { stakes } from './limits.ts';
import { causeOf, type Finding, type RuleName } from './rule.ts';
import { rules } from './rules.ts';

/** One cause with all that the rules have to say of it, the costliest first. */
export type Cause = { cause: string; findings: Finding[] };

export type Look = {
  board: Board;
  causes: Cause[];
  /** rules that could not be asked: nothing is known of their incidents */
  failed: RuleName[];
};

/** What all rules see in the data of now. @throws Problem where Cube cannot be asked at all */
export async function look(now = new Date()): Promise<Look> {
  const board = await open(now);
  const { least } = stakes(board.chosen, board.worth.profit);
  const failed: RuleName[] = [];
  const found: Finding[] = [];
  for (const rule of rules) {
    if (board.chosen.off.includes(rule.name)) continue;
    try {
      found.push(...(await rule.look(board)));
    } catch (error) {
      failed.push(rule.name);
      log.error({ err: error, rule: rule.name }, 'A rule cannot be asked');
    }
  }
  const causes = new Map<string, Finding[]>();
  for (const one of found) {
    if (!Number.isFinite(one.stake) || one.stake < least || isToldOf(one, found)) continue;
    const cause = causeOf(one);
    causes.set(cause, [...(causes.get(cause) ?? []), one]);
  }
  return {
    board,
    failed,
    causes: [...causes].map(([cause, findings]) => ({
      cause,
      findings: findings.sort(
        (a, b) => Number(b.severity >= 1) - Number(a.severity >= 1) || b.stake - a.stake,
      ),
    })),
  };
}

/** The first day on which the data showed it; unknown where that cannot be asked. */
export async function dateBack(board: Board, findings: Finding[]) {
  const dates = await Promise.all(
    rules.map(async (rule) => {
      const own = findings.filter((one) => one.rule === rule.name);
      if (own.length === 0) return [];
      try {
        return [...(await rule.since(board, own))];
      } catch (error) {
        log.error({ err: error, rule: rule.name }, 'It cannot be told since when');
        return [];
      }
    }),
  );
  return new Map(dates.flat());
}
