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
  #starts = 0;

  constructor(load: () => Promise<void>, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** Loaded once, whenever that was. */
  async ready(): Promise<LoadOutcome> {
    return this.#loaded ? 'loaded' : this.#attempt();
  }

  /** How many loads have begun; what `refresh` wants to know from before the wish. */
  get starts(): number {
    return this.#starts;
  }

  /** Loaded after the wish, before which `starts` was so many. `unavailable` also when the last load is too young. */
  async refresh(startsBefore: number): Promise<LoadOutcome> {
    await this.#running;
    if (this.#loaded && this.#starts > startsBefore) return 'loaded';
    if (this.#now() - this.#startedAt < REFRESH_EVERY_MS) return 'unavailable';
    return this.#attempt();
  }

  async #attempt(): Promise<LoadOutcome> {
    if (this.#running !== null) return this.#running;
    if (this.#now() < this.#notBefore) return 'unavailable';
    this.#startedAt = this.#now();
    this.#starts++;
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
