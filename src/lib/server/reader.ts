import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';

const readers = new AsyncLocalStorage<AbortSignal>();

/** Does what a reader has asked for; what is begun meanwhile may end when the signal says that the reader has left. */
export function serve<Value>(signal: AbortSignal, work: () => Value): Value {
  // each figure of a page listens
  setMaxListeners(0, signal);
  return readers.run(signal, work);
}

/** Says when the reader of the moment leaves; null where nobody waits in person, as in the worker. */
export function left(): AbortSignal | null {
  return readers.getStore() ?? null;
}
