/** One message that was published: to which group of viewers, and as it went over the wire. */
export type Published = { seq: number; to: string; text: string };

/** The last few messages of a room, so that a viewer who was away for a moment gets what was missed. */
export class Ring {
  readonly size: number;
  #messages: Published[] = [];
  /** Whoever has seen less than this can't be helped: something was already thrown away. */
  #floor = 0;

  constructor(size: number) {
    this.size = size;
  }

  push(message: Published): void {
    this.#messages.push(message);
    if (this.#messages.length <= this.size) return;
    const lost = this.#messages.shift();
    if (lost !== undefined) this.#floor = lost.seq;
  }

  /** What that group missed since `seq`, oldest first, or null when it can't be told. `newest` is the room's seq. */
  since(seq: number, to: string, newest: number): Published[] | null {
    if (seq < this.#floor || seq > newest) return null;
    return this.#messages.filter((message) => message.seq > seq && message.to === to);
  }
}
