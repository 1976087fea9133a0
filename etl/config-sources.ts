import { z } from 'zod';
import { column, fieldSchema, isPattern, scalar } from './config-fields.ts';
import { entityNames } from './entities.ts';

export const timezone = z
  .string()
  .refine((zone) => isTimezone(zone), 'expected an IANA time zone such as Europe/Moscow')
  .describe('IANA time zone, e.g. Europe/Moscow');

const reading = {
  encoding: z.string().optional().describe('utf-8, utf-16le, windows-1251, latin1 …; detected if left out'),
  delimiter: z.string().length(1).optional(),
  quote: z.string().length(1).optional(),
  columns: z.array(column).optional().describe('column names of a file without a header'),
  skip_rows: z.int().min(0).optional().describe('lines above the header'),
  skip_lines: z
    .string()
    .refine((pattern) => isPattern(pattern), 'expected a regular expression')
    .optional()
    .describe('regular expression of lines that are no rows, e.g. totals: ^(Total|Итого)'),
  sheet: z.string().optional().describe('sheet of an XLSX workbook; the first if left out'),
  records: z.string().optional().describe('where the rows are in a JSON document, e.g. $.data.items'),
  empty: z.array(z.string()).optional().describe('texts that mean «nothing», e.g. NA'),
};

const stream = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional(),
  entity: z.enum(entityNames),
  key: z
    .union([column, z.array(column).min(1)])
    .optional()
    .describe('columns that identify a row in the source'),
  cursor: column.optional().describe('column that grows with every change; makes the load incremental'),
  vanished: z
    .literal('keep')
    .optional()
    .describe(
      'rows that a full load no longer gives stay as they are: for folders and tables from which old rows are cleared away; marked as deleted if left out',
    ),
  record_url: z
    .string()
    .refine(
      (form) => /^https?:\/\//i.test(form) && form.includes('{id}'),
      'expected an address with {id}, such as https://crm.example.com/invoices/{id}',
    )
    .optional()
    .describe(
      'address of a record in the source, {id} in place of its id there; for records without a field «url» of their own',
    ),
  refs: z
    .record(z.string(), z.string())
    .optional()
    .describe('reference field: the source whose ids it holds'),
  fields: z.record(z.string(), fieldSchema),
};

const seconds = { m: 60, h: 3600, d: 86_400 };
const span = z
  .string()
  .regex(/^\d+(\.\d+)?\s*[mhd]$/, 'expected a span such as 90m, 36h or 8d')
  .transform((text) => parseFloat(text) * seconds[text.at(-1) as keyof typeof seconds]);
const source = {
  schedule: z.string().optional().describe('cron line; loaded at start and by hand if left out'),
  stale_after: span
    .optional()
    .describe('age from which its data are stale: 90m, 36h, 8d; told by the schedule if left out'),
  timezone: timezone.optional().describe('zone of times without an offset; the reporting zone if left out'),
};
/** A source that is asked. What was deleted there shows only where all of it is read. */
const asked = {
  ...source,
  full_every: span
    .optional()
    .describe(
      'streams with a cursor are read whole again after so long, e.g. 7d: finds what was deleted where the source does not tell; never if left out',
    ),
};

const filesForm = z.strictObject({
  kind: z.literal('files'),
  ...asked,
  ...reading,
  path: z
    .string()
    .describe('file, folder or glob, relative to this file; https://…/file.csv; s3://bucket/folder/*.csv'),
  headers: z.record(z.string(), z.string()).optional().describe('sent to an https:// address'),
  endpoint: z.url().optional().describe('address of an S3-compatible storage; Amazon if left out'),
  region: z.string().optional().describe('region of the storage; us-east-1 if left out'),
  key_id: z.string().optional().describe('access key of the storage; read without a signature if left out'),
  secret: z.string().optional().describe('secret key of the storage'),
  max_download_mb: z
    .number()
    .positive()
    .optional()
    .describe('most that one file may have; 20480 if left out'),
  streams: z
    .array(
      z.strictObject({ from: z.string().optional().describe('file name or glob'), ...stream, ...reading }),
    )
    .min(1),
});

/** Files that lie elsewhere are fetched first: a source of its own kind from here on. */
const files = filesForm
  .refine(
    ({ key_id, secret }) => (key_id === undefined) === (secret === undefined),
    'expected both «key_id» and «secret», or neither',
  )
  .transform((given) =>
    /^(https?|s3):\/\//.test(given.path) ? { ...given, kind: 'remote' as const } : given,
  );

const sql = z.strictObject({
  kind: z.literal('sql'),
  ...asked,
  connection: z
    .string()
    .describe('postgres://…, mysql://… or mariadb://… (?ssl=true, ?socket=/path), sqlite:path/to/file.db'),
  timeout_s: z.int().positive().default(3600).describe('how long one query may take'),
  streams: z
    .array(
      z
        .strictObject({
          from: z.string().optional().describe('table'),
          query: z.string().optional().describe('a SELECT, read instead of a table'),
          ...stream,
          empty: reading.empty,
        })
        .refine(
          (s) => (s.from === undefined) !== (s.query === undefined),
          'expected either «from» or «query»',
        ),
    )
    .min(1),
});

