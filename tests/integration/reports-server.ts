import { SMTPServer } from 'smtp-server';

export type TestServer = {
  url: string;
  from: { name: string; address: string };
  /** accepted, in order */
  received: { to: string; source: string }[];
  /** all texts that came over the wire, accepted or not */
  seen: string[];
  refuse(address: string, code: number, text: string): void;
  /** takes the next text and hangs up instead of answering */
  dropNext(): void;
  /** what happens between taking a text and saying so */
  beforeAnswer(work: (() => Promise<void>) | null): void;
  reset(): void;
  close(): Promise<void>;
};

/** A real SMTP server on loopback that can misbehave. */
export async function openServer(): Promise<TestServer> {
  const refusals = new Map<string, Error>();
  let drops = 0;
  const received: TestServer['received'] = [];
  const seen: string[] = [];
  let pause: (() => Promise<void>) | null = null;
  const server = new SMTPServer({
    authOptional: true,
    // Pooled connections stay open; waiting for them would only cost time.
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, done) => done(refusals.get(address) ?? null),
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const source = Buffer.concat(parts).toString('utf8');
        seen.push(source);
        if (drops > 0) {
          drops--;
          server.connections.forEach((connection) => connection.close());
          return;
        }
        for (const { address } of envelope.rcptTo) received.push({ to: address, source });
        if (pause) void pause().then(() => done());
        else done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    from: { name: 'Отчёты', address: 'reports@example.com' },
    received,
    seen,
    refuse: (address, responseCode, text) =>
      refusals.set(address, Object.assign(new Error(text), { responseCode })),
    dropNext: () => void drops++,
    beforeAnswer: (work) => void (pause = work),
    reset() {
      pause = null;
      refusals.clear();
      received.length = 0;
      seen.length = 0;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
