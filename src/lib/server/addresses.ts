import type { RecordSpec, Pick } from './record-kinds.ts';
import * as settings from './settings.ts';
import { warehouse } from './warehouse.ts';

/** Where a record lives in its own system; null where nobody has said. */
export type Addresses = (pick: Pick) => string | null;

/**
 * The addresses of the records of a kind: by the record itself, by its stream's `record_url`, or by that of the campaign
 * it is a day of. Null where none of its records can have one.
 * @param names of the campaigns that the records name; all if left out
 */
export async function read(
  { dimensions, entity, id }: RecordSpec,
  names?: string[],
): Promise<Addresses | null> {
  const { record_urls } = await settings.read();
  const isTold = Object.values(record_urls).some((urls) => entity && urls[entity]);
  const own = dimensions.includes('url');
  if (!own && !isTold) return null;
  const campaigns = entity === 'campaigns' ? await ofCampaigns(record_urls, names) : null;
  return (pick) => {
    const url = own ? pageAt(pick('url')) : null;
    if (url) return url;
    if (campaigns) return campaigns.get(String(pick('campaign'))) ?? null;
    return entity ? told(record_urls, entity, pick('system'), pick(id)) : null;
  };
}

/** A source may hold anything; only what a browser opens as a page becomes a link. */
export const pageAt = (url: unknown): string | null =>
  typeof url === 'string' && /^https?:\/\//i.test(url) ? url : null;

/** What the `record_url` of the stream makes of an id. */
export function told(urls: settings.Settings['record_urls'], entity: string, system: unknown, id: unknown) {
  const form = urls[String(system)]?.[entity];
  return form ? fill(form, String(id)) : null;
}

const fill = (form: string, id: string) => form.replaceAll('{id}', encodeURIComponent(id));

/** By name; a name that two systems give to campaigns of their own leads to neither. */
async function ofCampaigns(urls: settings.Settings['record_urls'], names?: string[]) {
  const rows = await warehouse()<{ name: string; source: string; source_id: string }>('core.dim_campaigns')
    .select('name', 'source', 'source_id')
    .where({ is_deleted: false } as object)
    .modify((query) => void (names && query.whereIn('name', names)));
  const found = new Map<string, string | null>();
  for (const { name, source, source_id } of rows) {
    const form = urls[source]?.campaigns;
    if (form) found.set(name, found.has(name) ? null : fill(form, source_id));
  }
  return found;
}
