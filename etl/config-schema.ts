import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { incidents } from './config-incidents.ts';
import { sourceSchema, timezone, type EnteredSource } from './config-sources.ts';
import { usualPauses } from './retry.ts';

/**
 * The form of `pulse.yaml`. One description serves three uses: checking, TypeScript types,
 * and the JSON Schema that editors complete from (`pulse config schema`).
 */
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'expected a three-letter currency code such as RUB')
  .describe('ISO 4217 code, e.g. RUB');

const days = z.int().positive();
export const configSchema = z
  .strictObject({
    company: z.string().optional().describe('shown as the title'),
    reporting: z.strictObject({
      timezone,
      currency,
      language: z.enum(['ru', 'en']).default('en'),
      country: z
        .string()
        .refine((code) => isSupportedCountry(code), 'expected a country code such as RU')
        .optional()
        .describe(
          'ISO 3166 code of the country whose phone numbers are written without +; told by the currency if left out',
        ),
    }),
    limits: z
      .strictObject({
        first_response_hours: z.number().positive().default(24),
        callback_hours: z.number().positive().default(2),
        answer_seconds: z.number().positive().default(20),
        churn_days: days.default(365),
        contact_days: z
          .strictObject({
            gold: days.default(14),
            silver: days.default(21),
            bronze: days.default(21),
            occasional: days.default(21),
          })
          .prefault({}),
        active_customers: z.tuple([z.int().min(0), z.int().min(0)]).default([50, 100]),
      })
      .prefault({})
      .describe('limits that figures are judged by'),
    incidents,
    reports: z
      .strictObject({
        allowed_domains: z
          .array(z.string().regex(/^[^\s@]+\.[^\s@.]+$/, 'expected a domain such as example.com'))
          .default([])
          .describe('domains of addresses outside Pulse that reports may be sent to'),
      })
      .default({ allowed_domains: [] }),
    loading: z
      .strictObject({
        retry_minutes: z
          .array(z.number().positive())
          .min(1)
          .default(usualPauses)
          .describe('pauses before a failed load by schedule is tried again; the last one repeats'),
      })
      .prefault({}),
    sources: z.record(
      z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a name of small letters, digits and _'),
      sourceSchema,
    ),
  })
  .describe('Pulse: what a company is loaded from');

type Given = z.infer<typeof configSchema>;
export type Config = Omit<Given, 'sources'> & {
  path: string;
  /** what the file itself says of limits and incidents, e.g. `limits.churn_days` (see chosen.ts) */
  given: string[];
  sources: Record<string, Given['sources'][string] | EnteredSource>;
};
export type Source = Config['sources'][string];
export type Stream = Source['streams'][number];
