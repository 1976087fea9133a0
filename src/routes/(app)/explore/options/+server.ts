import { error, json } from '@sveltejs/kit';
import { list } from '#lib/server/explore/values.ts';
import { parse } from '#lib/state.ts';
import type { RequestHandler } from './$types';

const longest = 300;

export const GET: RequestHandler = async ({ url, locals }) => {
  if (!locals.viewer) error(401);
  const read = (name: string) => (url.searchParams.get(name) ?? '').slice(0, longest);
  const { state } = parse(url.searchParams);
  const values = await list(locals.viewer, read('view'), read('of'), read('q'), state.within);
  if (!values) error(404);
  return json(values);
};
