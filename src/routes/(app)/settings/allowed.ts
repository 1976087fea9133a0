import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Viewer } from '#lib/viewer.ts';

/** Settings are the company's: only administrators come in. One's own account is everyone's. */
export function requireAdmin({ viewer }: App.Locals): Viewer {
  if (!viewer) error(401);
  if (viewer.role !== 'admin') error(403, m.settings_forbidden());
  return viewer;
}
