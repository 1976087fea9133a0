import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** What no page answers to: told within the frame of the pages, from which one can go on. */
export const load: PageServerLoad = () => error(404, 'Not Found');
