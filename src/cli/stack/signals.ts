import { readParent } from '../../../schema/postgres/processes.ts';

/** Resolves once when a person or the system asks to stop, with the reason. */
export function awaitStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    watchNpm(resolve);
  });
}

/** `npm start` that is killed outright tells nobody; what it started would run on unseen. */
function watchNpm(resolve: (reason: string) => void): void {
  if (!process.env.npm_lifecycle_event) return;
  // The shell between npm and us may have stepped aside (exec) or not: both generations must stay.
  const look = () => `${process.ppid} ${readParent(process.ppid)}`;
  const before = look();
  setInterval(() => look() !== before && resolve('npm ended'), 1000).unref();
}
