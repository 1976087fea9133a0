import { redirect } from '@sveltejs/kit';
import { cookieName, isLocale } from '#lib/paraglide/runtime.js';
import * as users from '#lib/server/users.ts';
import { readTheme, themeCookie } from '#lib/theme.ts';
import type { RequestHandler } from './$types';

const options = { path: '/', maxAge: 31_536_000, httpOnly: false, secure: false } as const;

/** A plain form, so that language and theme can be changed before any script has run. */
export const POST: RequestHandler = async ({ request, cookies, locals }) => {
  const form = await request.formData();
  const locale = form.get('locale');
  if (typeof locale === 'string' && isLocale(locale)) {
    cookies.set(cookieName, locale, options);
    if (locals.viewer) await users.speak(locals.viewer.user_id, locale);
  }
  const theme = form.get('theme');
  if (typeof theme === 'string') cookies.set(themeCookie, readTheme(theme), options);
  const back = String(form.get('back') ?? '/');
  redirect(303, /^\/(?![/\\])/.test(back) ? back : '/');
};
