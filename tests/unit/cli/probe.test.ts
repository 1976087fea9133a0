import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { probe } from '../../../src/cli/stack/probe.ts';
import type { Part } from '../../../src/cli/stack/part.ts';

const server = createServer((_, response) => response.end('{"ok":true,"pid":1,"data_version":1}'));
afterEach(() => new Promise((done) => server.close(done)));

test('another program on the port of a part that has ended does not stand for it', async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
  const ended = { name: 'app', pid: 2, isRunning: false, crashed: Promise.resolve('it ended') } as Part;
  const is = (pid: number) => (body: string) => body.includes(`"pid":${pid},`);
  await expect(probe(url, ended, is(2))).rejects.toThrow('it ended');
  await expect(probe(url, ended, is(1))).resolves.toBeUndefined();
});
