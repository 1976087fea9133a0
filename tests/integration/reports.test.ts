import { simpleParser, type ParsedMail } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatExact, formatValue } from '../../src/lib/format.ts';
import { claim, history, hold, markSent, sendAgain } from '../../src/lib/server/reports/deliveries.ts';
import { sign } from '../../src/lib/server/reports/token.ts';
import { byLink, leave } from '../../src/lib/server/reports/unsubscribe.ts';
import { open } from '../../src/lib/server/reports/mail.ts';
import { preview } from '../../src/lib/server/reports/orders.ts';
import { render } from '../../src/lib/server/reports/render.ts';
import type { publish } from '../../src/lib/server/reports/edition.ts';
import { createRunner } from '../../src/lib/server/reports/run.ts';
import * as schedules from '../../src/lib/server/reports/schedules.ts';
import { close, warehouse } from '../../src/lib/server/warehouse.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { makeKpi, makePage } from '../unit/reports/page.ts';
import { openServer, type TestServer } from './reports-server.ts';

// Failures are what is tried here; their logs would only hide the results.
vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

let database: Database;
let server: TestServer;
let made: string[] = [];

/** The page of the contract with a first figure that tells whose rows it was made of. */
const page = (of: string, locale: 'ru' | 'en') =>
  makePage({ locale, kpis: [makeKpi({ title: `Rows of ${of}` }), ...makePage().kpis.slice(1)] });

const makeReport: typeof publish = async (_, viewer, sender) => {
  const of = viewer.access === 'company' ? 'all' : viewer.name;
  made.push(`${of} ${viewer.locale}`);
  return render(page(of, viewer.locale), {
    company: 'Вектор',
    baseUrl: 'https://pulse.example',
    ...(sender && { sender }),
  });
};

const runner = (worker: string, hands = 5) =>
  createRunner({ worker, hands, makeReport, openMailer: () => open({ url: server.url, from: server.from }) });

beforeAll(async () => {
  database = await createDatabase();
  server = await openServer();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1/cubejs-api',
    PULSE_SECRET: 'a secret of a test that is long',
    ORIGIN: 'https://pulse.example',
  });
  const person = (id: string, name: string, role: string, locale: string) =>
    database.query(
      `insert into app.users (id, name, email, role, locale) values ($1, $2, $1 || '@example.com', $3, $4)`,
      [id, name, role, locale],
    );
  await person('boss', 'Анна Петрова', 'executive', 'ru');
  await person('second', 'Boris', 'executive', 'ru');
  await person('head', 'Head', 'head', 'en');
  await person('gone', 'Gone', 'head', 'en');
  await database.query(
    `insert into core.dim_teams (source, source_id, name) values ('crm', 'north', 'North')`,
  );
  await database.query(
    `insert into app.user_teams (user_id, source, source_id) values ('head', 'crm', 'north')`,
  );
  await database.query(`update app.users set is_disabled = true where id = 'gone'`);
});

afterAll(async () => {
  await close();
  await server.close();
  await database.drop();
});

beforeEach(async () => {
  server.reset();
  made = [];
  await database.query('delete from app.schedules');
  await database.query('delete from app.deliveries');
});

/** A schedule that was due a moment ago. */
async function schedule(recipients: schedules.Recipient[], change: Partial<schedules.NewSchedule> = {}) {
  const added = await schedules.add({
    title: 'Утренний отчёт',
    page: 'home',
    state: '',
    owner_id: 'boss',
    cron: '0 9 * * *',
    timezone: 'Europe/Moscow',
    recipients,
    ...change,
  });
  await makeDue(added.id);
  return added.id;
}

const makeDue = (id: string) =>
  database.query(`update app.schedules set next_run_at = now() - interval '1 minute' where id = $1`, [id]);

type Row = {
  recipient: string;
  status: string;
  attempts: number;
  error: string | null;
  message_id: string;
  wait: number;
};
const rows = () =>
  database.query<Row>(
    `select recipient, status, attempts, error, message_id,
            extract(epoch from next_attempt_at - now())::int as wait
       from app.deliveries order by recipient`,
  );

