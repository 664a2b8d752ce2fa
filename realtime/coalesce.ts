import { later } from './later.ts';

/** The clock and timer of the runtime; tests pass their own. Milliseconds. */
export type Clock = { now(): number; after(ms: number, run: () => void): unknown };

export const CLOCK: Clock = { now: () => Date.now(), after: later };

/** What is coalesced: it carries its own state, so that a fix looks nothing up. */
export type Slot = { emittedAt: number; waiting: boolean };

export const newSlot = (): Slot => ({ emittedAt: -Infinity, waiting: false });

/**
 * At most one `emit` of a subject within `everyMs`: the first at once, so that nobody waits for a lone fix, what comes too
 * soon after it together at the end. One timer for all subjects, and only while one waits.
 */
export class Coalescer<T> {
  #everyMs: number;
  #emit: (subject: T) => void;
  #clock: Clock;
  #waiting: { subject: T; slot: Slot }[] = [];

  constructor(everyMs: number, emit: (subject: T) => void, clock: Clock = CLOCK) {
    this.#everyMs = everyMs;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Something of that subject has changed. */
  touch(subject: T, slot: Slot): void {
    if (slot.waiting) return;
    const now = this.#clock.now();
    if (now - slot.emittedAt >= this.#everyMs) {
      slot.emittedAt = now;
      this.#emit(subject);
      return;
    }
    slot.waiting = true;
    this.#waiting.push({ subject, slot });
    if (this.#waiting.length === 1) this.#clock.after(this.#everyMs, () => this.#flush());
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const now = this.#clock.now();
    for (const { subject, slot } of waiting) {
      slot.waiting = false;
      slot.emittedAt = now;
      this.#emit(subject);
    }
  }
}
