import { setTimeout as sleep } from 'node:timers/promises';
import type { RestSource } from '../config.ts';
import type { LandedRow, Landing } from './connector.ts';
import { toValues } from './json.ts';
import { call } from './remote/call.ts';
import { openAgent, readAddress } from './remote/guard.ts';
import type { ScopedRequest } from './remote/scope.ts';
import { readAnswer, readRows } from './rest/answer.ts';
import { createAuthorize } from './rest/credentials.ts';
import { guardPages } from './rest/endless.ts';
import { askForNext, askForPage, isCounted, setParameter, type Ask, type RestStream } from './rest/paging.ts';
import { fill, formatSince, formatToday } from './rest/since.ts';

type Got = { document: unknown; link: string | null };
type Fetch = (ask: Ask, stream: RestStream, isFurther: boolean) => Promise<Got>;

/** Reads the rows of a paged API that answers in JSON or XML. */
export function readRest(source: RestSource, stream: RestStream, request: ScopedRequest): Promise<Landing> {
  const get = request.scope.share(() => createFetch(source, request));
  const zone = source.timezone ?? 'UTC';
  const start = request.since ?? stream.since_start ?? '1970-01-01T00:00:00Z';
  const back = request.since === null ? 0 : (stream.lookback_days ?? 0);
  const values = { since: formatSince(start, stream.since_format, zone, back), today: formatToday(zone) };
  const rows = async function* (): AsyncGenerator<LandedRow> {
    let number = 0;
    for await (const parent of readParents(source, stream, get)) {
      const known = { ...values, ...(parent !== null && { parent: parent.id }) };
      let first = prepare(source, stream, known);
      if (stream.since && (request.since !== null || stream.since_start !== undefined))
        first = setParameter(first, stream, stream.since, values.since);
      for await (const row of readPages(stream, first, get)) {
        const whole =
          parent === null ? row : { _parent_id: parent.id, _parent: parent.row, ...(row as object) };
        yield {
          position: `${stream.from}#${++number}`,
          values: toValues(whole, request.wanted),
          raw: JSON.stringify(whole),
        };
      }
    }
  };
  return Promise.resolve({ columns: request.wanted, rows: rows() });
}

/** The rows of the list that a stream is read for one by one; a single null where there is no such list. */
async function* readParents(
  source: RestSource,
  stream: RestStream,
  get: Fetch,
): AsyncGenerator<{ id: string; row: unknown } | null> {
  const { for_each } = stream;
  if (!for_each) return yield null;
  const list: RestStream = { ...stream, method: 'GET', body: undefined, parameters_in: 'query', ...for_each };
  for await (const row of readPages(list, prepare(source, { ...list, query: for_each.query }, {}), get)) {
    const [id] = toValues(row, [for_each.id]);
    if (id) yield { id, row };
  }
}

function prepare(source: RestSource, stream: RestStream, values: Record<string, string>): Ask {
  const encoded = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, encodeURIComponent(v)]));
  const url = readAddress(source.url.replace(/\/?$/, '/') + fill(stream.from, encoded).replace(/^\//, ''));
  for (const [name, value] of Object.entries(stream.query ?? {}))
    url.searchParams.set(name, String(fill(value, values)));
  return { url, body: fill(stream.body, values) };
}

async function* readPages(stream: RestStream, first: Ask, get: Fetch): AsyncGenerator<unknown> {
  const guard = guardPages(stream.from, stream.max_pages);
  let ask: Ask | null = askForPage(first, stream, 0, 0);
  let page = 0;
  let count = 0;
  let largest = 0;
  while (ask) {
    guard.ask(ask);
    const { document, link }: Got = await get(ask, stream, page > 0);
    const rows = readRows(document, stream.records ?? '$', stream.from);
    // Whoever gives all at once, whatever page is asked for, has said all with the first one.
    if (guard.isRepeat(rows, page === 1 && isCounted(stream.paginate))) return;
    yield* rows;
    page++;
    count += rows.length;
    largest = Math.max(largest, rows.length);
    ask = askForNext(first, stream, { document, link, ask, page, count, got: rows.length, largest });
  }
}

/** What all streams of a run fetch with: one pool of connections, one token, one pace. */
function createFetch(source: RestSource, request: ScopedRequest): Fetch {
  const { signal, scope } = request;
  const agent = openAgent();
  scope.onEnd(() => agent.destroy());
  const authorize = createAuthorize(source.auth, agent, request);
  const gap = source.rate ? 1000 / source.rate.per_second : 0;
  let free = 0;
  const turn = async (): Promise<void> => {
    const wait = free - performance.now();
    free = Math.max(free, performance.now()) + gap;
    if (wait > 0) await sleep(wait, undefined, { signal });
  };
  return (ask, { from, method, paginate }, isFurther) =>
    call(
      {
        name: from,
        url: ask.url,
        method,
        headers: {
          accept: source.format === 'xml' ? 'application/xml, text/xml' : 'application/json, */*;q=0.5',
          ...(method === 'POST' && { 'content-type': 'application/json' }),
          ...source.headers,
        },
        body: method === 'POST' ? JSON.stringify(ask.body ?? {}) : undefined,
      },
      {
        agent,
        signal,
        turn,
        ...(authorize && { authorize }),
        // Some say «not found» where others give an empty page behind the last one.
        ...(isFurther && isCounted(paginate) && { missing: () => ({ document: [], link: null }) }),
        take: async (response) => ({
          document: await readAnswer(response, from, source),
          link: response.headers.get('link'),
        }),
      },
    );
}
