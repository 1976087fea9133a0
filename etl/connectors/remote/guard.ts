import { lookup as lookUp, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { lookup as lookUpAll } from 'node:dns/promises';
import { BlockList, isIP, Socket, type LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { SourceError } from '../connector.ts';

/**
 * Addresses that no source may have: link-local ones and those where clouds hand out credentials. Loopback and private
 * ranges stay open, since systems that a company runs itself live there.
 */
const forbidden = new BlockList();
const forbiddenIn4: [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
];
for (const [network, prefix] of forbiddenIn4) {
  forbidden.addSubnet(network, prefix, 'ipv4');
  // The same addresses as translators between the two protocols write them.
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
  const groups = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  forbidden.addSubnet(`64:ff9b::${groups}`, 96 + prefix, 'ipv6');
  forbidden.addSubnet(`2002:${groups}::`, 16 + prefix, 'ipv6');
}
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');

/** What clouds call the same; a resolver outside of the cloud may know nothing of it. */
const forbiddenNames = /^(metadata\.google\.internal|metadata\.goog|instance-data\.ec2\.internal)\.?$/i;

const refusal = 'this address is link-local or serves cloud metadata: no source may lie there';

export function isForbidden(address: string): boolean {
  const kind = isIP(address);
  return kind !== 0 && forbidden.check(address, kind === 6 ? 'ipv6' : 'ipv4');
}

/** @throws SourceError that does not repeat the text: it may hold a secret */
export function readAddress(text: string): URL {
  if (!URL.canParse(text)) throw new SourceError('the address is not well-formed', 'lasting');
  return new URL(text);
}

/** @throws SourceError for an address that is written out; a name is judged when it is connected to. */
export function checkAddress(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SourceError(
      `expected an address of http or https, not ${url.protocol.replace(':', '')}`,
      'lasting',
    );
  if (url.username || url.password)
    throw new SourceError(
      'the address holds a user or password: give them as «auth» or «headers»',
      'lasting',
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isForbidden(host) || forbiddenNames.test(host)) throw new SourceError(refusal, 'lasting');
}

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Judging what a name means at the moment of connecting leaves no time for it to mean something else. */
export const guardLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 4);
      const first = addresses[0];
      if (!first || addresses.some(({ address }) => isForbidden(address)))
        return done(new SourceError(refusal, 'lasting'), '', 4);
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };

/** The host of a database before its driver is asked. A name that means nothing is the driver's to complain about. */
export async function checkHost(host: string): Promise<void> {
  const found = await lookUpAll(host, { all: true }).catch(() => []);
  if (found.some(({ address }) => isForbidden(address))) throw new SourceError(refusal, 'lasting');
}

const usual = guardLookup(lookUp);

/** A socket for a driver that connects it by itself: what a name means is judged as it does so. */
export function openSocket(lookup: LookupFunction = usual): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: object | string) => Socket;
  socket.connect = ((port: number | string, host?: string) =>
    connect(
      typeof port === 'string' ? port : { port, host: host ?? 'localhost', lookup },
    )) as Socket['connect'];
  return socket;
}

/** A pool of connections that refuses such addresses. */
export function openAgent(lookup: LookupFunction = usual): Agent {
  return new Agent({ connect: { lookup, timeout: 15_000 }, headersTimeout: 60_000, bodyTimeout: 60_000 });
}
