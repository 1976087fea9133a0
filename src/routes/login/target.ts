/** Only a path of this very site, never an address somebody put into a link. */
export function target(url: URL): string {
  const to = url.searchParams.get('to') ?? '/';
  return /^\/(?![/\\])/.test(to) ? to : '/';
}