describe('a mail that arrived', () => {
  let mail: ParsedMail;
  const sent = page('all', 'ru');

  beforeEach(async () => {
    await schedule([{ email: 'Boss@example.com', locale: 'ru', user_id: 'boss' }]);
    await runner('one').tick();
    mail = await simpleParser(server.received[0]?.source ?? '');
  });

  test('has the figures of the page in both parts', () => {
    const html = mail.html || '';
    for (const kpi of sent.kpis) {
      const value = formatValue(kpi.value, kpi.unit, sent);
      expect(html).toContain(`>${value}<`);
      expect(mail.text).toContain(`${kpi.title}: ${value}`);
    }
    for (const block of sent.charts.filter(({ spec }) => spec.kind === 'bar')) {
      for (const value of block.rows.flatMap(({ values }) => values)) {
        expect(html).toContain(formatExact(value, 'money', sent));
        expect(mail.text).toContain(formatExact(value, 'money', sent));
      }
    }
    expect(mail.subject?.replace(/\s/g, ' ')).toBe('Вектор: Rows of all 12,3 млн ₽ (+12 %), 1–21 нояб. 2026');
  });

  test('carries each picture as an inline PNG that the HTML shows', async () => {
    const raw = await simpleParser(server.received[0]?.source ?? '', { skipImageLinks: true });
    expect(mail.attachments).toHaveLength(6);
    for (const { cid, content, contentType, contentDisposition, related } of mail.attachments) {
      expect([contentType, contentDisposition, related]).toEqual(['image/png', 'inline', true]);
      expect(content.subarray(1, 4).toString()).toBe('PNG');
      expect(raw.html).toContain(`src="cid:${cid}"`);
    }
    const widths = Object.fromEntries(
      mail.attachments.map(({ filename, content }) => [filename, content.readUInt32BE(16)]),
    );
    expect(widths).toMatchObject({ 'won_trend.png': 880, 'won_by_team.png': 880, 'won_amount.png': 504 });
  });

  test('is addressed to one, from us, under a name that a second try would have too', async () => {
    expect(mail.to).toMatchObject({ value: [{ address: 'boss@example.com' }] });
    expect(mail.from?.value[0]).toMatchObject(server.from);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    const [row] = await rows();
    expect(row).toMatchObject({ recipient: 'boss@example.com', status: 'sent', attempts: 1, error: null });
    expect(mail.messageId).toBe(row?.message_id);
  });
});

