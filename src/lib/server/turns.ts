type Waiting = { who: string; begin(): void };

/** Lets so many pieces of work go on at once, and of one person no more than a share of them: others never find all taken. */
export class Turns {
  readonly #all: number;
  readonly #share: number;
  readonly #running = new Map<string, number>();
  #waiting: Waiting[] = [];

  constructor(all: number, share: number) {
    this.#all = all;
    this.#share = share;
  }

  /** Does the work when its turn comes. @throws the signal's reason, if it ends the waiting */
  async take<Value>(who: string, signal: AbortSignal | null, work: () => Promise<Value>): Promise<Value> {
    signal?.throwIfAborted();
    await new Promise<void>((begin, fail) => {
      const mine = { who, begin };
      this.#waiting.push(mine);
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((one) => one !== mine);
        fail(signal.reason);
      });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#count(who, -1);
      this.#next();
    }
  }

  /** Whoever has least going on comes first, then whoever has waited longest. */
  #next(): void {
    const sum = [...this.#running.values()].reduce((all, one) => all + one, 0);
    if (sum >= this.#all) return;
    const going = ({ who }: Waiting) => this.#running.get(who) ?? 0;
    const [first] = this.#waiting
      .filter((one) => going(one) < this.#share)
      .toSorted((a, b) => going(a) - going(b));
    if (!first) return;
    this.#waiting = this.#waiting.filter((one) => one !== first);
    this.#count(first.who, 1);
    first.begin();
  }

  #count(who: string, change: number): void {
    const left = (this.#running.get(who) ?? 0) + change;
    if (left > 0) this.#running.set(who, left);
    else this.#running.delete(who);
  }
}
