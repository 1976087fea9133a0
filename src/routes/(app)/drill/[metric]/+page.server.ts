import { error, redirect } from '@sveltejs/kit';
import * as drill from '#lib/server/drill.ts';
import { nearest } from '#lib/server/thesaurus.ts';
import { m } from '#lib/paraglide/messages.js';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from '../../drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, params, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  const found = await drill.load(locals.viewer, params.metric, state, dropped);
  if (!found) {
    const near = await nearest(params.metric);
    if (near === params.metric) redirect(307, `/metrics#${near}`);
    error(
      404,
      near ? m.metrics_did_you_mean({ asked: params.metric.slice(0, 60), near }) : m.drill_not_found(),
    );
  }
  return { drill: drawn.drill(found, event) };
};
