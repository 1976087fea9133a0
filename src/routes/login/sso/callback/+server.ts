import { redirect } from '@sveltejs/kit';
import { finish } from '#lib/server/single-sign-on.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, url, cookies, getClientAddress }) => {
  const outcome = await finish({ request, address: getClientAddress() }, url.search);
  if ('problem' in outcome) redirect(303, `/login?problem=${outcome.problem}`);
  for (const { name, value, options } of outcome.cookies) cookies.set(name, value, options);
  redirect(303, outcome.to);
};
