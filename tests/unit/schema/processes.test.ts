import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isAlive, waitForEnd, waitForReaping } from '../../../schema/postgres/processes.ts';

test.skipIf(process.platform !== 'linux')(
  'a zombie has ended, but is not gone before it is collected',
  async () => {
    // A shell that becomes `sleep` collects no child.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line).trim());
    expect(isAlive(pid)).toBe(true);
    expect(await waitForEnd(pid, 5_000)).toBe(true);
    expect(await waitForReaping(pid, 200)).toBe(false);
    const collected = waitForReaping(pid, 10_000);
    await sleep(100);
    parent.kill('SIGKILL');
    expect(await collected).toBe(true);
  },
);
