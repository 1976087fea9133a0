import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startStack, type RunningStack } from '../e2e/stack.ts';

/**
 * vitest's second set-up: the demo company, started by the first file that asks for it and shared by all that only
 * look at it. It belongs to the run, since a file's own process ends before the next one begins.
 */
export async function setup(): Promise<() => Promise<void>> {
  let demo: Promise<RunningStack> | null = null;
  const server = createServer((_, response) => {
    demo ??= startStack(null);
    demo.then(
      ({ address, home }) => response.end(JSON.stringify({ address, home })),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  process.env.PULSE_TEST_DEMO = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.close();
    await (await demo?.catch(() => null))?.stop();
  };
}