describe('recipients', () => {
  test('get their own rows, those outside the rows of the owner, equal rights one report', async () => {
    await schedule([
      { email: 'partner@example.org', locale: 'ru' },
      { email: 'old-address@example.com', locale: 'ru', user_id: 'second' },
      { email: 'boss@example.com', locale: 'ru', user_id: 'boss' },
      { email: 'head@example.com', locale: 'en', user_id: 'head' },
      { email: 'HEAD@example.com', locale: 'en' },
      { email: 'gone@example.com', locale: 'en', user_id: 'gone' },
    ]);
    await runner('one').tick();
    const got = new Map(server.received.map(({ to, source }) => [to, source]));
    expect([...got.keys()].sort()).toEqual([
      'boss@example.com',
      'head@example.com',
      'partner@example.org',
      'second@example.com',
    ]);
    const subject = async (to: string) => (await simpleParser(got.get(to) ?? '')).subject;
    expect(await subject('partner@example.org')).toContain('Rows of all');
    expect(await subject('head@example.com')).toContain('Rows of Head');
    expect(made.sort()).toEqual(['Head en', 'all ru']);
    const gone = (await rows()).find(({ recipient }) => recipient === 'gone@example.com');
    expect(gone).toMatchObject({ status: 'discarded', error: "The recipient's account is closed." });
  });

  test('share a report where both rows and role are equal, and only there', async () => {
    await database.query(
      `insert into app.users (id, name, email, role, locale) values ('ads', 'Ads', 'ads@example.com', 'marketing', 'ru'),
         ('deputy', 'Deputy', 'deputy@example.com', 'head', 'en')`,
    );
    await database.query(
      `insert into app.user_teams (user_id, source, source_id) values ('deputy', 'crm', 'north')`,
    );
    const of = (user_id: string) => ({ email: `${user_id}@example.com`, locale: null, user_id });
    await schedule(['boss', 'second', 'ads', 'head', 'deputy'].map(of));
    await runner('one', 1).tick();
    expect(server.received).toHaveLength(5);
    // marketing sees the same rows as the executives, but not the incidents of sales
    expect(made.map((one) => one.split(' ')[1]).sort()).toEqual(['en', 'ru', 'ru']);
    await database.query(`delete from app.users where id in ('ads', 'deputy')`);
  });

  test('who were removed, with their account or from the list, get nothing', async () => {
    const id = await schedule([
      { email: 'temp@example.com', locale: 'ru', user_id: 'temp' },
      { email: 'off@example.org', locale: 'ru' },
    ]);
    await database.query(
      `insert into app.users (id, name, email) values ('temp', 'Temp', 'temp@example.com')`,
    );
    await schedules.materialise();
    await database.query(`delete from app.users where id = 'temp'`);
    await database.query(`update app.schedules set recipients = recipients - 1 where id = $1`, [id]);
    await runner('one').tick();
    expect(server.received).toEqual([]);
    expect((await rows()).map(({ status }) => status)).toEqual(['discarded', 'discarded']);
  });

  test('that the server refuses or wants later harm no other', async () => {
    server.refuse('bad@example.org', 550, '5.1.1 no such user');
    server.refuse('grey@example.org', 451, '4.7.1 come back later');
    const others = Array.from({ length: 5 }, (_, at) => `ok${at}@example.org`);
    await schedule(
      [...others, 'bad@example.org', 'grey@example.org', 'not an address'].map((email) => ({
        email,
        locale: 'ru',
      })),
    );
    await runner('one').tick();
    expect(server.received.map(({ to }) => to).sort()).toEqual(others);
    const found = Object.fromEntries((await rows()).map((row) => [row.recipient, row]));
    expect(found['bad@example.org']).toMatchObject({ status: 'failed', attempts: 1 });
    expect(found['bad@example.org']?.error).toContain('no such user');
    expect(found['not an address']).toMatchObject({ status: 'failed' });
    expect(found['grey@example.org']).toMatchObject({ status: 'queued', attempts: 1 });
    expect(found['grey@example.org']?.error).toContain('come back later');
    expect(found['grey@example.org']?.wait).toBeGreaterThan(50);

    server.reset();
    await runner('two').tick();
    expect(server.received).toEqual([]);
    await database.query(`update app.deliveries set next_attempt_at = now() where status = 'queued'`);
    await runner('two').tick();
    expect(server.received.map(({ to }) => to)).toEqual(['grey@example.org']);
  });
});

describe('copies', () => {
  const hidden = ['hidden@example.org', 'refused-hidden@example.org'];
  const all = [
    { email: 'to@example.org', locale: 'ru' as const },
    { email: 'refused-to@example.org', locale: 'ru' as const },
    { email: 'cc@example.org', locale: 'en' as const, part: 'cc' as const },
    { email: 'refused-cc@example.org', locale: 'en' as const, part: 'cc' as const },
    ...hidden.map((email) => ({ email, locale: 'ru' as const, part: 'bcc' as const })),
  ];
  const open = ['cc@example.org', 'hidden@example.org', 'to@example.org'];

  beforeEach(async () => {
    for (const { email } of all.filter(({ email }) => email.startsWith('refused')))
      server.refuse(email, 550, '5.1.1 no such user');
    await schedule(all);
    await runner('one').tick();
  });

  test('go to those whom the server takes, each with all of To and Cc in its head, and the others fail alone', async () => {
    expect(server.received.map(({ to }) => to).sort()).toEqual(open);
    // a copy for two would let the server tell one of the other
    expect(server.seen).toHaveLength(open.length);
    for (const { source } of server.received) {
      const { to, cc } = await simpleParser(source);
      expect(
        [to, cc].map((list) => [list ?? []].flat().flatMap(({ value }) => value.map((one) => one.address))),
      ).toEqual([
        ['to@example.org', 'refused-to@example.org'],
        ['cc@example.org', 'refused-cc@example.org'],
      ]);
    }
    expect((await rows()).map(({ recipient, status, attempts }) => [recipient, status, attempts])).toEqual(
      all.map(({ email }) => [email, email.startsWith('refused') ? 'failed' : 'sent', 1]).sort(),
    );
  });

  test('of those unseen are known to nobody else: no word of a letter names them, in whatever code', async () => {
    for (const { to, source } of server.received) {
      const { headerLines, html, text, attachments } = await simpleParser(source);
      // what a server returns of a letter that comes back is this, or a part of it
      const parts = [
        source,
        ...headerLines.map(({ line }) => line),
        String(html),
        text ?? '',
        ...attachments.map(({ content }) => content.toString('latin1')),
      ];
      const said = parts.flatMap((part) => [part, ...decoded(part)]).join('\n');
      expect(hidden.filter((one) => said.includes(one))).toEqual(hidden.filter((one) => one === to));
      expect(headerLines.map(({ key }) => key)).not.toContain('bcc');
    }
  });

  /** The claims of signed links, which name whoever they were made for. */
  function decoded(text: string): string[] {
    return (text.match(/[\w-]{16,}/g) ?? []).map((one) => Buffer.from(one, 'base64url').toString('utf8'));
  }
});

