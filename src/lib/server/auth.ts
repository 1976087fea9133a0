import { betterAuth } from 'better-auth';
import { genericOAuth, twoFactor, type GenericOAuthConfig } from 'better-auth/plugins';
import pg from 'pg';
import { env, type Oidc } from './env.ts';
import { log } from './log.ts';

/** Better-auth takes only requests the app makes for it (see sign-in); its own routes are not on the network. */
export const authUrl = 'http://pulse.internal/api/auth';
export const addressHeader = 'x-pulse-address';

/** The name under which links to the company's own accounts are kept. */
export const providerId = 'oidc';
/** Where the provider sends people back to; it has to be told of the whole address. */
export const callbackPath = '/login/sso/callback';

const day = 86_400;

let pool: pg.Pool | null = null;

function connections(): pg.Pool {
  if (pool) return pool;
  pool = new pg.Pool({
    connectionString: env().warehouseUrl,
    // it knows no schema names, so its connections live in ours
    options: '-c search_path=app',
    application_name: 'pulse sign-in',
    max: 5,
  });
  // An idle connection that dies with the database is replaced; without a listener it would end the app.
  pool.on('error', (error) => log.warn({ err: error }, 'A connection for sign-in was lost'));
  return pool;
}

/** Only who is known already comes in, and only by an address that the provider has verified. */
function providerOf({ issuer, clientId, clientSecret, name, trustsEmail }: Oidc): GenericOAuthConfig {
  const { origin } = env();
  if (!origin) throw new Error('Single sign-on needs ORIGIN: the provider sends people back to it');
  return {
    providerId,
    name,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    requireIdTokenVerification: true,
    clientId,
    clientSecret,
    redirectURI: `${origin}${callbackPath}`,
    scopes: ['openid', 'email', 'profile'],
    disableSignUp: true,
    ...(trustsEmail && { mapProfileToUser: () => ({ emailVerified: true }) }),
  };
}

/**
 * How long a session lasts from signing in, s. Who comes from a provider asks it again each working day, so that a person
 * it no longer knows is out by the next.
 */
const lasting = { password: 14 * day, provider: day / 2 };

function create(oidc: Oidc | null) {
  const { secret, origin } = env();
  const database = connections();
  return betterAuth({
    baseURL: authUrl,
    secret,
    database,
    telemetry: { enabled: false },
    appName: 'Pulse',
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 200,
      revokeSessionsOnPasswordReset: true,
    },
    session: {
      modelName: 'sessions',
      expiresIn: oidc ? lasting.provider : lasting.password,
      // both are read by the one for passwords, which would give them its own time anew
      disableSessionRefresh: true,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        role: { type: 'string', required: true, input: false, defaultValue: 'manager' },
        locale: { type: 'string', required: true, input: false, defaultValue: 'en' },
        isDisabled: {
          type: 'boolean',
          required: true,
          input: false,
          defaultValue: false,
          fieldName: 'is_disabled',
        },
      },
    },
    account: {
      modelName: 'accounts',
      updateAccountOnSignIn: false,
      // Nobody registers: an address that is known here was written by an administrator.
      accountLinking: { enabled: true, requireLocalEmailVerified: false },
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      modelName: 'rate_limits',
      fields: { lastRequest: 'last_request' },
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        // no guessing here, and a whole office shares an address
        '/sign-in/social': { window: 60, max: 100 },
        '/change-password': { window: 60, max: 10 },
        '/reset-password': { window: 60, max: 10 },
        '/two-factor/*': { window: 60, max: 20 },
      },
    },
    databaseHooks: {
      account: {
        create: {
          // The provider's tokens are of no further use.
          before: async (account) => ({
            data: { ...account, accessToken: null, refreshToken: null, idToken: null },
          }),
        },
      },
      session: {
        create: {
          // A disabled person has no session left and gets no new one.
          before: async ({ userId }) => {
            const found = await database.query('select is_disabled from users where id = $1', [userId]);
            return found.rows[0]?.is_disabled === false;
          },
        },
      },
    },
    plugins: [
      ...(oidc ? [genericOAuth({ config: [providerOf(oidc)] })] : []),
      twoFactor({
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'two_factors',
            fields: {
              userId: 'user_id',
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
    ],
    advanced: {
      cookiePrefix: 'pulse',
      useSecureCookies: origin?.startsWith('https:') ?? false,
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true, path: '/' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
  });
}

let passwords: ReturnType<typeof create> | null = null;
let provided: ReturnType<typeof create> | null = null;

export function auth() {
  passwords ??= create(null);
  return passwords;
}

/** Apart from the other, so that a provider who does not answer keeps nobody from signing in by password. */
export function singleSignOn(oidc: Oidc) {
  provided ??= create(oidc);
  return provided;
}
