import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Response } from 'undici';
import type { RestSource } from '../../config.ts';
import { SourceError } from '../connector.ts';
import { pick } from '../json.ts';
import { parseExactly } from './exact.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
});

/** The document in an answer; «no content» is an empty list, wherever its rows would be. */
export async function readAnswer(
  response: Response,
  name: string,
  { format, max_answer_mb }: Pick<RestSource, 'format' | 'max_answer_mb'>,
): Promise<unknown> {
  if (response.status === 204) return [];
  const text = await readText(response, name, max_answer_mb);
  const type = response.headers.get('content-type') ?? '';
  const isHtml = /^\s*<(!doctype\s+html|html)/i.test(text);
  const isXml = format === 'xml' || (format === undefined && /[/+]xml\b/.test(type) && !isHtml);
  try {
    if (isHtml) throw new SyntaxError();
    return isXml ? parseXml(text) : parseExactly(text);
  } catch {
    const what = isHtml ? 'an HTML page' : text.trim() ? 'something else' : 'nothing';
    throw new SourceError(`${name} answered with something that is not ${isXml ? 'XML' : 'JSON'}: ${what}`);
  }
}

/** The list of rows at a path. XML does not tell a list of one from a single element, nor an empty one from none. */
export function readRows(document: unknown, given: string, name: string): unknown[] {
  if (Array.isArray(document) && document.length === 0) return [];
  // «$.results?»: whoever leaves empty lists out says nothing where there is nothing.
  const path = given.replace(/\?$/, '');
  const rows = pick(document, path);
  if (rows === undefined && path !== given) return [];
  if (Array.isArray(rows)) return rows;
  // A path that ends with «[name=text]» means the one item that fits.
  if (/=[^\]]*\]$/.test(path)) return rows === undefined ? [] : [rows];
  if (isFromXml(document)) {
    if (rows === undefined || rows === '') return [];
    return [rows];
  }
  throw new SourceError(`${name} has no list of rows at ${path}`);
}

const fromXml = new WeakSet<object>();
const isFromXml = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && fromXml.has(document);

function parseXml(text: string): unknown {
  // Whoever needs a document type declaration in data wants to have its entities expanded: no.
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) throw new SyntaxError();
  const document = parser.parse(text) as object;
  fromXml.add(document);
  return document;
}

async function readText(response: Response, name: string, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > limit * 1024 * 1024)
      throw new SourceError(
        `${name} answered with more than ${limit} MB: ask for smaller pages or raise max_answer_mb`,
      );
  }
  return Buffer.concat(parts).toString('utf8');
}
