const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Somebody asked for what the room does not know: the database is asked again, but not more often than this. */
const REFRESH_EVERY_MS = 1_000;

export type LoadOutcome = 'loaded' | 'unavailable';

/**
 * Loads a room's state once, on the first wish; one load at a time. After a failure the next wish is refused until a
 * while has passed, twice as long each time, so that a fleet of rooms does not beat on functions that is just starting.
 */
export class Loader {
  #load: () => Promise<void>;
  #now: () => number;
  #loaded = false;
  #running: Promise<LoadOutcome> | null = null;
  #failures = 0;
  #notBefore = 0;
  #startedAt = -Infinity;

  constructor(load: () => Promise<void>, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** Loaded once, whenever that was. */
  async ready(): Promise<LoadOutcome> {
    return this.#loaded ? 'loaded' : this.#attempt();
  }

  /** Loaded after this call. `unavailable` also when that was done just now. */
  async refresh(): Promise<LoadOutcome> {
    await this.#running;
    if (this.#now() - this.#startedAt < REFRESH_EVERY_MS) return 'unavailable';
    return this.#attempt();
  }

  async #attempt(): Promise<LoadOutcome> {
    if (this.#running !== null) return this.#running;
    if (this.#now() < this.#notBefore) return 'unavailable';
    this.#startedAt = this.#now();
    this.#running = this.#run();
    try {
      return await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #run(): Promise<LoadOutcome> {
    try {
      await this.#load();
      this.#loaded = true;
      this.#failures = 0;
      return 'loaded';
    } catch {
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
      this.#notBefore = this.#now() + wait;
      return 'unavailable';
    }
  }
}
