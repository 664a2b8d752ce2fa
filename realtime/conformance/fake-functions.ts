import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { type Conversation, NewMessage, NewRead } from '../../domain/messages.ts';
import { FleetFlush, type FleetState, type RoomEvent } from '../../domain/room-events.ts';
import type { Message, RoomClaims } from '../../domain/room-messages.ts';
import { serviceKey } from '../service-token.ts';

export const SECRET = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE';

export type TokenOptions = { expiresIn?: number; audience?: string; sub?: string };

/** What rooms need of functions: the keys of tokens, the fleets to load, and somebody who takes what they write behind. */
export class FakeFunctions {
  readonly fleets = new Map<string, FleetState>();
  readonly flushes = new Map<string, FleetFlush[]>();
  /** What `/internal` answers instead, while it is "down". */
  failing: number | null = null;
  /** The same, of messages alone. */
  chatFailing: number | null = null;
  /** By order. */
  readonly chats = new Map<string, Conversation>();
  /** Messages are stored, and not answered, until this is settled. */
  answerAfter: Promise<void> = Promise.resolve();
  origin = '';
  #server = createServer((request, response) => void this.#answer(request, response));
  #keys = generateKeyPair('EdDSA', { extractable: true });
  #service = serviceKey(SECRET);

  async start(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async roomToken(
    claims: Omit<RoomClaims, 'exp' | 'sub'>,
    { expiresIn = 3600, audience = 'dropmate:room', sub = 'somebody' }: TokenOptions = {},
  ): Promise<string> {
    const { privateKey } = await this.#keys;
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
      .setIssuer('dropmate')
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(privateKey);
  }

  async serviceToken({ expiresIn = 60, audience = 'dropmate:realtime' }: TokenOptions = {}): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('dropmate')
      .setSubject('worker')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(await this.#service);
  }

  /** Posts an event as the worker does. */
  async post(rooms: string, merchantId: string, event: RoomEvent): Promise<Response> {
    return fetch(`${rooms}/parties/fleet-room/${merchantId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.serviceToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
  }

  chatOf(orderId: string): Conversation {
    const chat = this.chats.get(orderId) ?? { messages: [], reads: {} };
    this.chats.set(orderId, chat);
    return chat;
  }

  /** Stores a message as if it had come by HTTP; `secondsAgo` by this clock. */
  say(orderId: string, secondsAgo: number, fields: Partial<Message> = {}): Message {
    const at = new Date(Date.now() - secondsAgo * 1000).toISOString();
    const message: Message = { id: crypto.randomUUID(), from: 'customer', text: 'Hello', at, ...fields };
    this.chatOf(orderId).messages.push(message);
    return message;
  }

  #keep(body: string): Message | null {
    const { id, orderId, speaker, text } = NewMessage.parse(JSON.parse(body));
    const others = [...this.chats].some(
      ([order, { messages }]) => order !== orderId && messages.some((message) => message.id === id),
    );
    if (others) return null;
    const known = this.chatOf(orderId).messages.find((message) => message.id === id);
    return known ?? this.say(orderId, 0, { id, from: speaker.from, text });
  }

  #mark(body: string) {
    const { id, orderId, speaker } = NewRead.parse(JSON.parse(body));
    const chat = this.chatOf(orderId);
    const upTo = chat.messages.find((message) => message.id === id)?.at;
    if (upTo === undefined) return null;
    if (upTo > (chat.reads[speaker.from] ?? '')) chat.reads[speaker.from] = upTo;
    return { by: speaker.from, upTo: chat.reads[speaker.from] };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, area, what, id = ''] = (request.url ?? '').split('/');
    if (area === '.well-known') {
      const jwk = await exportJWK((await this.#keys).publicKey);
      return json(response, 200, { keys: [{ ...jwk, kid: 'test', alg: 'EdDSA', use: 'sig' }] });
    }
    const body = await text(request);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const verified = await jwtVerify(token, await this.#service, { audience: 'dropmate:internal' }).catch(
      () => null,
    );
    if (verified?.payload.sub !== 'realtime') return json(response, 401, {});
    if (this.failing !== null) return json(response, this.failing, {});
    if (what === 'flush') {
      this.flushes.set(id, [...(this.flushes.get(id) ?? []), FleetFlush.parse(JSON.parse(body))]);
      return json(response, 200, { ok: true });
    }
    if (what === 'messages' || what === 'reads') {
      if (this.chatFailing !== null) return json(response, this.chatFailing, {});
      const order = (request.url ?? '').split('/')[4];
      if (order !== undefined) return json(response, 200, this.chatOf(order));
      const answer = what === 'reads' ? this.#mark(body) : this.#keep(body);
      await this.answerAfter;
      return json(response, answer === null ? 409 : 200, answer ?? { detail: 'The id is that of another.' });
    }
    const fleet = this.fleets.get(id);
    return fleet === undefined ? json(response, 404, {}) : json(response, 200, fleet);
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
