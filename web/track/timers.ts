/** Timers by name: setting one again replaces it. */
export class Timers {
  readonly #running = new Map<string, ReturnType<typeof setTimeout>>();

  set(name: string, work: () => void, milliseconds: number): void {
    this.cancel(name);
    const fire = (): void => {
      this.#running.delete(name);
      work();
    };
    this.#running.set(name, setTimeout(fire, milliseconds));
  }

  cancel(name: string): void {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  clear(): void {
    for (const name of [...this.#running.keys()]) this.cancel(name);
  }
}
