import type { Notice, OutboxItem } from './item.ts';
import { type Outcome, outcomeOf, type SendResult } from './outcome.ts';
import { nextItem, withoutFile } from './queue.ts';

/** The queue as it is kept. Each of these is one transaction. */
export type OutboxStore = {
  /** Of that driver, in any order. */
  list: (driverId: string) => Promise<OutboxItem[]>;
  /** Marks it as under way; undefined when it was taken back meanwhile. */
  claim: (seq: number) => Promise<OutboxItem | undefined>;
  put: (items: readonly OutboxItem[]) => Promise<void>;
  /** Removes the item, and keeps what is to be told. */
  settle: (seq: number, notice: Notice | null) => Promise<void>;
};

export type SenderEffects = {
  store: OutboxStore;
  send: (item: OutboxItem) => Promise<SendResult>;
  /** Runs the work if no other tab runs it, else not at all: the other sends ours too. */
  alone: (work: () => Promise<void>) => Promise<void>;
  /** Who has signed in; null sends nothing. */
  driverId: () => string | null;
  /** After each change of the queue. */
  changed: (what: { item: OutboxItem; outcome: Outcome; result: SendResult } | null) => void;
  now: () => number;
  random: () => number;
  /** Calls back after so many milliseconds, once; returns what calls that off. */
  timer: (work: () => void, ms: number) => () => void;
};

/** Without an item to send it looks again this often all the same: another tab may have died. */
const LOOK_AGAIN_MS = 30_000;

/** Sends what waits, one by one, and comes back by itself as long as something does. */
export class Sender {
  readonly #effects: SenderEffects;
  #pausedUntil = 0;
  #stopTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(effects: SenderEffects) {
    this.#effects = effects;
  }

  /** Something was added, the network is back, or somebody pressed "send now": `atOnce` forgets a pause. */
  async flush({ atOnce = false }: { atOnce?: boolean } = {}): Promise<void> {
    if (this.#stopped) return;
    if (atOnce) this.#pausedUntil = 0;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  stop(): void {
    this.#stopped = true;
    this.#stopTimer?.();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#effects.alone(() => this.#sendAll());
      await this.#comeBack();
    }
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const { store, driverId, now } = this.#effects;
      const driver = driverId();
      if (this.#stopped || driver === null || now() < this.#pausedUntil) return;
      const next = nextItem(await store.list(driver), now());
      if (next === null || !('item' in next)) return;
      const item = await store.claim(next.item.seq);
      if (item === undefined) continue;
      const goOn = await this.#sendOne(item);
      if (!goOn) return;
    }
  }

  async #sendOne(item: OutboxItem): Promise<boolean> {
    const { store, send, now, random, changed } = this.#effects;
    changed(null);
    const result = await send(item);
    const outcome = outcomeOf(item, result, now(), random());
    switch (outcome.type) {
      case 'done':
        await store.settle(item.seq, outcome.notice);
        break;
      case 'refused':
        // Before the file is forgotten: a page that is closed in between names it once more, and is refused then.
        await store.put(withoutFile(await store.list(item.driverId), item.id));
        await store.settle(item.seq, outcome.notice);
        break;
      case 'later':
        await store.put([{ ...item, attempts: item.attempts + 1, notBefore: outcome.notBefore }]);
        break;
      case 'pause':
        this.#pausedUntil = outcome.until;
        await store.put([{ ...item, attempts: item.attempts + 1 }]);
        break;
      case 'signed_out':
        break;
    }
    changed({ item, outcome, result });
    return outcome.type !== 'pause' && outcome.type !== 'signed_out';
  }

  /** One timer, for the next item that may go or the end of the pause. */
  async #comeBack(): Promise<void> {
    const { store, driverId, now, timer } = this.#effects;
    this.#stopTimer?.();
    this.#stopTimer = null;
    const driver = driverId();
    if (this.#stopped || driver === null) return;
    const items = await store.list(driver);
    if (items.length === 0) return;
    const next = nextItem(items, now());
    const isPaused = now() < this.#pausedUntil;
    // Neither paused nor waiting for a time: another tab is at it.
    const at = next !== null && 'at' in next ? next.at : now() + (isPaused ? 0 : LOOK_AGAIN_MS);
    const wait = Math.max(at, this.#pausedUntil) - now();
    this.#stopTimer = timer(() => void this.flush(), Math.max(0, wait));
  }
}
