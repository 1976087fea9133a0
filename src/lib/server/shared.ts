/** Work that several wait for. It is ended when all of them have left; whoever has no signal never leaves. */
export class Shared<Value> {
  readonly result: Promise<Value>;
  readonly #end = new AbortController();
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<Value>) {
    this.result = work(this.#end.signal);
  }

  /** Nobody waits any more: whoever comes now has to begin anew. */
  get isEnded(): boolean {
    return this.#end.signal.aborted;
  }

  join(left: AbortSignal | null): Promise<Value> {
    this.#waiting += 1;
    left?.addEventListener('abort', () => this.#leave(left.reason), { once: true });
    return this.result;
  }

  #leave(reason: unknown): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#end.abort(reason);
  }
}
