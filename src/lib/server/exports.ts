import { Readable } from 'node:stream';
import type { Form, Target } from '../exports.ts';
import { parse } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { writeCsv } from './exports/csv.ts';
import { factsOf } from './exports/frame.ts';
import { fileName } from './exports/names.ts';
import { read, type Content } from './exports/pages.ts';
import * as paper from './exports/paper.ts';
import { drawPicture } from './exports/picture.ts';
import { writeXlsx } from './exports/xlsx.ts';

/** `body` may be long and is written while it is read; destroying it ends the questions behind it. */
export type File = { name: string; type: string; body: Readable | Buffer };

const types: Record<Form, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  png: 'image/png',
  pdf: 'application/pdf',
};

/**
 * A page or a part of it as a file, with this viewer's rows. Needs no request: mails attach the same files.
 * @param query the state of the page, as in its address
 * @param address where the app itself listens, for a PDF: a browser opens the page there
 * @returns null when the page has no such part to give
 * @throws Problem when figures cannot be had; paper.Busy and paper.NoBrowser for a PDF
 */
export async function make(
  viewer: Viewer,
  { page, block, form }: Target,
  query: string,
  address: string,
): Promise<File | null> {
  const { state } = parse(new URLSearchParams(query));
  if (form === 'pdf')
    return block === null ? { type: types.pdf, ...(await paper.print(viewer, page, query, address)) } : null;
  const content = await read(viewer, page, state);
  const made = content && (await write(content, viewer, block, form));
  return made && { type: types[form], name: fileName(content.frame, made.part, form), body: made.body };
}

type Made = { part: string; body: Readable | Buffer };

async function write(
  { frame, style, sheets, charts }: Content,
  viewer: Viewer,
  block: string | null,
  form: Exclude<Form, 'pdf'>,
): Promise<Made | null> {
  if (form === 'png') {
    const chart = charts.find(({ id }) => `chart-${id}` === block);
    return chart ? { part: chart.title, body: await drawPicture(chart, frame, style) } : null;
  }
  const chosen = block === null ? sheets : sheets.filter(({ id }) => id === block).slice(0, 1);
  const [first] = chosen;
  if (!first) return null;
  const part = block === null ? '' : first.title;
  if (form === 'csv') {
    return block === null ? null : { part, body: Readable.from(writeCsv(first, style.locale)) };
  }
  const facts = () => factsOf(frame, viewer);
  return { part, body: writeXlsx({ sheets: chosen, facts, ...style }) };
}

/** The same for a person who asks: written down before the first byte leaves. */
export async function hand(
  viewer: Viewer,
  target: Target,
  query: string,
  from: { address: string; ip: string },
): Promise<File | null> {
  const file = await make(viewer, target, query, from.address);
  if (!file) return null;
  const { page, block, form } = target;
  await record({
    action: 'exported',
    actor: viewer.email,
    user_id: viewer.user_id,
    subject: block ? `${page}#${block}` : page,
    details: { form, state: query.slice(0, 2000), name: file.name },
    ip_address: from.ip,
  });
  return file;
}
