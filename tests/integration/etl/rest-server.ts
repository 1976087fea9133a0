import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on this host that answers as a test says, and keeps what it was asked. */
export async function startServer(answer: Answer) {
  const hits: {
    method: string;
    url: string;
    body: string;
    headers: IncomingMessage['headers'];
    at: number;
  }[] = [];
  const state = { answer };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      hits.push({ method, url, body, headers, at: Date.now() });
      state.answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    hits,
    port,
    url: `http://127.0.0.1:${port}`,
    answer: (next: Answer) => {
      hits.length = 0;
      state.answer = next;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const send = (response: ServerResponse, value: unknown, type = 'application/json'): void => {
  response.setHeader('content-type', type);
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
};
