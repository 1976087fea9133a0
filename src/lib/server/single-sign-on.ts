import { record } from './audit.ts';
import { auth, providerId, singleSignOn } from './auth.ts';
import { ask, follow, type Caller, type Cookie } from './authority.ts';
import { env } from './env.ts';
import { log } from './log.ts';

/**
 * `unknown`: nobody here has that address, or whoever has it is shut out; `unverified`: the provider does not vouch for
 * it; `refused`: the person or the provider said no; `failed`: the way back was lost on, or tampered with.
 */
export type Problem = 'unknown' | 'unverified' | 'refused' | 'failed' | 'limited' | 'unavailable';
export type Outcome<Value> = ({ cookies: Cookie[] } & Value) | { problem: Problem };

/** How the button is called, and whether there is any other way in. */
export function offer(): { name: string; isOnly: boolean } | null {
  const { oidc } = env();
  return oidc && { name: oidc.name, isOnly: oidc.isOnly };
}

/** ms a provider has for an answer before people are told to wait */
const patience = 15_000;

/** Where the browser has to go to sign in; `to` is the page it wants after that. */
export async function begin(caller: Caller, to: string): Promise<Outcome<{ address: string }>> {
  const { oidc } = env();
  if (!oidc) return { problem: 'unavailable' };
  const body = {
    provider: providerId,
    callbackURL: to,
    errorCallbackURL: '/login',
    disableRedirect: true,
  };
  const answer = await inTime(() => ask('/sign-in/social', body, caller, singleSignOn(oidc)));
  if (answer?.ok && typeof answer.body.url === 'string') {
    return { cookies: answer.cookies, address: answer.body.url };
  }
  log.warn({ issuer: oidc.issuer, status: answer?.status }, 'Single sign-on could not begin');
  return { problem: answer?.status === 429 ? 'limited' : 'unavailable' };
}

/** Takes what the provider sent along with the browser; `to` is the page wanted at first. */
export async function finish(caller: Caller, search: string): Promise<Outcome<{ to: string }>> {
  const { oidc } = env();
  if (!oidc) return { problem: 'unavailable' };
  const answer = await inTime(() => follow(`/callback/${providerId}${search}`, caller, singleSignOn(oidc)));
  if (!answer) return { problem: 'unavailable' };
  const { leadsTo, cookies } = answer;
  const email = await whoHas(cookies);
  if (email) {
    await record({ action: 'sign_in', actor: email, ip_address: caller.address, details: { by: oidc.name } });
    const to = leadsTo.pathname + leadsTo.search;
    // Resolved, a path may begin like the address of another site: /.//evil.example does.
    return { cookies, to: to.startsWith('//') ? '/' : to };
  }
  const reason = leadsTo.searchParams.get('error') ?? '';
  await record({
    action: 'sign_in_failed',
    actor: oidc.name,
    ip_address: caller.address,
    details: { reason: reason.slice(0, 100) },
  });
  return { problem: problems[reason] ?? 'failed' };
}

const problems: Record<string, Problem> = {
  signup_disabled: 'unknown',
  unable_to_create_session: 'unknown',
  account_not_linked: 'unverified',
  access_denied: 'refused',
};

async function whoHas(cookies: Cookie[]): Promise<string | null> {
  const cookie = cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');
  const session = await auth().api.getSession({ headers: new Headers({ cookie }) });
  return session?.user.email ?? null;
}

/** Null when it took too long or broke. */
async function inTime<Value>(work: () => Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), patience)));
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    log.warn({ err: error }, 'The provider of single sign-on failed');
    return null;
  } finally {
    clearTimeout(timer);
  }
}
