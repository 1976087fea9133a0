import { redirect } from '@sveltejs/kit';
import { begin } from '#lib/server/single-sign-on.ts';
import { target } from '../target.ts';
import type { RequestHandler } from './$types';

/** A link and not a form: our policy lets no form lead to another site. */
export const GET: RequestHandler = async ({ request, url, cookies, getClientAddress }) => {
  const to = target(url);
  const outcome = await begin({ request, address: getClientAddress() }, to);
  if ('problem' in outcome) redirect(303, `/login?${new URLSearchParams({ to, problem: outcome.problem })}`);
  for (const { name, value, options } of outcome.cookies) cookies.set(name, value, options);
  redirect(303, outcome.address);
};
