import { isOpen } from '#lib/server/reports/enclosures.ts';
import type { PageServerLoad } from './$types';

// Mail scanners open every link: to look gives and counts nothing, only the button of the page does.
export const load: PageServerLoad = async ({ params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
  return { isOpen: await isOpen(params.token) };
};
