import { html, type Html } from './html.ts';

/** Wraps text in a link to a path of the product; without an address of the product the text stays text. */
export type Link = (path: string | null, text: Html | string, style?: string) => Html;

export function linkTo(baseUrl: string | null): Link {
  return (path, text, style = 'text-decoration:none') => {
    const address = path === null ? null : addressOf(baseUrl, path);
    if (!address) return html`${text}`;
    return html`<a href="${address}" class="c-link" style="${style}">${text}</a>`;
  };
}

/** Whatever the path says, the link stays on the product. */
export function addressOf(baseUrl: string | null, path: string): string | null {
  if (!baseUrl) return null;
  return `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

/** @param page the page's own name, as in `pageOf` */
export function pageAddress(baseUrl: string | null, state: string, page = 'home'): string | null {
  const path = page === 'home' ? '/' : `/${page}`;
  return addressOf(baseUrl, state ? `${path}?${state}` : path);
}
