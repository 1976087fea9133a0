import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Form } from '../../exports.ts';
import { m } from '../../paraglide/messages.js';
import type { FileForm } from '../../schedules.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { env } from '../env.ts';
import { hand, make as makeFile, type File } from '../exports.ts';
import { read } from '../exports/pages.ts';
import { Busy, NoBrowser } from '../exports/paper.ts';
import * as viewers from '../viewers.ts';
import { addressOf } from './message/link.ts';
import type { Enclosure, FileLink } from './render.ts';
import { ReportProblem, type Subject } from './report.ts';
import { verify } from './token.ts';

/** Base64 adds a third, and many servers take no more than 10 MB. */
const mostBytes = 7_000_000;
const mostTables = 5;

/** `notes` say what is not enclosed: why, or where it is instead. */
export type Enclosed = { files: Enclosure[]; notes: string[]; links: FileLink[] };

/**
 * The page as files, with this viewer's rows: the same that its menu gives.
 * @param room bytes that a mail can carry
 */
export async function enclose(
  { page, state }: Subject,
  forms: FileForm[],
  viewer: Viewer,
  room = mostBytes,
): Promise<Enclosed> {
  const files: Enclosure[] = [];
  const notes: string[] = [];
  const links: FileLink[] = [];
  for (const form of forms) {
    for (const block of await blocksOf(page, state, form, viewer)) {
      const file = await give(viewer, page, block, form, state);
      if (typeof file === 'string') {
        notes.push(file);
        continue;
      }
      const content = file && (Buffer.isBuffer(file.body) ? file.body : await buffer(file.body));
      if (!file || !content) continue;
      if (content.length <= room) {
        room -= content.length;
        files.push({ filename: file.name, contentType: file.type, content });
        continue;
      }
      const mark = addressOf(env().origin, `/files/${randomUUID()}`);
      if (mark) links.push({ mark, claim: [viewer.locale, page, block ?? '', form, state] });
      const say = mark ? m.mail_file_large : m.mail_file_too_large;
      notes.push(say({ name: file.name, address: mark ?? '' }, viewer));
    }
  }
  return { files, notes, links };
}

async function blocksOf(
  page: string,
  query: string,
  form: FileForm,
  viewer: Viewer,
): Promise<(string | null)[]> {
  if (form !== 'csv') return [null];
  const content = await read(viewer, page, parse(new URLSearchParams(query)).state);
  return (content?.sheets ?? []).slice(0, mostTables).map(({ id }) => id);
}

let last: Promise<unknown> = Promise.resolve();

/** Printing refuses a long queue, for people who wait; mails wait in a queue of their own. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

async function give(viewer: Viewer, page: string, block: string | null, form: Form, state: string) {
  try {
    const address = process.env.APP_ADDRESS;
    if (form === 'pdf' && !address) return m.mail_file_no_browser({}, viewer);
    const make = () => makeFile(viewer, { page, block, form }, state, address ?? '');
    return await (form === 'pdf' ? inTurn(make) : make());
  } catch (error) {
    if (error instanceof NoBrowser) return m.mail_file_no_browser({}, viewer);
    if (error instanceof Busy) throw new ReportProblem(`The PDF could not be made: ${error.message}`, true);
    throw error;
  }
}

/** Whether the link still opens anything: it has not expired and its reader's account is not closed. */
export async function isOpen(token: string): Promise<boolean> {
  return (await readerOf(token)) !== null;
}

async function readerOf(token: string) {
  const [user = '', locale, page = '', block = '', form, state = ''] = verify('file', token) ?? [];
  const viewer = user ? await viewers.find(user) : null;
  if (!viewer) return null;
  const reader: Viewer = { ...viewer, locale: locale === 'ru' ? 'ru' : 'en' };
  return { reader, target: { page, block: block || null, form: form as Form }, state };
}

/**
 * The file that a signed link of a mail stands for, with the rows its reader may see by now; null where it holds no
 * more. It is written down who took it.
 */
export async function byLink(token: string, from: { address: string; ip: string }): Promise<File | null> {
  const known = await readerOf(token);
  return known && hand(known.reader, known.target, known.state, from);
}
