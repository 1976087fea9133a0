import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes whose command line contains the text, without this one and zombies. */
export function findProcesses(text: string): { pid: number; command: string }[] {
  return execFileSync('ps', ['-eo', 'pid=,stat=,args=', '-ww'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().match(/^(\d+)\s+(\S+)\s+(.*)$/))
    .filter((match) => match !== null)
    .map(([, pid, state = '', command = '']) => ({ pid: Number(pid), state, command }))
    .filter(
      ({ pid, state, command }) => pid !== process.pid && !state.startsWith('Z') && command.includes(text),
    );
}

/** Polls until it holds; the error shows what was seen last. */
export async function waitUntil<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  patience = 15_000,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Still after ${patience} ms: ${JSON.stringify(seen)}`);
    await sleep(50);
  }
}
