import { z } from 'zod';

const schema = z.object({
  WAREHOUSE_URL: z.string().min(1),
  CUBE_URL: z.url(),
  PULSE_SECRET: z.string().min(16),
  PULSE_HOME: z.string().optional(),
  /** The address people type, when a proxy stands in front; decides about secure cookies. */
  ORIGIN: z.url().optional(),
});

const yes = z
  .enum(['true', 'false', ''])
  .optional()
  .transform((text) => text === 'true');
const oidcSchema = z.object({
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1),
  OIDC_NAME: z.string().max(60).optional(),
  OIDC_TRUST_EMAIL: yes,
  OIDC_ONLY: yes,
});

/** The company's own way of signing in, by OpenID Connect. */
export type Oidc = {
  /** its address; `/.well-known/openid-configuration` lies below it */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** what people call it */
  name: string;
  /** takes an address for verified although the provider does not say so, as Microsoft Entra ID never does */
  trustsEmail: boolean;
  /** nobody signs in by a password of Pulse */
  isOnly: boolean;
};

export type Env = {
  warehouseUrl: string;
  cubeUrl: string;
  secret: string;
  home: string | null;
  origin: string | null;
  oidc: Oidc | null;
};

let known: Env | null = null;

/** Read once; a wrong variable is named, its value never printed. */
export function env(): Env {
  known ??= readEnv(process.env);
  return known;
}

export function readEnv(source: Record<string, string | undefined>): Env {
  const data = check(schema, source);
  return {
    warehouseUrl: data.WAREHOUSE_URL,
    cubeUrl: data.CUBE_URL.replace(/\/+$/, ''),
    secret: data.PULSE_SECRET,
    home: data.PULSE_HOME ?? null,
    origin: data.ORIGIN ?? null,
    oidc: readOidc(source),
  };
}

function check<Value>(form: z.ZodType<Value>, source: Record<string, string | undefined>): Value {
  const outcome = form.safeParse(source);
  if (outcome.success) return outcome.data;
  const wrong = [...new Set(outcome.error.issues.map((issue) => issue.path.join('.')))];
  throw new Error(`These environment variables are missing or wrong: ${wrong.join(', ')}`);
}

function readOidc(source: Record<string, string | undefined>): Oidc | null {
  if (!Object.keys(oidcSchema.shape).some((name) => source[name])) return null;
  const data = check(oidcSchema, source);
  return {
    issuer: data.OIDC_ISSUER.replace(/\/+$/, ''),
    clientId: data.OIDC_CLIENT_ID,
    clientSecret: data.OIDC_CLIENT_SECRET,
    name: data.OIDC_NAME || new URL(data.OIDC_ISSUER).hostname,
    trustsEmail: data.OIDC_TRUST_EMAIL,
    isOnly: data.OIDC_ONLY,
  };
}
