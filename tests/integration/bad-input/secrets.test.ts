import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { readConfig } from '../../../etl/config.ts';
import { previewSources } from '../../../etl/preview.ts';
import { runSources } from '../../../etl/run.ts';
import { send, startServer } from '../etl/rest-server.ts';
import { openCompany, type Company } from '../etl/company.ts';

// Everything that failing runs of each kind of source leave behind is searched for the secrets of their configuration.
const secret = 'S3cr3t/+Wörd&9f8e7d6c5b4a';
let company: Company;
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  process.env.PULSE_SECRET ??= 'a secret of the tests';
  company = await openCompany();
  server = await startServer((_, response) => send(response, {}));
});
afterAll(async () => {
  await server.stop();
  await company.database.drop();
});

const inPath = encodeURIComponent(secret);
const spelled = JSON.stringify(secret);
const goods = 'entity: products, key: id, fields: { name: name }';
const rest = (url: string, more = '') =>
  `{ kind: rest, url: ${JSON.stringify(url)}, ${more} streams: [{ from: crm.deal.list.json, ${goods} }] }`;
const remote = (path: string, more = '') =>
  `{ kind: files, path: ${JSON.stringify(path)}, ${more} streams: [{ ${goods} }] }`;
const sql = (connection: string) =>
  `{ kind: sql, connection: ${JSON.stringify(connection)}, streams: [{ from: goods, ${goods} }] }`;
const tap = (script: string, more = '') =>
  `{ kind: singer, command: ${process.execPath}, args: [-e, ${JSON.stringify(script)}, --], config: { token: ${spelled} }, ${more} streams: [{ from: goods, ${goods} }] }`;

const sources = (): Record<string, string> => {
  const { url, port } = server;
  const database = new URL(company.database.url);
  database.password = inPath;
  database.username = 'nobody_of_that_name';
  return {
    bitrix_in_path: rest(`${url}/rest/1/${inPath}`),
    in_query: rest(`${url}/?key=${inPath}`),
    in_user: rest(`http://user:${inPath}@127.0.0.1:${port}/`),
    not_an_address: rest(`http://[${inPath}/x`),
    other_protocol: rest(`ftp://x/${inPath}`),
    bearer: rest(url, `auth: { kind: bearer, token: ${spelled} },`),
    basic: rest(url, `auth: { kind: basic, user: u, password: ${spelled} },`),
    header: rest(url, `auth: { kind: header, name: x-key, value: ${spelled} },`),
    oauth: rest(
      url,
      `auth: { kind: oauth2, token_url: "${url}/token", client_id: c, client_secret: ${spelled}, refresh_token: ${spelled} },`,
    ),
    forbidden: rest(`http://169.254.169.254/${inPath}`),
    link: remote(`${url}/${inPath}/file.csv?sig=${inPath}`),
    link_header: remote(`${url}/file.csv`, `headers: { authorization: ${spelled} },`),
    bucket: remote('s3://bucket/*.csv', `endpoint: "${url}", key_id: k, secret: ${spelled},`),
    database: sql(database.href),
    no_database: sql(`postgres://u:${inPath}@127.0.0.1:1/x`),
    broken_database: sql(`postgres://u:${inPath}@[/x`),
    maria: sql(`mysql://u:${inPath}@127.0.0.1:1/x`),
    broken_maria: sql(`mysql://u:${inPath}@[/x`),
    oracle: sql(`oracle://u:${inPath}@x/y`),
    tap_says: tap(`console.error('token=' + ${spelled}); console.error(${spelled}); process.exit(1)`),
    tap_prints: tap(`console.log('hello ' + 1)`),
    tap_gone: `{ kind: singer, command: ./no/such/tap, config: { token: ${spelled} }, streams: [{ from: goods, ${goods} }] }`,
    hook: `{ kind: webhook, secret: ${spelled}, streams: [{ ${goods} }] }`,
  };
};

/** The secret as it stands and as each encoding on its way writes it. */
const forms = [
  secret,
  inPath,
  encodeURI(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`u:${secret}`).toString('base64'),
  Buffer.from(secret).toString('hex'),
  'S3cr3t',
  '9f8e7d6c5b4a',
];

async function everything(): Promise<string> {
  const tables = await company.database.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('ops', 'core', 'app', 'staging') and table_type = 'BASE TABLE'`,
  );
  let text = '';
  for (const { name } of tables) {
    const rows = await company.database.query<{ t: string }>(
      `select t::text || encode(convert_to(t::text, 'UTF8'), 'escape') as t from ${name} t limit 10000`,
    );
    text += `${name}\n${rows.map(({ t }) => t).join('\n')}\n`;
  }
  return text;
}

const answers: [name: string, status: number, body: string, type: string][] = [
  ['errors', 500, `{"error":"boom"}`, 'application/json'],
  ['refusals', 403, `{"error":"no"}`, 'application/json'],
  ['pages for people', 200, '<html>Log in</html>', 'text/html'],
  ['redirects', 302, '', 'text/plain'],
];

/** Tried again and again with growing pauses: that takes its time, once. */
const unreachable = { unreachable: rest(`http://127.0.0.1:1/${inPath}`) };

test.each(answers)(
  'failing sources of all kinds give no secret away: %s',
  { timeout: 300_000 },
  async (_, status, body, type) => {
    server.answer((request, response) => {
      response.statusCode = status;
      if (status === 302) response.setHeader('location', `http://other.example${request.url}`);
      // Asked to wait for an hour, a load gives up at once.
      if (status >= 500) response.setHeader('retry-after', '3600');
      send(response, body, type);
    });
    const all = { ...sources(), ...(status === 500 && unreachable) };
    const list = Object.entries(all).map(([name, source]) => `  ${name}: ${source}\n`);
    const path = join(company.folder, 'pulse.yaml');
    writeFileSync(path, `reporting: { timezone: UTC, currency: RUB }\nsources:\n${list.join('')}`);
    const config = readConfig(path);
    const said: string[] = [];
    const keep = (...parts: unknown[]): void => void said.push(parts.map(String).join(' '));
    const written = [console.log, console.error, console.warn];
    [console.log, console.error, console.warn] = [keep, keep, keep];
    try {
      const runs = await runSources({ warehouseUrl: company.database.url, config, log: keep });
      said.push(JSON.stringify(runs));
      const failed = runs.filter((run) => run.status === 'failed').map(({ source }) => source);
      expect(failed.length).toBeGreaterThan(20);
      for (const run of runs.filter(({ status }) => status === 'failed'))
        expect(run.error).toMatch(/\w+ \w+/);
      const previews = await previewSources(config, { warehouseUrl: company.database.url });
      said.push(JSON.stringify(previews));
    } finally {
      [console.log, console.error, console.warn] = written as [
        typeof console.log,
        typeof console.error,
        typeof console.warn,
      ];
    }
    const left = `${said.join('\n')}\n${await everything()}`;
    expect(left).toContain('bitrix_in_path');
    for (const form of forms) {
      const at = left.indexOf(form);
      expect(at < 0 ? '' : left.slice(Math.max(0, at - 200), at + 80), form).toBe('');
    }
  },
);
