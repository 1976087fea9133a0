/** Resolves once when a person or the system asks to stop, with the reason. */
export function awaitStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    watchNpm(resolve);
  });
}

/** `npm start` that is killed outright tells nobody; its orphan would run on unseen. */
function watchNpm(resolve: (reason: string) => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && resolve('npm ended'), 500).unref();
}
