import MimeNode from 'nodemailer/lib/mime-node';
import type { Attachment, Enclosure } from './render.ts';

const written = new WeakMap<Attachment | Enclosure, Promise<Buffer>>();

/** A picture or a file as it goes over the wire, encoded once for all whose mail carries it. */
export async function carry(file: Attachment | Enclosure): Promise<{ raw: Buffer; cid?: string }> {
  const known = written.get(file) ?? write(file);
  written.set(file, known);
  return { raw: await known, ...('cid' in file && { cid: file.cid }) };
}

function write(file: Attachment | Enclosure): Promise<Buffer> {
  const { filename, content } = file;
  const node = new MimeNode('cid' in file ? 'image/png' : file.contentType, { filename });
  if ('cid' in file) node.setHeader('Content-Id', `<${file.cid}>`);
  node.setHeader('Content-Transfer-Encoding', 'base64');
  node.setHeader('Content-Disposition', 'cid' in file ? 'inline' : 'attachment');
  return node.setContent(content).build();
}
