import { json } from '@sveltejs/kit';
import { env } from '#lib/server/env.ts';
import { largest, readBody, readRows } from '../../body.ts';
import { findWebhook, keep } from '../../inbox.ts';
import { open } from '../../secret.ts';
import { verify } from '../../signature.ts';
import type { RequestHandler } from './$types';

const refuse = (status: number, error: string): Response => json({ error }, { status });

/** Takes rows that a system sends by itself. They are kept before it is told so, and loaded with the source's next run. */
export const POST: RequestHandler = async ({ params: { source, entity }, request }) => {
  const body = await readBody(request);
  if (!body) return refuse(413, `at most ${largest / 1024} KB at once`);
  const webhook = await findWebhook(source);
  const secret = webhook && open(webhook.sealed, source, env().secret);
  const id = secret && verify(request.headers, body, secret);
  // Whoever cannot sign does not learn which sources there are.
  if (!webhook || !id) return refuse(401, 'the signature is missing, wrong or too old');
  if (!webhook.streams.includes(entity))
    return refuse(404, `this source takes ${webhook.streams.join(', ')}`);
  const rows = readRows(body);
  if (rows === null) return refuse(400, 'expected a JSON object, or a list of them, in UTF-8');
  try {
    const kept = await keep(source, entity, id, rows);
    return json({ accepted: kept ?? 0, duplicate: kept === null }, { status: 202 });
  } catch (error) {
    // Nested too deep, or with a text that no database keeps: to send it again would not help.
    if (/^(22|54)/.test((error as { code?: string }).code ?? ''))
      return refuse(400, 'this JSON cannot be kept');
    throw error;
  }
};