const following = {
  path: z.string().describe('where an answer names the next page'),
  end: z.string().optional().describe('path of a flag that is true on the last page'),
  more: z.string().optional().describe('path of a flag that is false on the last page'),
};
const paginate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('next_url'), ...following }),
  z.strictObject({
    kind: z.literal('page'),
    parameter: z.string().default('page'),
    start: z.int().default(1),
    size_parameter: z.string().optional(),
    size: z.int().positive().optional(),
  }),
  z.strictObject({
    kind: z.literal('offset'),
    parameter: z.string().default('offset'),
    limit_parameter: z.string().default('limit'),
    limit: z.int().positive().default(100),
  }),
  z.strictObject({ kind: z.literal('cursor'), parameter: z.string(), ...following }),
  z.strictObject({ kind: z.literal('link_header') }),
]);

const rest = z.strictObject({
  kind: z.literal('rest'),
  ...asked,
  url: z.string().describe('base address'),
  headers: z.record(z.string(), z.string()).optional(),
  auth: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('bearer'), token: z.string() }),
      z.strictObject({ kind: z.literal('basic'), user: z.string(), password: z.string() }),
      z.strictObject({ kind: z.literal('header'), name: z.string(), value: z.string() }),
      z.strictObject({
        kind: z.literal('oauth2'),
        token_url: z.url(),
        client_id: z.string(),
        client_secret: z.string(),
        refresh_token: z
          .string()
          .optional()
          .describe('if given, the token is got with it; else by the client alone'),
        scope: z.string().optional(),
        credentials: z.enum(['body', 'header']).default('body').describe('where token_url wants the client'),
        parameters: z.record(z.string(), z.string()).optional().describe('more that token_url wants'),
      }),
    ])
    .optional(),
  format: z.enum(['json', 'xml']).optional().describe('form of the answers; told by their type if left out'),
  rate: z.strictObject({ per_second: z.number().positive() }).optional().describe('most requests a second'),
  max_answer_mb: z.number().positive().default(64).describe('a longer answer fails the run'),
  streams: z
    .array(
      z.strictObject({
        from: z.string().describe('path below the address'),
        query: z.record(z.string(), scalar).optional(),
        records: z.string().optional().describe('where the rows are in an answer, e.g. $.data'),
        method: z.enum(['GET', 'POST']).default('GET'),
        body: z.record(z.string(), z.unknown()).optional().describe('JSON sent with POST; may hold {since}'),
        parameters_in: z.enum(['query', 'body']).default('query').describe('where paging and since are put'),
        since: z.string().optional().describe('parameter that takes the cursor'),
        since_format: z
          .string()
          .optional()
          .describe(
            'form of the cursor in requests: iso, epoch, epoch_ms or yyyy-MM-dd …; as it came if left out',
          ),
        since_start: z.string().optional().describe('the cursor of a first load, e.g. 2020-01-01'),
        lookback_days: z
          .number()
          .positive()
          .optional()
          .describe('days before the cursor that are read again, for rows that come late'),
        max_pages: z.int().positive().default(100_000).describe('a list that goes on for longer is an error'),
        for_each: z
          .strictObject({
            from: z.string().describe('path of the list'),
            id: column.describe('column of the list whose value stands for {parent}'),
            query: z.record(z.string(), scalar).optional(),
            records: z.string().optional(),
            paginate: paginate.optional(),
          })
          .optional()
          .describe('reads the stream once for each row of a list; rows get the column _parent_id'),
        paginate: paginate.optional(),
        ...stream,
        empty: reading.empty,
      }),
    )
    .min(1),
});

/** A stream whose source itself knows where the last load ended. */
const pushed = { ...stream, cursor: z.never().optional() };

const singer = z.strictObject({
  kind: z.literal('singer'),
  ...asked,
  command: z.string().describe('the tap: a program, or a path relative to this file'),
  args: z.array(z.string()).default([]).describe('its arguments besides --config, --catalog and --state'),
  config: z.record(z.string(), z.unknown()).default({}).describe('settings of the tap'),
  catalog: z.string().optional().describe('catalog file of the tap, relative to this file'),
  discover: z
    .literal(true)
    .optional()
    .describe('asks the tap for its catalog and selects the streams that are named here'),
  env: z.record(z.string(), z.string()).optional().describe('environment of the tap; it sees none of ours'),
  idle_s: z.number().positive().default(600).describe('a tap that is silent for longer is stopped'),
  streams: z
    .array(
      z.strictObject({ from: z.string().describe('stream of the tap'), ...pushed, empty: reading.empty }),
    )
    .min(1),
});

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  ...source,
  secret: z
    .string()
    .min(16, 'expected at least 16 characters')
    .describe('what requests are signed with; whsec_… is read as base64'),
  streams: z.array(z.strictObject({ ...pushed, empty: reading.empty })).min(1),
});

export const sourceSchema = z.discriminatedUnion('kind', [files, sql, rest, singer, webhook]);

export type FilesSource = z.infer<typeof filesForm>;
export type RemoteSource = Omit<FilesSource, 'kind'> & { kind: 'remote' };
export type SqlSource = z.infer<typeof sql>;
export type RestSource = z.infer<typeof rest>;
export type SingerSource = z.infer<typeof singer>;
export type WebhookSource = z.infer<typeof webhook>;
/** What people enter in the product: a source that no configuration names (see entered.ts). */
export type EnteredSource = Omit<WebhookSource, 'kind' | 'secret'> & { kind: 'entered' };

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}
