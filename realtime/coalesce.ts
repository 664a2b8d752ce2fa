import { later } from './later.ts';

/** The clock and timer of the runtime; tests pass their own. Milliseconds. */
export type Clock = { now(): number; after(ms: number, run: () => void): unknown };

export const CLOCK: Clock = { now: () => Date.now(), after: later };

/**
 * At most one `emit` a key within `everyMs`: the first at once, so that nobody waits for a lone fix, what comes too soon
 * after it together at the end. One timer for all keys, and only while something waits.
 */
export class Coalescer {
  #everyMs: number;
  #emit: (key: string) => void;
  #clock: Clock;
  #last = new Map<string, number>();
  #waiting = new Set<string>();
  #armed = false;

  constructor(everyMs: number, emit: (key: string) => void, clock: Clock = CLOCK) {
    this.#everyMs = everyMs;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Something of that key has changed. */
  touch(key: string): void {
    const now = this.#clock.now();
    if (!this.#waiting.has(key) && now - (this.#last.get(key) ?? -Infinity) >= this.#everyMs) {
      this.#last.set(key, now);
      this.#emit(key);
      return;
    }
    this.#waiting.add(key);
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.after(this.#everyMs, () => this.#flush());
  }

  forget(key: string): void {
    this.#last.delete(key);
    this.#waiting.delete(key);
  }

  #flush(): void {
    this.#armed = false;
    const keys = [...this.#waiting];
    this.#waiting.clear();
    const now = this.#clock.now();
    for (const key of keys) {
      this.#last.set(key, now);
      this.#emit(key);
    }
  }
}
