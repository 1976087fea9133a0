import { env } from '#lib/server/env.ts';

/** The address an administrator passes on: the one people type, else the one this browser uses. */
export function linkFor(token: string, { request, url }: { request: Request; url: URL }): string {
  const origin = env().origin ?? request.headers.get('origin') ?? url.origin;
  return `${origin.replace(/\/+$/, '')}/login/new-password/${token}`;
}
