import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Viewer } from '#lib/viewer.ts';

/** Quarantine shows rows of the whole company, so only who may see all of it comes in. */
export function requireCompany({ viewer }: App.Locals): Viewer {
  if (!viewer) error(401);
  if (viewer.access !== 'company') error(403, m.data_forbidden());
  return viewer;
}
