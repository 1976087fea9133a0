import { error, json } from '@sveltejs/kit';
import { nextRuns, readCalendar } from '#lib/server/reports/clock.ts';
import { readTimed } from '#lib/server/reports/form.ts';
import type { RequestHandler } from './$types';

/** The next five runs of what a form says, or why there are none. */
export const GET: RequestHandler = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const now = new Date();
  const timed = await readTimed(url.searchParams, locals.viewer, now);
  if ('problem' in timed) return json({ runs: [], problem: timed.problem });
  return json({ runs: nextRuns(timed, now, 5, await readCalendar(now)), problem: null });
};
