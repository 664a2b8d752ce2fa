/**
 * A room's storage, in memory: Postgres is the truth, a room that starts loads from there, and what a room alone knows
 * may be lost. One alarm at a time, as on Cloudflare; it does not survive the process.
 */
export class ActorStorage implements DurableObjectStorage {
  #stored: Map<string, unknown> | null = null;
  #alarm: { at: number; timer: NodeJS.Timeout } | null = null;
  #ring: () => void;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  get hasAlarm(): boolean {
    return this.#alarm !== null;
  }

  async get<T>(key: string): Promise<T | undefined> {
    // The caller says which type it put there, as with Cloudflare's storage.
    return this.#stored?.get(key) as T | undefined;
  }

  async put(key: string, value: unknown): Promise<void> {
    this.#stored ??= new Map();
    this.#stored.set(key, value);
  }

  async delete(key: string): Promise<boolean> {
    return this.#stored?.delete(key) ?? false;
  }

  async getAlarm(): Promise<number | null> {
    return this.#alarm?.at ?? null;
  }

  async setAlarm(time: number | Date): Promise<void> {
    this.clearAlarm();
    const at = Number(time);
    const timer = setTimeout(
      () => {
        this.#alarm = null;
        this.#ring();
      },
      Math.max(0, at - Date.now()),
    );
    this.#alarm = { at, timer };
  }

  async deleteAlarm(): Promise<void> {
    this.clearAlarm();
  }

  clearAlarm(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm.timer);
    this.#alarm = null;
  }
}
