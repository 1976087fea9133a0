import { betterAuth } from 'better-auth';
import { twoFactor } from 'better-auth/plugins';
import pg from 'pg';
import { env } from './env.ts';
import { log } from './log.ts';

/** Better-auth takes only requests the app makes for it (see sign-in); its own routes are not on the network. */
export const authUrl = 'http://pulse.internal/api/auth';
export const addressHeader = 'x-pulse-address';

const day = 86_400;

function create() {
  const { warehouseUrl, secret, origin } = env();
  const database = new pg.Pool({
    connectionString: warehouseUrl,
    // it knows no schema names, so its connections live in ours
    options: '-c search_path=app',
    application_name: 'pulse sign-in',
    max: 5,
  });
  // An idle connection that dies with the database is replaced; without a listener it would end the app.
  database.on('error', (error) => log.warn({ err: error }, 'A connection for sign-in was lost'));
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
      expiresIn: 14 * day,
      updateAge: day,
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
        '/change-password': { window: 60, max: 10 },
        '/reset-password': { window: 60, max: 10 },
        '/two-factor/*': { window: 60, max: 20 },
      },
    },
    databaseHooks: {
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

let known: ReturnType<typeof create> | null = null;

export function auth() {
  known ??= create();
  return known;
}
