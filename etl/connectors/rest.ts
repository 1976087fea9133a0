import type { RestSource } from '../config.ts';
import { SourceError, type LandedRow, type Landing, type Request } from './connector.ts';
import { pick, toValues } from './json.ts';

type RestStream = RestSource['streams'][number];

const attempts = 5;
const timeout = 60_000;

/** Reads the rows of a paged JSON API. 429 and 5xx are tried again with a growing pause, `Retry-After` honoured. */
export async function readRest(source: RestSource, stream: RestStream, request: Request): Promise<Landing> {
  const first = new URL(source.url.replace(/\/?$/, '/') + stream.from.replace(/^\//, ''));
  for (const [name, value] of Object.entries(stream.query ?? {})) first.searchParams.set(name, String(value));
  if (stream.since && request.since !== null) first.searchParams.set(stream.since, request.since);
  return { columns: request.wanted, rows: readPages(source, stream, first, request) };
}

async function* readPages(
  source: RestSource,
  stream: RestStream,
  first: URL,
  request: Request,
): AsyncGenerator<LandedRow> {
  const seen = new Set<string>();
  let page = 0;
  let url: URL | null = withPage(first, stream, 0, 0);
  let count = 0;
  while (url) {
    if (seen.has(url.href))
      throw new SourceError(`${stream.from} answers with a next page that was read already`);
    seen.add(url.href);
    const { body, headers } = await fetchJson(source, url, request.signal);
    const rows = pick(body, stream.records ?? '$');
    if (!Array.isArray(rows))
      throw new SourceError(`${stream.from} has no list of rows at ${stream.records ?? '$'}`);
    for (const row of rows) {
      yield {
        position: `${stream.from}#${++count}`,
        values: toValues(row, request.wanted),
        raw: JSON.stringify(row),
      };
    }
    page++;
    url = nextPage(first, stream, { body, headers, page, count, got: rows.length, at: url });
  }
}

function withPage(url: URL, stream: RestStream, page: number, count: number): URL {
  const next = new URL(url);
  const { paginate } = stream;
  if (paginate?.kind === 'page') {
    next.searchParams.set(paginate.parameter, String(paginate.start + page));
    if (paginate.size_parameter && paginate.size)
      next.searchParams.set(paginate.size_parameter, String(paginate.size));
  }
  if (paginate?.kind === 'offset') {
    next.searchParams.set(paginate.parameter, String(count));
    next.searchParams.set(paginate.limit_parameter, String(paginate.limit));
  }
  return next;
}

type Answer = { body: unknown; headers: Headers; page: number; count: number; got: number; at: URL };

function nextPage(first: URL, stream: RestStream, answer: Answer): URL | null {
  const { paginate } = stream;
  if (!paginate) return null;
  switch (paginate.kind) {
    case 'next_url': {
      const next = pick(answer.body, paginate.path);
      return typeof next === 'string' && next ? sameOrigin(new URL(next, answer.at), first) : null;
    }
    case 'link_header': {
      const next = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
      return next ? sameOrigin(new URL(next, answer.at), first) : null;
    }
    case 'cursor': {
      const next = pick(answer.body, paginate.path);
      if (next === null || next === undefined || next === '') return null;
      const url = new URL(first);
      url.searchParams.set(paginate.parameter, String(next));
      return url;
    }
    case 'page':
    case 'offset': {
      const full = paginate.kind === 'page' ? paginate.size : paginate.limit;
      if (!answer.got || (full && answer.got < full)) return null;
      return withPage(first, stream, answer.page, answer.count);
    }
  }
}

/** The next page gets our credentials, so it has to be where the first one was. */
function sameOrigin(next: URL, first: URL): URL {
  if (next.origin !== first.origin)
    throw new SourceError('the next page lies on another host; it is not followed');
  return next;
}

async function fetchJson(
  source: RestSource,
  url: URL,
  signal: AbortSignal,
): Promise<{ body: unknown; headers: Headers }> {
  for (let attempt = 1; ; attempt++) {
    let reason: string;
    let wait = 500 * 2 ** attempt;
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json', ...source.headers, ...authorize(source) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      });
      if (response.ok) return { body: await readBody(response, url), headers: response.headers };
      reason = `${url.pathname} answered ${response.status}`;
      const after = response.headers.get('retry-after');
      if (after) wait = retryAfter(after);
      if (response.status !== 429 && response.status < 500)
        throw new SourceError(`${reason}: check address and rights`);
    } catch (error) {
      if (error instanceof SourceError || signal.aborted) throw error;
      reason = `${url.pathname} cannot be reached (${(error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name})`;
    }
    if (attempt === attempts) throw new SourceError(`${reason}, ${attempts} times; the next run tries again`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 60_000)));
  }
}

async function readBody(response: Response, url: URL): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceError(`${url.pathname} answered with something that is not JSON: ${text.slice(0, 60)}`);
  }
}

function retryAfter(header: string): number {
  const seconds = Number(header);
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000) || 1000;
}

function authorize({ auth }: RestSource): Record<string, string> {
  if (!auth) return {};
  if (auth.kind === 'bearer') return { authorization: `Bearer ${auth.token}` };
  if (auth.kind === 'header') return { [auth.name]: auth.value };
  return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };
}
