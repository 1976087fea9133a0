import { Readable } from 'node:stream';
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { disposition } from '#lib/server/exports/names.ts';
import { byLink } from '#lib/server/reports/enclosures.ts';
import { ownAddress, tell } from '../../../(app)/export/answer.ts';
import type { RequestHandler } from './$types';

/** A file that was too large for its mail: the signed link says whose rows, of which page, until when. */
export const POST: RequestHandler = async ({ params, url, getClientAddress }) => {
  const from = { address: ownAddress(url), ip: getClientAddress() };
  const file = await byLink(params.token, from).catch(tell);
  if (!file) error(404, m.schedules_file_bad());
  const body = Buffer.isBuffer(file.body) ? new Uint8Array(file.body) : Readable.toWeb(file.body);
  return new Response(body as BodyInit, {
    headers: {
      'content-type': file.type,
      'content-disposition': disposition(file.name),
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    },
  });
};
