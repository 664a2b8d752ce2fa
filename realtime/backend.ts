import type { z } from 'zod';
import { Conversation, type NewMessage, type NewRead } from '../domain/messages.ts';
import { type FleetFlush, FleetState } from '../domain/room-events.ts';
import { Message, ReadMark } from '../domain/room-messages.ts';
import type { RoomsEnv } from './environment.ts';
import { KeySet } from './key-set.ts';
import { serviceKey, signServiceToken } from './service-token.ts';

const TIMEOUT_MS = 5_000;
/** Answers that no repetition will change. */
const REFUSALS: readonly number[] = [400, 403, 404, 409, 413, 422];

/** What was written, or why it never will be (`refused`, with functions' own words) or not so fast. */
export type Written<T> =
  | { ok: true; value: T }
  | { ok: false; code: 'refused' | 'too_fast'; detail?: string };

export type Backend = {
  /** The keys of room tokens. */
  keys: KeySet;
  /** The key of service tokens. */
  serviceKey(): Promise<Uint8Array>;
  /** The live state of a merchant; null when functions knows none of that id. Throws when it can't be had. */
  loadFleet(merchantId: string): Promise<FleetState | null>;
  /** Writes behind. `refused` will be refused again; throws when a repetition may help. */
  flush(merchantId: string, flush: FleetFlush): Promise<'written' | 'refused'>;
  /** An order's chat. Throws when it can't be had. */
  loadConversation(merchantId: string, orderId: string): Promise<Conversation>;
  /** These two throw when a repetition may help. */
  storeMessage(merchantId: string, message: NewMessage): Promise<Written<Message>>;
  markRead(merchantId: string, read: NewRead): Promise<Written<ReadMark>>;
};

const backends = new WeakMap<RoomsEnv, Backend>();

/** Functions as this environment reaches it: made on first use, one an environment. */
export function backendOf(env: RoomsEnv): Backend {
  const known = backends.get(env);
  if (known !== undefined) return known;
  const backend = createBackend(env);
  backends.set(env, backend);
  return backend;
}

function createBackend({ FUNCTIONS_URL, DROPMATE_SECRET }: RoomsEnv): Backend {
  let key: Uint8Array | null = null;
  const keyOnce = async (): Promise<Uint8Array> => {
    key ??= await serviceKey(DROPMATE_SECRET);
    return key;
  };
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const authorization = `Bearer ${await signServiceToken(await keyOnce())}`;
    const headers = { ...init.headers, authorization };
    return fetch(new URL(path, FUNCTIONS_URL), { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };

  const post = (path: string, body: object): Promise<Response> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const write = async <T>(path: string, body: object, schema: z.ZodType<T>): Promise<Written<T>> => {
    const response = await post(path, body);
    if (response.ok) return { ok: true, value: schema.parse(await response.json()) };
    const problem: unknown = await response.json().catch(() => null);
    if (response.status === 429) return { ok: false, code: 'too_fast' };
    if (REFUSALS.includes(response.status)) return { ok: false, code: 'refused', ...detailOf(problem) };
    throw new Error(`${path} answered ${response.status}`);
  };

  return {
    keys: new KeySet(async () => {
      const url = new URL('/.well-known/jwks.json', FUNCTIONS_URL);
      return (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).json();
    }),
    serviceKey: keyOnce,
    loadFleet: async (merchantId) => {
      const response = await call(`/internal/fleet/${merchantId}`);
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`/internal/fleet answered ${response.status}`);
      return FleetState.parse(await response.json());
    },
    flush: async (merchantId, flush) => {
      const response = await post(`/internal/flush/${merchantId}`, flush);
      await response.body?.cancel();
      if (response.ok) return 'written';
      if (REFUSALS.includes(response.status)) return 'refused';
      throw new Error(`/internal/flush answered ${response.status}`);
    },
    loadConversation: async (merchantId, orderId) => {
      const response = await call(`/internal/messages/${merchantId}/${orderId}`);
      if (!response.ok) throw new Error(`/internal/messages answered ${response.status}`);
      return Conversation.parse(await response.json());
    },
    storeMessage: (merchantId, message) => write(`/internal/messages/${merchantId}`, message, Message),
    markRead: (merchantId, read) => write(`/internal/reads/${merchantId}`, read, ReadMark),
  };
}

/** Functions' problem documents are written for the caller to see. */
function detailOf(problem: unknown): { detail?: string } {
  const known = typeof problem === 'object' && problem !== null && 'detail' in problem;
  return known && typeof problem.detail === 'string' ? { detail: problem.detail } : {};
}
