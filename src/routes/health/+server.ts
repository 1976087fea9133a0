import { json } from '@sveltejs/kit';
import { dataVersion } from '#lib/server/cube.ts';
import type { RequestHandler } from './$types';

/** Up means: the process answers and reaches its database. */
export const GET: RequestHandler = async () => {
  try {
    return json({ ok: true, data_version: await dataVersion() });
  } catch {
    return json({ ok: false }, { status: 503 });
  }
};
