import { type FleetFlush, FleetState } from '../domain/room-events.ts';
import type { RoomsEnv } from './environment.ts';
import { KeySet } from './key-set.ts';
import { serviceKey, signServiceToken } from './service-token.ts';

const TIMEOUT_MS = 5_000;
/** Answers that no repetition will change. */
const REFUSALS: readonly number[] = [400, 404, 413, 422];

export type Backend = {
  /** The keys of room tokens. */
  keys: KeySet;
  /** The key of service tokens. */
  serviceKey(): Promise<Uint8Array>;
  /** The live state of a merchant; null when functions knows none of that id. Throws when it can't be had. */
  loadFleet(merchantId: string): Promise<FleetState | null>;
  /** Writes behind. `refused` will be refused again; throws when a repetition may help. */
  flush(merchantId: string, flush: FleetFlush): Promise<'written' | 'refused'>;
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
      const response = await call(`/internal/flush/${merchantId}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(flush),
      });
      await response.body?.cancel();
      if (response.ok) return 'written';
      if (REFUSALS.includes(response.status)) return 'refused';
      throw new Error(`/internal/flush answered ${response.status}`);
    },
  };
}
