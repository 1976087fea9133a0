import { AwsV4Signer } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import picomatch from 'picomatch';
import type { Agent } from 'undici';
import type { RemoteSource } from '../../config-sources.ts';
import { SourceError } from '../connector.ts';
import { call } from './call.ts';
import { readAddress } from './guard.ts';

export type Found = {
  /** path below the folder that was asked for */
  name: string;
  url: URL;
  authorize(headers: Record<string, string>): Promise<Record<string, string>>;
};

type Listing = {
  ListBucketResult?: {
    Contents?: { Key: string }[];
    IsTruncated?: string;
    NextContinuationToken?: string;
  };
};

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });

/** The objects that `s3://bucket/prefix*.csv` means, in the order of their names. */
export async function findObjects(source: RemoteSource, agent: Agent, signal: AbortSignal): Promise<Found[]> {
  const [, bucket = '', pattern = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(source.path) ?? [];
  const { base: prefix, isGlob } = picomatch.scan(pattern);
  const start = isGlob ? (pattern.match(/^[^*?[{(!]*/)?.[0] ?? '') : pattern;
  const fits = isGlob ? picomatch(pattern) : (key: string) => key === pattern || isBelow(key, pattern);
  const folder = isGlob ? (prefix ? `${prefix}/` : '') : pattern.endsWith('/') || !pattern ? pattern : '';
  const root = addressOf(source, bucket);

  const keys: string[] = [];
  let token: string | undefined;
  do {
    const url = new URL(root);
    url.searchParams.set('list-type', '2');
    url.searchParams.set('prefix', start);
    if (token) url.searchParams.set('continuation-token', token);
    const text = await call(
      { name: `bucket ${bucket}`, url },
      { agent, signal, authorize: () => sign(source, url, {}), take: (response) => response.text() },
    );
    const { ListBucketResult: listing } = parser.parse(text) as Listing;
    if (!listing) throw new SourceError(`bucket ${bucket} answered with something that is no list of files`);
    for (const { Key } of listing.Contents ?? []) if (!Key.endsWith('/') && fits(Key)) keys.push(Key);
    token = listing.IsTruncated === 'true' ? listing.NextContinuationToken : undefined;
  } while (token);

  return keys.sort().map((key) => {
    const url = new URL(root.href.replace(/\/?$/, '/') + key.split('/').map(encodeURIComponent).join('/'));
    const name = key.startsWith(folder) ? key.slice(folder.length) : key;
    return { name, url, authorize: (headers) => sign(source, url, headers) };
  });
}

const isBelow = (key: string, folder: string): boolean =>
  folder === '' || key.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Storages elsewhere are asked by path, Amazon by host as it wishes, unless a certificate would not fit the name. */
function addressOf({ endpoint, region = 'us-east-1' }: RemoteSource, bucket: string): URL {
  if (endpoint) return readAddress(`${endpoint.replace(/\/$/, '')}/${bucket}`);
  return bucket.includes('.')
    ? new URL(`https://s3.${region}.amazonaws.com/${bucket}`)
    : new URL(`https://${bucket}.s3.${region}.amazonaws.com/`);
}

async function sign(
  { key_id, secret, region = 'us-east-1' }: RemoteSource,
  url: URL,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  if (key_id === undefined || secret === undefined) return headers;
  const signer = new AwsV4Signer({
    url: url.href,
    headers,
    accessKeyId: key_id,
    secretAccessKey: secret,
    service: 's3',
    region,
  });
  const { headers: signed } = await signer.sign();
  return Object.fromEntries([...signed].filter(([name]) => name !== 'host'));
}
