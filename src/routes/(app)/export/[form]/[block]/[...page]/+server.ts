import { Readable } from 'node:stream';
import { error, redirect } from '@sveltejs/kit';
import { forms, pageOf } from '#lib/exports.ts';
import { hand } from '#lib/server/exports.ts';
import { disposition } from '#lib/server/exports/names.ts';
import { m } from '#lib/paraglide/messages.js';
import { ownAddress, tell } from '../../../answer.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals, url, getClientAddress }) => {
  if (!locals.viewer) redirect(303, `/login?${new URLSearchParams({ to: url.pathname + url.search })}`);
  const form = forms.find((one) => one === params.form);
  const page = pageOf(params.page === 'home' ? '/' : params.page);
  if (!form || !page) error(404, m.exports_not_found());
  const target = { form, page, block: params.block === 'page' ? null : params.block };
  const from = { address: ownAddress(url), ip: getClientAddress() };
  const file = await hand(locals.viewer, target, url.search.slice(1), from).catch(tell);
  if (!file) error(404, m.exports_not_found());
  const headers = { 'content-type': file.type, 'content-disposition': disposition(file.name) };
  const body = file.body instanceof Readable ? (Readable.toWeb(file.body) as ReadableStream) : file.body;
  return new Response(body as BodyInit, { headers: { ...headers, 'cache-control': 'private, no-store' } });
};
