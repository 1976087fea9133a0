/** Something to be done once all that it comes after is done. */
export type Task = { name: string; after: string[] };

/**
 * Does tasks on several workers at once; of those that may begin, the first in the list begins.
 * @throws what the first task to fail threw, after those that run have ended; no other begins then
 */
export function doTasks<T extends Task, W>(
  tasks: T[],
  workers: W[],
  work: (worker: W, task: T) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks];
  const free = [...workers];
  const done = new Set<string>();
  return new Promise((resolve, reject) => {
    let failure: { reason: unknown } | null = null;
    const go = async (worker: W, task: T): Promise<void> => {
      try {
        await work(worker, task);
        done.add(task.name);
      } catch (reason) {
        failure ??= { reason };
        waiting.length = 0;
      }
      free.push(worker);
      begin();
    };
    const begin = (): void => {
      for (let worker = free.pop(); worker !== undefined; worker = free.pop()) {
        const at = waiting.findIndex(({ after }) => after.every((name) => done.has(name)));
        if (at < 0) {
          free.push(worker);
          break;
        }
        void go(worker, ...(waiting.splice(at, 1) as [T]));
      }
      if (free.length < workers.length) return;
      if (failure) reject(failure.reason);
      else if (waiting.length)
        reject(
          new Error(
            `these wait for each other or for what is not there: ${waiting.map(({ name }) => name).join(', ')}`,
          ),
        );
      else resolve();
    };
    begin();
  });
}
