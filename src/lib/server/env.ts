import { z } from 'zod';

const schema = z.object({
  WAREHOUSE_URL: z.string().min(1),
  CUBE_URL: z.url(),
  PULSE_SECRET: z.string().min(16),
  PULSE_HOME: z.string().optional(),
  /** The address people type, when a proxy stands in front; decides about secure cookies. */
  ORIGIN: z.url().optional(),
});

export type Env = {
  warehouseUrl: string;
  cubeUrl: string;
  secret: string;
  home: string | null;
  origin: string | null;
};

let known: Env | null = null;

/** Read once; a wrong variable is named, its value never printed. */
export function env(): Env {
  known ??= readEnv(process.env);
  return known;
}

export function readEnv(source: Record<string, string | undefined>): Env {
  const { data, error } = schema.safeParse(source);
  if (!data) {
    const wrong = [...new Set(error.issues.map((issue) => issue.path.join('.')))];
    throw new Error(`These environment variables are missing or wrong: ${wrong.join(', ')}`);
  }
  return {
    warehouseUrl: data.WAREHOUSE_URL,
    cubeUrl: data.CUBE_URL.replace(/\/+$/, ''),
    secret: data.PULSE_SECRET,
    home: data.PULSE_HOME ?? null,
    origin: data.ORIGIN ?? null,
  };
}
