import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DeliveryMessage, FleetMessage, type Party } from '../../domain/room-messages.ts';

export type Message = DeliveryMessage | FleetMessage;
type OfType<T extends Message['type']> = Extract<Message, { type: T }>;

export type ConnectOptions = { query?: Record<string, string>; headers?: Record<string, string> };

/** A viewer of a room. Every message it receives must be one that domain/room-messages.ts describes. */
export class RoomClient {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;

  constructor(rooms: string, party: Party, room: string, token: string, options: ConnectOptions = {}) {
    const query = new URLSearchParams({ token, ...options.query });
    const url = `${rooms.replace('http', 'ws')}/parties/${party}/${room}?${query}`;
    const schema = party === 'fleet-room' ? FleetMessage : DeliveryMessage;
    this.socket = new WebSocket(url, { headers: options.headers });
    this.socket.on('message', (data) => this.messages.push(schema.parse(JSON.parse(String(data)))));
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('error', () => {});
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  of<T extends Message['type']>(type: T): OfType<T>[] {
    // The filter is what the type says.
    return this.messages.filter((message) => message.type === type) as OfType<T>[];
  }

  /** The `count`th message of that type, awaited. */
  async nth<T extends Message['type']>(type: T, count = 1): Promise<OfType<T>> {
    return vi.waitFor(() => {
      const message = this.of(type)[count - 1];
      if (message === undefined)
        throw new Error(`No ${count}. ${type} among ${this.messages.map((m) => m.type)}.`);
      return message;
    }, PATIENCE);
  }

  /** Everything sent to this socket so far has arrived once the pong has. */
  async settled(): Promise<this> {
    const pongs = this.of('pong').length;
    this.send({ type: 'ping' });
    await this.nth('pong', pongs + 1);
    return this;
  }

  async closedWith(code: number): Promise<void> {
    await vi.waitFor(() => expect(this.closeCode).toBe(code), PATIENCE);
  }

  close(): void {
    this.socket.close(1000);
  }
}

export const PATIENCE = { timeout: 15_000, interval: 10 };
