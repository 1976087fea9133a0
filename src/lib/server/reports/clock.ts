import { Cron } from 'croner';

/**
 * The next moment a cron line names on the clock of a zone. A time that the spring gap swallows comes right
 * after the gap, one that autumn brings twice is taken once.
 * @throws when the line or the zone cannot be read, or when the line never comes true
 */
export function nextRun(cron: string, timezone: string, after: Date): Date {
  const next = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(after);
  if (!next) throw new Error(`"${cron}" never comes true`);
  return next;
}
