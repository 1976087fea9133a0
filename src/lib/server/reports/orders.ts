import { pageOf } from '../../exports.ts';
import type { Locale } from '../../page.ts';
import type { Viewer } from '../../viewer.ts';
import * as users from '../users.ts';
import * as viewers from '../viewers.ts';
import { warehouse } from '../warehouse.ts';
import { toEml, toHtml } from './file.ts';
import { messageId, open } from './mail.ts';
import { publish } from './edition.ts';
import { enclose } from './enclosures.ts';
import type { Mail } from './render.ts';
import { hasRows, noRows } from './failures.ts';
import { make, ReportProblem } from './report.ts';
import * as schedules from './schedules.ts';

/** A report asked for by hand: which, as whom, in what language. */
export type What = { what: string; as?: string; locale?: Locale; state?: string };
export type Preview = {
  content: string;
  subject: string;
  bytes: number;
  pictures: number;
  isIncomplete: boolean;
};
export type Sent = { to: string; status: 'sent' | 'failed'; error: string | null; message_id: string };

/** Somebody or something that is named does not exist. */
export class Unknown extends Error {
  override name = 'Unknown';
}

/** The mail as a file for a browser or for a mail program. */
export async function preview({ form, ...asked }: What & { form: 'html' | 'eml' | 'pdf' }): Promise<Preview> {
  if (form === 'pdf') return print(asked);
  const mail = await prepare(asked);
  const from = { name: 'Pulse', address: 'pulse@localhost' };
  const message = { ...mail, to: 'preview@localhost', messageId: messageId(null, from.address) };
  const content = form === 'eml' ? (await toEml(message, from)).toString('utf8') : toHtml(mail);
  const { subject, attachments, isIncomplete } = mail;
  return {
    content,
    subject,
    bytes: Buffer.byteLength(mail.html),
    pictures: attachments.length,
    isIncomplete,
  };
}

/** The page itself on paper; its text is given in base64. */
async function print(asked: What): Promise<Preview> {
  const { subject, reader } = await settle(asked);
  if (reader.user_id === machine)
    throw new Unknown('A page is printed as somebody sees it: name the person with --as');
  const { files, notes } = await enclose(subject, ['pdf'], reader);
  const [file] = files;
  if (!file) throw new Unknown(notes[0] ?? 'The page cannot be printed');
  const { filename, content } = file;
  const bytes = content.length;
  return { content: content.toString('base64'), subject: filename, bytes, pictures: 0, isIncomplete: false };
}

/** One mail to each address, now and outside of any schedule. */
export async function send({ to, ...asked }: What & { to: string[] }): Promise<Sent[]> {
  const mailer = open();
  try {
    const mail = await prepare(asked);
    return await Promise.all(
      to.map(async (address): Promise<Sent> => {
        const id = messageId(null, mailer.from.address);
        await mailer.turn();
        const outcome = await mailer.send({ ...mail, to: address, messageId: id });
        const isSent = outcome.kind === 'sent';
        return {
          to: address,
          status: isSent ? 'sent' : 'failed',
          error: isSent ? null : outcome.cause,
          message_id: id,
        };
      }),
    );
  } finally {
    mailer.close();
  }
}

/** With the files of its schedule, whether or not it is an occasion to send. */
async function prepare(asked: What): Promise<Mail & { reader: string }> {
  const { subject, schedule, reader } = await settle(asked);
  const mail = await (schedule
    ? publish({ ...schedule, send_when: 'always' }, reader)
    : make(subject, reader));
  return { ...mail, reader: reader.user_id };
}

async function settle({ what, as, locale, state = '' }: What) {
  const page = pageOf(what);
  const schedule = page ? null : await schedules.find(what);
  if (!page && !schedule)
    throw new Unknown(`There is no schedule and no page ${what}: "pulse report list" shows all schedules`);
  const viewer = as
    ? await readPerson(as)
    : schedule
      ? await viewers.find(schedule.owner_id)
      : await everybody();
  if (!viewer) throw new Unknown("The account of the schedule's owner is closed: name somebody with --as");
  if (!hasRows(viewer)) throw new ReportProblem(noRows, false);
  const reader: Viewer = { ...viewer, locale: locale ?? viewer.locale };
  return { subject: schedule ?? { page: page ?? 'home', state }, schedule, reader };
}

async function readPerson(email: string): Promise<Viewer> {
  const user = await users.find(email);
  const viewer = user && (await viewers.find(user.id));
  if (!viewer) throw new Unknown(`${email} is nobody who may log in: "pulse user list" shows all`);
  return viewer;
}

/** Stands for no account. */
const machine = 'cli';

/** Who commands the machine sees the whole company, as in `pulse query`. */
async function everybody(): Promise<Viewer> {
  const row = await warehouse()<{ key: string; value: unknown }>('core.settings')
    .first('value')
    .where({ key: 'reporting.language' });
  const locale = row?.value === 'ru' ? 'ru' : 'en';
  const nobody = { user_id: machine, name: 'Pulse', email: '', team_keys: [], employee_keys: [] };
  return { ...nobody, role: 'admin', access: 'company', locale };
}
