import { z } from 'zod';

/** How one field of an entity is made of the columns of a source. */
export const column = z.string().min(1);
export const scalar = z.union([z.string(), z.number(), z.boolean()]);

const ownShape = {
  from: z
    .union([column, z.array(column).min(1)])
    .optional()
    .describe('column, or columns to join or coalesce'),
  value: scalar.optional().describe('a constant'),
  join: z.string().optional().describe('text put between the columns of a list'),
  coalesce: z.literal(true).optional().describe('take the first of the columns that is filled'),
  trim: z.literal(true).optional().describe('done to every text anyway'),
  lower: z.literal(true).optional(),
  upper: z.literal(true).optional(),
  split: z.strictObject({ by: z.string().min(1), take: z.int().min(1) }).optional(),
  extract: z
    .string()
    // PostgreSQL's own way to begin: (?i) and the like.
    .refine((pattern) => isPattern(pattern.replace(/^\(\?[a-z]+\)/, '')), 'expected a regular expression')
    .optional()
    .describe('regular expression; its first group, else the whole match, is kept'),
  prefix: z.string().optional().describe('put before the value, e.g. to tell ids of two lists apart'),
  format: z.string().optional().describe('date form: yyyy-MM-dd, dd.MM.yyyy HH:mm, MMM-yy, epoch, epoch_ms'),
  plus_minutes: column.optional().describe('column with minutes that are added to a time'),
  number: z
    .strictObject({ decimal: z.enum(['.', ',']).optional(), divide: z.number().positive().optional() })
    .optional(),
  map: z.record(z.string(), scalar.nullable()).optional().describe('value in the source: value in Pulse'),
  default: scalar.optional().describe('used where the source has nothing, or nothing in the map'),
};

/** What may be said of a field, each word with a meaning of its own. */
export const ownWords = [...Object.keys(ownShape), 'or'];

type FieldObject = z.infer<z.ZodObject<typeof ownShape>> & { or?: FieldSpec | undefined };
export type FieldSpec = string | FieldObject;

const fieldObject: z.ZodType<FieldObject> = z
  .strictObject({
    ...ownShape,
    or: z
      .lazy(() => fieldSchema)
      .optional()
      .describe('another field, taken where this one has nothing'),
  })
  .refine(
    (spec) => (spec.from === undefined) !== (spec.value === undefined),
    'expected either «from» or «value»',
  );

export const fieldSchema: z.ZodType<FieldSpec> = z.union([
  column.describe('the column that is taken as it is'),
  fieldObject,
]);

export function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
