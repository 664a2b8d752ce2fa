import { CHAT_KEPT, type Speaker } from '../domain/messages.ts';
import {
  AUDIENCES,
  type ClientMessage,
  type Message,
  type ReadMark,
  type ReadMarks,
  type RoomErrorCode,
} from '../domain/room-messages.ts';
import type { Backend } from './backend.ts';
import { Loader } from './loader.ts';

export type ChatMessage = Extract<ClientMessage, { type: 'message' | 'read' }>;

/** What a conversation needs of its room. */
export type ConversationOptions = {
  merchantId: string;
  orderId: string;
  backend: Pick<Backend, 'loadConversation' | 'storeMessage' | 'markRead'>;
  /** To everybody in the room. */
  showMessage: (message: Message) => void;
  showRead: (mark: ReadMark) => void;
  report: (error: unknown) => void;
};

/** What a client has sent, and how it alone hears of it. */
export type Sent = {
  speaker: Speaker;
  message: ChatMessage;
  /** It was taken before, and shown then: a sender who repeats it has not seen that. */
  acknowledge: (message: Message) => void;
  /** `detail` where there is more to say than the code's own. */
  refuse: (code: RoomErrorCode, detail?: string) => void;
};

/** What waits to be stored, of all senders together: more is refused. */
const MOST_WAITING = 10;

/**
 * The chat of one order, in a room where somebody has written: its newest messages, and what is on its way to be stored. A
 * message is shown once functions has it, whoever says so first: functions' answer, the relay's event, or a load.
 */
export class Conversation {
  #options: ConversationOptions;
  #messages: Message[] = [];
  #reads: ReadMarks = {};
  #erasedAt: string | null = null;
  #waiting: Sent[] = [];
  #storing = false;
  #loader: Loader;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#loader = new Loader(() => this.#load());
  }

  /** Loads what was said before, once. When functions can't be had, it is tried again at a later wish. */
  async ready(): Promise<void> {
    await this.#loader.ready();
  }

  /** For a snapshot. Oldest first. */
  get shown(): { messages: readonly Message[]; reads: ReadMarks } {
    return { messages: this.#messages, reads: this.#reads };
  }

  /** From a client. One after the other, so that what was written first is stored first. */
  send(sent: Sent): void {
    if (this.#waiting.length >= MOST_WAITING) sent.refuse('too_fast');
    else this.#waiting.push(sent);
    if (!this.#storing) void this.#store();
  }

  /** It is stored: shown, unless it was already. Returns whether. */
  add(message: Message): boolean {
    if (this.#erasedAt !== null && message.at <= this.#erasedAt) return false;
    if (this.#has(message.id)) return false;
    const [oldest] = this.#messages;
    const full = this.#messages.length >= CHAT_KEPT;
    // Older than all that is kept: a late repeat.
    if (full && oldest !== undefined && message.at < oldest.at) return false;
    const messages = [...this.#messages, message].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    this.#messages = messages.slice(-CHAT_KEPT);
    this.#options.showMessage(message);
    return true;
  }

  /** Forgets all that was written until then, for good: an event that comes late must not bring it back. */
  erase(at: string): void {
    this.#erasedAt = at;
    this.#messages = this.#messages.filter((message) => message.at > at);
  }

  async #store(): Promise<void> {
    this.#storing = true;
    let next = this.#waiting.shift();
    while (next !== undefined) {
      try {
        await this.#storeOne(next);
      } catch (error) {
        this.#options.report(error);
        // What waits would fail as well, and must not overtake this one.
        for (const { refuse } of [next, ...this.#waiting.splice(0)]) refuse('not_stored');
      }
      next = this.#waiting.shift();
    }
    this.#storing = false;
  }

  async #storeOne({ speaker, message, acknowledge, refuse }: Sent): Promise<void> {
    const { backend, merchantId, orderId } = this.#options;
    const { id } = message;
    if (message.type === 'read') return this.#storeRead({ speaker, id, refuse });
    const known = this.#has(id);
    const stored = await backend.storeMessage(merchantId, { orderId, speaker, id, text: message.text });
    if (!stored.ok) return refuse(stored.code, stored.detail);
    const isNew = this.add(stored.value);
    // Not when the relay's event was faster than the answer: then everybody has it already.
    if (known || (!isNew && !this.#has(stored.value.id))) acknowledge(stored.value);
  }

  async #storeRead({
    speaker,
    id,
    refuse,
  }: { id: string } & Pick<Sent, 'speaker' | 'refuse'>): Promise<void> {
    const { backend, merchantId, orderId } = this.#options;
    const known = this.#messages.find((message) => message.id === id);
    if (known !== undefined && known.at <= (this.#reads[speaker.from] ?? '')) return;
    const marked = await backend.markRead(merchantId, { orderId, speaker, id });
    if (marked.ok) this.#mark(marked.value);
    else refuse(marked.code, marked.detail);
  }

  #has(id: string): boolean {
    return this.#messages.some((message) => message.id === id);
  }

  #mark({ by, upTo }: ReadMark): void {
    if (upTo <= (this.#reads[by] ?? '')) return;
    this.#reads = { ...this.#reads, [by]: upTo };
    this.#options.showRead({ by, upTo });
  }

  async #load(): Promise<void> {
    const { backend, merchantId, orderId, report } = this.#options;
    const { messages, reads } = await backend.loadConversation(merchantId, orderId).catch((error) => {
      report(error);
      throw error;
    });
    for (const message of messages) this.add(message);
    for (const by of AUDIENCES) {
      const upTo = reads[by];
      if (upTo !== undefined) this.#mark({ by, upTo });
    }
  }
}