describe('trouble', () => {
  test('without SMTP_URL every delivery fails with what to set', async () => {
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await createRunner({ worker: 'one', makeReport }).tick();
    expect((await rows())[0]).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('set SMTP_URL'),
    });
  });

  test('a page nobody knows is discarded, one without a single figure tried again', async () => {
    await schedule([{ email: 'a@example.org', locale: 'ru' }], { page: 'nowhere' });
    const openMailer = () => open({ url: server.url, from: server.from });
    await createRunner({ worker: 'one', openMailer }).tick();
    expect((await rows())[0]).toMatchObject({
      status: 'discarded',
      error: 'There is no page "nowhere" any more.',
    });

    await database.query('delete from app.schedules');
    await database.query(
      `insert into ops.sources (source, kind, entities, fresh_at) values ('crm', 'files', '{deals}', now())`,
    );
    const [run] = await database.query<{ run_id: string }>(
      `insert into ops.runs (source, status) values ('crm', 'succeeded') returning run_id`,
    );
    await database.query(
      `insert into ops.run_streams (run_id, stream, entity, is_full, read, inserted) values ($1, 'deals', 'deals', true, 1, 1)`,
      [run?.run_id],
    );
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await createRunner({ worker: 'one', openMailer }).tick();
    expect((await rows())[0]).toMatchObject({
      status: 'queued',
      attempts: 1,
      error: expect.stringContaining('None of the figures'),
    });
    expect(server.received).toEqual([]);
  });

  test('a server that hangs up after the text is tried again under the same name', async () => {
    server.dropNext();
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await runner('one').tick();
    expect((await rows())[0]).toMatchObject({ status: 'queued', attempts: 1 });
    await database.query('update app.deliveries set next_attempt_at = now()');
    await runner('one').tick();
    const names = await Promise.all(
      server.seen.map(async (source) => (await simpleParser(source)).messageId),
    );
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(1);
    expect((await rows())[0]).toMatchObject({ status: 'sent', attempts: 2 });
  });
});

describe('many workers', () => {
  test('send each mail once', async () => {
    const recipients = Array.from({ length: 120 }, (_, at) => ({
      email: `r${at}@example.org`,
      locale: 'ru' as const,
    }));
    const ids = await Promise.all([schedule(recipients), schedule(recipients)]);
    expect(ids).toHaveLength(2);
    const workers = ['one', 'two', 'three'].map((name) => runner(name));
    await Promise.all(workers.flatMap((one) => [one.tick(), one.tick()]));
    await Promise.all(workers.map((one) => one.stop()));
    expect(server.received).toHaveLength(240);
    const names = await Promise.all(
      server.received.map(async ({ source }) => /^Message-ID: (.*)$/im.exec(source)?.[1]),
    );
    expect(new Set(names).size).toBe(240);
    expect(new Set((await rows()).map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(
      new Set(['sent 1']),
    );
  });

  test('take over what a killed one held, and it can no longer write', async () => {
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await schedules.materialise();
    const dead = await claim('dead', 0.2);
    expect(await claim('early')).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const heir = await claim('heir');
    expect(heir?.id).toBe(dead?.id);
    if (!dead || !heir) throw new Error('Nothing was claimed');
    expect(await hold(dead)).toBe(false);
    expect(await hold(heir)).toBe(true);
    await markSent(dead, '<x@y>');
    expect((await rows())[0]).toMatchObject({ status: 'rendering', attempts: 2 });
  });

  test('give up a letter that ends each worker that makes it', async () => {
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await schedules.materialise();
    await database.query(`update app.deliveries set attempts = 12`);
    await runner('one').tick();
    expect((await rows())[0]).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('each time the worker ended'),
    });
    expect(server.received).toEqual([]);
  });

  test('that end give back what they had not begun to send', async () => {
    await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow: typeof publish = async (...all) => (await gate, makeReport(...all));
    const ending = createRunner({
      worker: 'one',
      makeReport: slow,
      openMailer: () => open({ url: server.url, from: server.from }),
    });
    const tick = ending.tick();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = ending.stop();
    release();
    await Promise.all([tick, stopped]);
    expect(server.received).toEqual([]);
    expect((await rows())[0]).toMatchObject({ status: 'queued', attempts: 0 });
  });
});

