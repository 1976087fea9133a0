import { createServer } from 'node:net';

/** The wished port if it is free on loopback, else any free one. */
export async function findPort(wished: number | null, host = '127.0.0.1'): Promise<number> {
  const found = wished === null ? null : await tryPort(wished, host);
  return found ?? (await tryPort(0, host)) ?? 0;
}

export function tryPort(port: number, host = '127.0.0.1'): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
