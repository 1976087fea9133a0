import { json } from '@sveltejs/kit';
import { dataVersion } from '#lib/server/cube.ts';
import type { RequestHandler } from './$types';

/** Up means: the process answers and reaches its database. Whoever started it knows it by its number. */
export const GET: RequestHandler = async () => {
  try {
    return json({ ok: true, pid: process.pid, data_version: await dataVersion() });
  } catch {
    return json({ ok: false, pid: process.pid }, { status: 503 });
  }
};
