import { lacks } from '../catalogue.ts';
import type { Metric } from '../metrics.ts';
import type { AsOf, Source } from '../page.ts';
import { isStale, type Timed } from '../timetable.ts';
import * as settings from './settings.ts';
import { warehouse } from './warehouse.ts';

type SourceRow = Timed & { source: string; entities: string[]; failures: number };

export type Freshness = {
  /** of the sources that bring these entities, or of all */
  asOf(entities?: string[]): AsOf;
  /** those of the entities of which nothing is known: no source of theirs has ever been loaded */
  missing(entities: string[]): string[];
  /** what has to be connected before a metric is known; nothing once it is */
  lacking(metric: Pick<Metric, 'entities' | 'needs'>): string[];
};

/** What loading says about itself: how fresh each source is and which entities it has brought. */
export async function read(now: Date = new Date()): Promise<Freshness> {
  const [{ timezone }, sources, connected] = await Promise.all([
    settings.read(),
    warehouse()<SourceRow>('ops.sources')
      .select('source', 'entities', 'fresh_at', 'failures', 'schedule', 'stale_after_s')
      // What people enter in the product is never late: its load follows each saving.
      .whereNot({ kind: 'entered' } as object)
      .where({ is_configured: true } as object),
    // the same that Cube asks before it counts
    warehouse().raw<{ rows: { entities: string[] }[] }>('select core.connected() as entities'),
  ]);
  return describe(sources, connected.rows[0]?.entities ?? [], timezone, now);
}

export function describe(sources: SourceRow[], connected: string[], timezone: string, now: Date): Freshness {
  const known = new Set(connected);
  const asOf = (entities?: string[]): AsOf => {
    const relevant = sources.filter(
      (one) => one.fresh_at && (!entities || one.entities.some((entity) => entities.includes(entity))),
    );
    const found = relevant
      .map((one): Source => ({
        source: one.source,
        at: one.fresh_at?.toISOString() ?? null,
        // Nobody tries again what is loaded by hand; of the others, only those that are late are a reproach.
        is_stale: isStale(one, timezone, now) || (one.schedule === null && one.failures > 0),
      }))
      .sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
    const worst = found[0];
    return { at: worst?.at ?? null, worst_source: worst?.source ?? null, sources: found };
  };
  const missing = (entities: string[]) => entities.filter((entity) => !known.has(entity));
  return {
    asOf,
    missing,
    lacking: ({ entities, needs }) => lacks({ sources: entities, needs }, missing(entities)),
  };
}
