import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

export type TestServer = {
  url: string;
  from: { name: string; address: string };
  /** accepted, in order; `at` in milliseconds of `performance.now()` */
  received: { to: string; source: string; at: number; isSecure: boolean }[];
  /** all texts that came over the wire, accepted or not */
  seen: string[];
  connections: number;
  refuse(address: string, code: number, text: string): void;
  /** takes the next text and hangs up instead of answering */
  dropNext(): void;
  /** what happens between taking a text and saying so */
  beforeAnswer(work: (() => Promise<void>) | null): void;
  reset(): void;
  close(): Promise<void>;
};

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/smtp', name));
/** Of `localhost`; nobody has signed it, so only who is given it believes it. */
export const certificate = () => fixture('cert.pem').toString();

/** A real SMTP server on loopback that can misbehave. */
export async function openServer(tls: 'none' | 'starttls' | 'implicit' = 'none'): Promise<TestServer> {
  const refusals = new Map<string, Error>();
  let drops = 0;
  let pause: (() => Promise<void>) | null = null;
  const server = new SMTPServer({
    authOptional: true,
    // Pooled connections stay open; waiting for them would only cost time.
    closeTimeout: 100,
    secure: tls === 'implicit',
    ...(tls === 'none'
      ? { disabledCommands: ['STARTTLS'] }
      : { key: fixture('key.pem'), cert: fixture('cert.pem') }),
    onConnect(_, done) {
      known.connections++;
      done();
    },
    onRcptTo: ({ address }, _, done) => done(refusals.get(address) ?? null),
    onData(stream, { envelope, secure }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const source = Buffer.concat(parts).toString('utf8');
        known.seen.push(source);
        if (drops > 0) {
          drops--;
          server.connections.forEach((connection) => connection.close());
          return;
        }
        const at = performance.now();
        for (const { address } of envelope.rcptTo)
          known.received.push({ to: address, source, at, isSecure: secure });
        if (pause) void pause().then(() => done());
        else done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as { port: number };
  const known: TestServer = {
    url: `smtp${tls === 'implicit' ? 's' : ''}://${tls === 'none' ? '127.0.0.1' : 'localhost'}:${port}`,
    from: { name: 'Отчёты', address: 'reports@example.com' },
    received: [],
    seen: [],
    connections: 0,
    refuse: (address, responseCode, text) =>
      refusals.set(address, Object.assign(new Error(text), { responseCode })),
    dropNext: () => void drops++,
    beforeAnswer: (work) => void (pause = work),
    reset() {
      pause = null;
      refusals.clear();
      known.received.length = 0;
      known.seen.length = 0;
      known.connections = 0;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return known;
}
