import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { send, startServer, type Answer } from './rest-server.ts';

const key = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'eu-west-3' };
const hmac = (by: string | Buffer, text: string): Buffer => createHmac('sha256', by).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature of a request as Amazon's description of version 4 has it, from what arrived. */
export function signatureOf({ method = '', url = '', headers }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const [, day = '', names = ''] =
    /Credential=[^/]+\/(\d{8})\/.*SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const canonical = [
    method,
    pathname
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    [...searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${key.region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash].join('\n');
  const signing = [key.region, 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${key.secret}`, day));
  return hmac(signing, text).toString('hex');
}

/** A storage that speaks S3: it lists in pages, gives objects whole or in part, and checks every signature. */
export async function startStorage(objects: Map<string, string>, pageSize = 2) {
  const meddle: { answer: Answer | null } = { answer: null };
  const server = await startServer((request, response, body) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const { authorization = '', 'x-amz-date': date = '' } = request.headers;
    const isKnown = authorization.startsWith(
      `AWS4-HMAC-SHA256 Credential=${key.id}/${String(date).slice(0, 8)}/`,
    );
    if (!isKnown || /Signature=(\w+)/.exec(authorization)?.[1] !== signatureOf(request))
      return response.writeHead(403).end(`<Error><Code>SignatureDoesNotMatch</Code>${key.secret}</Error>`);
    if (meddle.answer) return meddle.answer(request, response, body);
    const [, bucket, ...rest] = pathname.split('/');
    if (bucket !== 'exports') return response.writeHead(404).end();
    const name = rest.map(decodeURIComponent).join('/');
    if (!name) {
      const all = [...objects.keys()]
        .filter((each) => each.startsWith(searchParams.get('prefix') ?? ''))
        .sort();
      const from = Number(searchParams.get('continuation-token') ?? 0);
      const isCut = from + pageSize < all.length;
      const list = all
        .slice(from, from + pageSize)
        .map((each) => `<Contents><Key>${each.replace('&', '&amp;')}</Key></Contents>`);
      return send(
        response,
        `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isCut}</IsTruncated>${list.join('')}${
          isCut ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : ''
        }</ListBucketResult>`,
        'application/xml',
      );
    }
    const content = objects.get(name);
    if (content === undefined) return response.writeHead(404).end();
    response.setHeader('etag', `"${createHash('md5').update(content).digest('hex')}"`);
    send(response, content, 'text/csv');
  });
  return { ...server, key, meddle: (answer: Answer | null) => (meddle.answer = answer) };
}
