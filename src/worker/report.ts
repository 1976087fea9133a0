// A job of its own: one verb of `pulse report`; its connections and libraries end with it.
import { extname } from 'node:path';
import { writeAtomically } from '../../schema/postgres/files.ts';
import type { Locale } from '../lib/page.ts';
import { toEml, toHtml } from '../lib/server/reports/file.ts';
import { MailProblem, messageId, open } from '../lib/server/reports/mail.ts';
import { make, ReportProblem } from '../lib/server/reports/report.ts';
import * as schedules from '../lib/server/reports/schedules.ts';
import * as users from '../lib/server/users.ts';
import * as viewers from '../lib/server/viewers.ts';
import { warehouse } from '../lib/server/warehouse.ts';
import type { Viewer } from '../lib/viewer.ts';

export type What = { what: string; as?: string; locale?: Locale; state?: string };
export type Rendered = {
  file: string;
  subject: string;
  bytes: number;
  pictures: number;
  isIncomplete: boolean;
};
export type Sent = { to: string; status: 'sent' | 'failed'; error: string | null; message_id: string };

class Unknown extends Error {}

const verbs = {
  list: schedules.list,

  async render({ file, ...asked }: What & { file: string }): Promise<Rendered> {
    const mail = await prepare(asked);
    const from = { name: 'Pulse', address: 'pulse@localhost' };
    const message = { ...mail, to: 'preview@localhost', messageId: messageId(null, from.address) };
    const content = extname(file) === '.eml' ? (await toEml(message, from)).toString('utf8') : toHtml(mail);
    writeAtomically(file, content);
    const { subject, attachments, isIncomplete } = mail;
    return { file, subject, bytes: Buffer.byteLength(mail.html), pictures: attachments.length, isIncomplete };
  },

  async send({ to, ...asked }: What & { to: string[] }): Promise<Sent[]> {
    const mailer = open();
    try {
      const mail = await prepare(asked);
      return await Promise.all(
        to.map(async (address): Promise<Sent> => {
          const id = messageId(null, mailer.from.address);
          const outcome = await mailer.send({ ...mail, to: address, messageId: id });
          const isSent = outcome.kind === 'sent';
          const error = isSent ? null : outcome.cause;
          return { to: address, status: isSent ? 'sent' : 'failed', error, message_id: id };
        }),
      );
    } finally {
      mailer.close();
    }
  },
};

async function prepare({ what, as, locale, state = '' }: What) {
  const schedule = what === 'home' ? null : await schedules.find(what);
  if (what !== 'home' && !schedule)
    throw new Unknown(`There is no schedule ${what}: "pulse report list" shows all`);
  const viewer = as
    ? await readPerson(as)
    : schedule
      ? await viewers.find(schedule.owner_id)
      : await everybody();
  if (!viewer) throw new Unknown("The account of the schedule's owner is closed: name somebody with --as");
  return make(schedule ?? { page: 'home', state }, { ...viewer, locale: locale ?? viewer.locale });
}

async function readPerson(email: string): Promise<Viewer> {
  const user = await users.find(email);
  const viewer = user && (await viewers.find(user.id));
  if (!viewer) throw new Unknown(`${email} is nobody who may log in: "pulse user list" shows all`);
  return viewer;
}

/** Who commands the machine sees the whole company, as in `pulse query`. */
async function everybody(): Promise<Viewer> {
  const row = await warehouse()<{ key: string; value: unknown }>('core.settings')
    .first('value')
    .where({ key: 'reporting.language' });
  const locale = row?.value === 'ru' ? 'ru' : 'en';
  const nobody = { user_id: 'cli', name: 'Pulse', email: '', team_keys: [], employee_keys: [] };
  return { ...nobody, role: 'admin', access: 'company', locale };
}

const verb = process.argv[2] as keyof typeof verbs;
try {
  const work = verbs[verb] as (argument: unknown) => Promise<unknown>;
  const result = await work(JSON.parse(process.argv[3] ?? 'null'));
  process.send?.({ result }, () => process.exit(0));
} catch (error) {
  const isExpected = [Unknown, MailProblem, ReportProblem].some((kind) => error instanceof kind);
  if (!isExpected) throw error;
  const problem = (error as Error).message.replace(/\.?$/, '.');
  process.send?.({ problem, exitCode: error instanceof ReportProblem ? 1 : 2 }, () => process.exit(0));
}
