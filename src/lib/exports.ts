/** Pages of sections that can be taken away as files; `src/lib/server/exports/pages.ts` says how each is loaded. */
export const boardPages = ['marketing', 'sales', 'managers', 'customers', 'service', 'explore'] as const;
export type BoardPage = (typeof boardPages)[number];

export const forms = ['csv', 'xlsx', 'png', 'pdf'] as const;
export type Form = (typeof forms)[number];

/** A part of a page: `<table>`, `figures-<id>`, `chart-<id>`, and on a drill page `parts` and `records`. */
export type Target = { page: string; block: string | null; form: Form };

/** The page's own name within addresses of files, null for a page that gives none. */
export function pageOf(pathname: string): string | null {
  const page = pathname.replace(/^\/+|\/+$/g, '') || 'home';
  const isKnown =
    page === 'home' || boardPages.some((one) => one === page) || /^drill\/[a-z_]+\.[a-z0-9_]+$/.test(page);
  return isKnown ? page : null;
}

/** The address of a file of what stands at this address; null where the page gives none. */
export function fileHref(
  { pathname, search }: { pathname: string; search: string },
  form: Form,
  block: string | null = null,
): string | null {
  const page = pageOf(pathname);
  if (!page) return null;
  const params = new URLSearchParams(search);
  // several tables of a page are files of their own, so the part is named in the path and never in the state
  const path = ['/export', form, ...(block ? [encodeURIComponent(block)] : ['page']), page].join('/');
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

/** Where the page at this address is put on a schedule; null where it cannot be sent. */
export function scheduleHref({ pathname, search }: { pathname: string; search: string }): string | null {
  if (!pageOf(pathname)) return null;
  return `/reports/new?${new URLSearchParams({ page: pathname, state: search.replace(/^\?/, '') })}`;
}
