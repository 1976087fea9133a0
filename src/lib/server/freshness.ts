import type { AsOf, Source } from '../page.ts';
import { warehouse } from './warehouse.ts';

type SourceRow = {
  source: string;
  entities: string[];
  fresh_at: Date | null;
  failures: number;
  schedule: string | null;
};

export type Freshness = {
  /** of the sources that bring these entities, or of all */
  asOf(entities?: string[]): AsOf;
  /** those of the entities that no source has ever brought a row of */
  missing(entities: string[]): string[];
};

const late = 26 * 3_600_000;

/** What loading says about itself: how fresh each source is and which entities it has brought. */
export async function read(now: Date = new Date()): Promise<Freshness> {
  const [sources, loaded] = await Promise.all([
    warehouse()<SourceRow>('ops.sources')
      .select('source', 'entities', 'fresh_at', 'failures', 'schedule')
      .where({ is_configured: true } as object),
    warehouse().raw<{ rows: { source: string; entity: string }[] }>(
      `select distinct r.source, s.entity
         from ops.run_streams s join ops.runs r using (run_id)
        where r.status = 'succeeded' and s.inserted + s.updated + s.unchanged > 0`,
    ),
  ]);
  return describe(sources, loaded.rows, now);
}

export function describe(
  sources: SourceRow[],
  loaded: { source: string; entity: string }[],
  now: Date,
): Freshness {
  const brought = new Set(loaded.map(({ entity }) => entity));
  const asOf = (entities?: string[]): AsOf => {
    const relevant = sources.filter(
      (one) => one.fresh_at && (!entities || one.entities.some((entity) => entities.includes(entity))),
    );
    const found = relevant
      .map((one): Source => ({
        source: one.source,
        at: one.fresh_at?.toISOString() ?? null,
        // a source without a schedule is loaded by hand: its age alone is no reproach
        is_stale:
          one.failures > 0 ||
          (one.schedule !== null && now.getTime() - (one.fresh_at?.getTime() ?? 0) > late),
      }))
      .sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
    const worst = found[0];
    return { at: worst?.at ?? null, worst_source: worst?.source ?? null, sources: found };
  };
  return { asOf, missing: (entities) => entities.filter((entity) => !brought.has(entity)) };
}
