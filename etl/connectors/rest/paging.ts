import type { RestSource } from '../../config.ts';
import { SourceError } from '../connector.ts';
import { pick } from '../json.ts';

export type RestStream = RestSource['streams'][number];

/** What a page is asked for with. */
export type Ask = { url: URL; body: unknown };

export type Page = {
  document: unknown;
  link: string | null;
  ask: Ask;
  page: number;
  count: number;
  got: number;
  /** rows of the fullest page so far */
  largest: number;
};

/** A parameter of a request: in its address, or below a path such as `params.Page.Offset` of its body. */
export function setParameter(ask: Ask, stream: RestStream, name: string, value: string | number): Ask {
  if (stream.parameters_in === 'body')
    return { url: ask.url, body: setPath(ask.body, name.split('.'), value) };
  const url = new URL(ask.url);
  url.searchParams.set(name, String(value));
  return { url, body: ask.body };
}

function setPath(body: unknown, [step, ...rest]: string[], value: unknown): unknown {
  if (step === undefined) return value;
  const object = (body ?? {}) as Record<string, unknown>;
  return { ...object, [step]: setPath(object[step], rest, value) };
}

export function askForPage(ask: Ask, stream: RestStream, page: number, count: number): Ask {
  const { paginate } = stream;
  if (paginate?.kind === 'page') {
    const next = setParameter(ask, stream, paginate.parameter, paginate.start + page);
    const { size, size_parameter } = paginate;
    return size && size_parameter ? setParameter(next, stream, size_parameter, size) : next;
  }
  if (paginate?.kind === 'offset') {
    const next = setParameter(ask, stream, paginate.parameter, count);
    return setParameter(next, stream, paginate.limit_parameter, paginate.limit);
  }
  return ask;
}

export const isCounted = (paginate: RestStream['paginate']): boolean =>
  paginate?.kind === 'page' || paginate?.kind === 'offset';

/** What the page after this one is asked for with; null after the last. */
export function askForNext(first: Ask, stream: RestStream, at: Page): Ask | null {
  const { paginate } = stream;
  if (paginate && 'path' in paginate) {
    const says = (path: string | undefined) =>
      path === undefined ? undefined : String(pick(at.document, path));
    if (says(paginate.end) === 'true' || says(paginate.more) === 'false') return null;
  }
  switch (paginate?.kind) {
    case undefined:
      return null;
    case 'next_url': {
      const next = pick(at.document, paginate.path);
      return typeof next === 'string' && next ? { url: keepHost(next, at.ask.url), body: first.body } : null;
    }
    case 'link_header': {
      const next = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(at.link ?? '')?.[1];
      return next ? { url: keepHost(next, at.ask.url), body: first.body } : null;
    }
    case 'cursor': {
      const next = pick(at.document, paginate.path);
      if (next === null || next === undefined || next === '' || next === false) return null;
      return setParameter(first, stream, paginate.parameter, next as string | number);
    }
    case 'page':
    case 'offset': {
      const full = paginate.kind === 'page' ? paginate.size : paginate.limit;
      // A server may give fewer rows a page than it was asked for: only a page shorter than its own is the last.
      if (!at.got || (full && at.got < Math.min(full, at.largest))) return null;
      return askForPage(first, stream, at.page, at.count);
    }
  }
}

/** The next page gets our credentials, so it has to be where the first one was. */
function keepHost(address: string, base: URL): URL {
  const next = new URL(address, base);
  if (next.origin !== base.origin)
    throw new SourceError('the next page lies on another host; it is not followed', 'lasting');
  return next;
}
