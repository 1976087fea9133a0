import { error, fail, type Cookies, type RequestEvent } from '@sveltejs/kit';
import * as account from '#lib/server/account.ts';
import type { Viewer } from '#lib/viewer.ts';
import { readCodes, readUri } from './setup.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, request }) => {
  if (!locals.viewer) error(401);
  return { ...(await account.load(locals.viewer, request)), locale: locals.viewer.locale };
};

type Fields = (name: string) => string;
type Caller = { request: Request; address: string };
type Work = (viewer: Viewer, text: Fields, caller: Caller) => Promise<account.Outcome<object>>;

/** What a form asks of the account, with the cookies of what came of it. */
function action(about: 'password' | 'step', work: Work) {
  return async ({ locals, request, cookies, getClientAddress }: RequestEvent) => {
    if (!locals.viewer) error(401);
    const form = await request.formData();
    const text = (name: string) => String(form.get(name) ?? '');
    const outcome = await work(locals.viewer, text, { request, address: getClientAddress() });
    if ('problem' in outcome) {
      const uri = readUri(text('uri'));
      const setup = uri ? account.draw(uri, readCodes(text('codes'))) : null;
      return fail(400, { about, problem: outcome.problem, setup });
    }
    keep(cookies, outcome.cookies);
    return { about, done: true, setup: 'setup' in outcome ? (outcome.setup as account.Setup) : null };
  };
}

function keep(cookies: Cookies, given: { name: string; value: string; options: { path: string } }[]): void {
  for (const { name, value, options } of given) cookies.set(name, value, options);
}

export const actions: Actions = {
  password: action('password', (viewer, text, caller) =>
    account.changePassword(viewer, caller, {
      present: text('present'),
      wanted: text('wanted'),
      repeated: text('repeated'),
    }),
  ),
  begin: action('step', (_, text, caller) => account.beginSecondStep(caller, text('present'))),
  confirm: action('step', (viewer, text, caller) => account.confirmSecondStep(viewer, caller, text('code'))),
  end: action('step', (viewer, text, caller) => account.endSecondStep(viewer, caller, text('present'))),
  sessions: async ({ locals, request }) => {
    if (!locals.viewer) error(401);
    const form = await request.formData();
    await account.endOthers(locals.viewer, request, String(form.get('id') ?? '') || null);
    return { about: 'sessions' as const, done: true, setup: null };
  },
};
