import { buffer } from 'node:stream/consumers';
import type { Form } from '../../exports.ts';
import { m } from '../../paraglide/messages.js';
import type { FileForm } from '../../schedules.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { env } from '../env.ts';
import { make as makeFile, type File } from '../exports.ts';
import { read } from '../exports/pages.ts';
import { Busy, NoBrowser } from '../exports/paper.ts';
import * as viewers from '../viewers.ts';
import { addressOf } from './message/link.ts';
import type { Enclosure } from './render.ts';
import { ReportProblem, type Subject } from './report.ts';
import { sign, verify } from './token.ts';

/** Base64 adds a third, and many servers take no more than 10 MB. */
const mostBytes = 7_000_000;
const mostTables = 5;
const lifetime = 7 * 86_400;

/** `notes` say what is not enclosed: why, or where it is instead. */
export type Enclosed = { files: Enclosure[]; notes: string[] };

/** The page as files, with this viewer's rows: the same that its menu gives. */
export async function enclose(
  { page, state }: Subject,
  forms: FileForm[],
  viewer: Viewer,
): Promise<Enclosed> {
  const files: Enclosure[] = [];
  const notes: string[] = [];
  let room = mostBytes;
  for (const form of forms) {
    for (const block of await blocksOf(page, state, form, viewer)) {
      const file = await give(viewer, page, block, form, state);
      if (typeof file === 'string') {
        notes.push(file);
        continue;
      }
      const content = file && (Buffer.isBuffer(file.body) ? file.body : await buffer(file.body));
      if (!file || !content) continue;
      room -= content.length;
      if (room >= 0) files.push({ filename: file.name, contentType: file.type, content });
      else
        notes.push(
          m.mail_file_large(
            { name: file.name, address: linkOf(viewer, page, block, form, state) ?? '' },
            viewer,
          ),
        );
    }
  }
  return { files, notes };
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

async function give(viewer: Viewer, page: string, block: string | null, form: Form, state: string) {
  try {
    const address = process.env.APP_ADDRESS;
    if (form === 'pdf' && !address) return m.mail_file_no_browser({}, viewer);
    return await makeFile(viewer, { page, block, form }, state, address ?? '');
  } catch (error) {
    if (error instanceof NoBrowser) return m.mail_file_no_browser({}, viewer);
    if (error instanceof Busy) throw new ReportProblem(`The PDF could not be made: ${error.message}`, true);
    throw error;
  }
}

function linkOf(viewer: Viewer, page: string, block: string | null, form: Form, state: string) {
  const until = Math.floor(Date.now() / 1000) + lifetime;
  const claim = [viewer.user_id, viewer.locale, page, block ?? '', form, state];
  return addressOf(env().origin, `/files/${sign('file', claim, until)}`);
}

/** The file that a signed link of a mail stands for; null where it holds no more. */
export async function byLink(token: string): Promise<File | null> {
  const [user = '', locale, page = '', block = '', form, state = ''] = verify('file', token) ?? [];
  const viewer = user ? await viewers.find(user) : null;
  if (!viewer) return null;
  const reader: Viewer = { ...viewer, locale: locale === 'ru' ? 'ru' : 'en' };
  const target = { page, block: block || null, form: form as Form };
  return makeFile(reader, target, state, process.env.APP_ADDRESS ?? '');
}