describe('the clock of schedules', () => {
  test('makes up for many missed runs with one', async () => {
    const id = await schedule([{ email: 'a@example.org', locale: 'ru' }], {
      cron: '0 * * * *',
      timezone: 'UTC',
    });
    await database.query(`update app.schedules set next_run_at = now() - interval '10 hours' where id = $1`, [
      id,
    ]);
    await runner('one').tick();
    await runner('one').tick();
    expect(server.received).toHaveLength(1);
    const next = (await schedules.find(id))?.next_run_at?.getTime() ?? 0;
    expect(next).toBeGreaterThan(Date.now());
    expect(next).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  test('leaves a paused schedule alone and pauses one that names no time', async () => {
    const paused = await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    const broken = await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    await database.query('update app.schedules set is_paused = true where id = $1', [paused]);
    await database.query(`update app.schedules set cron = 'whenever' where id = $1`, [broken]);
    await runner('one').tick();
    expect(await rows()).toEqual([]);
    expect((await schedules.find(broken))?.is_paused).toBe(true);
  });

  test('lists what there is, with its owner', async () => {
    const id = await schedule([{ email: 'a@example.org', locale: 'ru' }]);
    expect(await schedules.list()).toMatchObject([
      { id, title: 'Утренний отчёт', owner: 'boss@example.com', recipients: 1 },
    ]);
    expect(await schedules.find('home')).toBeNull();
    expect(await warehouse()('app.schedules').count()).toEqual([{ count: 1 }]);
  });
});

describe('an occasion', () => {
  const edition = (id: string) =>
    database.query<Row>(
      `select recipient, status, attempts, error, message_id, 0 as wait from app.deliveries where schedule_id = $1 order by run_at`,
      [id],
    );

  test('that figures have not changed is none', async () => {
    const marked: typeof publish = async (...all) => ({
      ...(await makeReport(...all)),
      fingerprint: 'the same',
    });
    const openMailer = () => open({ url: server.url, from: server.from });
    const id = await schedule([{ email: 'a@example.org', locale: 'ru' }], {
      send_when: 'changed',
      cron: '* * * * *',
    });
    await createRunner({ worker: 'one', makeReport: marked, openMailer }).tick();
    await database.query(`update app.schedules set next_run_at = now() - interval '1 second' where id = $1`, [
      id,
    ]);
    await createRunner({ worker: 'two', makeReport: marked, openMailer }).tick();
    expect((await edition(id)).map(({ status, error }) => [status, error])).toEqual([
      ['sent', null],
      ['discarded', 'Nothing has changed since the last report.'],
    ]);
    expect(server.received).toHaveLength(1);
  });

  test('waits for late data, not for ever, and says then what is late', async () => {
    await database.query('delete from ops.sources');
    await database.query(
      `insert into ops.sources (source, kind, entities, schedule, due_at) values ('crm', 'files', '{deals}', '0 6 * * *', now() - interval '1 minute')`,
    );
    const late: string[][] = [];
    const seen: typeof publish = (asked, ...rest) => {
      late.push(asked.late ?? []);
      return makeReport(asked, ...rest);
    };
    const openMailer = () => open({ url: server.url, from: server.from });
    const id = await schedule([{ email: 'a@example.org', locale: 'ru' }], { fresh_within: 30 });
    await createRunner({ worker: 'one', makeReport: seen, openMailer }).tick();
    expect((await edition(id))[0]).toMatchObject({
      status: 'queued',
      attempts: 0,
      error: 'Waits for fresh data: crm',
    });
    await database.query(
      `update app.deliveries set next_attempt_at = now(), run_at = now() - interval '31 minutes' where schedule_id = $1`,
      [id],
    );
    await createRunner({ worker: 'one', makeReport: seen, openMailer }).tick();
    expect((await edition(id))[0]).toMatchObject({ status: 'sent', attempts: 1 });
    expect(late).toEqual([['crm']]);
    await database.query('delete from ops.sources');
  });
});

describe('groups and rights', () => {
  test('a role is whoever has it, in their own language; who sees no rows gets nothing and the owner is told once', async () => {
    await database.query(
      `insert into app.users (id, name, email, role, locale) values ('bare', 'Bare', 'bare@example.com', 'manager', 'en')`,
    );
    const id = await schedule([
      { email: 'Role: Executives', locale: null, group: 'role:executive' },
      { email: 'bare@example.com', locale: null, user_id: 'bare' },
    ]);
    await runner('one').tick();
    expect(server.received.map(({ to }) => to).sort()).toEqual(['boss@example.com', 'second@example.com']);
    expect((await rows()).find(({ recipient }) => recipient === 'bare@example.com')).toMatchObject({
      status: 'discarded',
      error: expect.stringContaining('may see no rows'),
    });
    server.reset();
    await runner('one').tick();
    await runner('two').tick();
    expect(server.received.map(({ to }) => to)).toEqual(['boss@example.com']);
    const digest = await simpleParser(server.received[0]?.source ?? '');
    expect(digest.subject).toContain('недоставленные отчёты');
    expect(digest.text).toContain('bare@example.com');
    // nor is there anything to look at as them
    const asked = { what: id, as: 'bare@example.com' };
    await expect(preview({ ...asked, form: 'html' })).rejects.toThrow('may see no rows');
    await database.query(`delete from app.users where id = 'bare'`);
    await database.query(`delete from app.deliveries where event = 'failures'`);
    expect(await schedules.find(id)).not.toBeNull();
  });

  test('who unsubscribed by the link of the mail gets the next ones no more', async () => {
    const id = await schedule([
      { email: 'a@example.org', locale: 'ru' },
      { email: 'b@example.org', locale: 'ru' },
    ]);
    const token = sign('unsubscribe', [id, 'a@example.org'], null);
    expect(await byLink(token)).toMatchObject({ title: 'Утренний отчёт', is_out: false });
    expect(await byLink(`${token}x`)).toBeNull();
    expect(await byLink(sign('file', [id, 'a@example.org'], null))).toBeNull();
    expect(await leave(token, false)).toBe(true);
    await runner('one').tick();
    expect(server.received.map(({ to }) => to)).toEqual(['b@example.org']);
    expect(server.received[0]?.source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    expect(server.received[0]?.source).not.toContain('unsubscribe-->');
  });

  test('those who failed get it again by a button, the others do not', async () => {
    server.refuse('bad@example.org', 550, '5.1.1 no such user');
    const id = await schedule([
      { email: 'bad@example.org', locale: 'ru' },
      { email: 'ok@example.org', locale: 'ru' },
    ]);
    await runner('one').tick();
    server.reset();
    const [run] = await history(id);
    expect(run?.deliveries.map(({ recipient, status }) => [recipient, status])).toEqual([
      ['bad@example.org', 'failed'],
      ['ok@example.org', 'sent'],
    ]);
    expect(await sendAgain(id, run?.run_at ?? new Date())).toBe(1);
    await runner('one').tick();
    expect(server.received.map(({ to }) => to)).toEqual(['bad@example.org']);
    await database.query(`delete from app.deliveries where event = 'failures'`);
  });

  test('a name cannot become a header, and an address may be of any script', async () => {
    await schedule([{ email: 'почта@пример.рф', locale: 'ru' }], { title: 'A\r\nBcc: evil@example.org' });
    await runner('one').tick();
    expect(server.received.map(({ to }) => to)).toHaveLength(1);
    expect(server.received[0]?.source.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
  });
});
