import { ApiProblem, problemOf, problemOfFailure } from './problem.ts';
import {
  isStoredKey,
  parseStored,
  readStored,
  removeStored,
  type SessionStorage,
  type SessionUser,
  type Slot,
  writeStored,
} from './storage.ts';

export type { SessionUser, Slot } from './storage.ts';

/** What every log-in, invitation and refresh answers. */
export type SessionAnswer = {
  user: SessionUser;
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
};

/** What of the browser a session needs; a test passes its own. */
export type SessionHost = {
  storage: SessionStorage;
  fetch: typeof fetch;
  /** Web Locks; absent where the page is not in a secure context. */
  locks?: Pick<LockManager, 'request'> | undefined;
  channel?: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | undefined;
  now: () => number;
};

/** Who has signed in, in all tabs of this browser that show that role's pages. */
export type Session = {
  /** Known without the network, so that a phone can start in a tunnel. */
  user: () => SessionUser | null;
  /** A good access token, refreshed if need be. Throws `ApiProblem`: `unauthenticated` when there is no session. */
  accessToken: (signal?: AbortSignal) => Promise<string>;
  /** After a 401: the token is not used again. */
  distrust: (accessToken: string) => void;
  /** Ends it here, in the other tabs, and on the server if that can be reached. */
  logOut: () => Promise<void>;
  /** Calls back when the user changes or is gone, in this tab or another. Returns what ends it. */
  onChange: (listener: (user: SessionUser | null) => void) => () => void;
};

type Access = { token: string; goodUntil: number };
type News = { slot: Slot } & ({ access: Access } | { ended: true });

/** A token is replaced before a slow request could outlive it. */
const MARGIN_MS = 30_000;
const TIMEOUT_MS = 15_000;

/** Keeps what a log-in answered, for the pages of that user's role. */
export function keepSession(answer: SessionAnswer, storage: SessionStorage = localStorage): void {
  writeStored(storage, { refreshToken: answer.refreshToken, user: answer.user });
}

/** The session of that role's pages in this browser. */
export function openSession(slot: Slot, host: SessionHost = browserHost()): Session {
  let access: Access | null = null;
  let refreshing: Promise<string> | null = null;
  const listeners = new Set<(user: SessionUser | null) => void>();
  const user = (): SessionUser | null => readStored(host.storage, slot)?.user ?? null;
  const isGood = (known: Access | null): known is Access =>
    known !== null && host.now() < known.goodUntil - MARGIN_MS;
  const tell = (): void => {
    for (const listener of listeners) listener(user());
  };
  const end = (): void => {
    access = null;
    removeStored(host.storage, slot);
    tell();
  };

  host.channel?.addEventListener('message', (event) => {
    const news: News = (event as MessageEvent).data; // only our own pages speak here
    if (news.slot !== slot) return;
    if ('access' in news) access = news.access;
    else end();
  });
  globalThis.addEventListener?.('storage', (event) => {
    if (!(event instanceof StorageEvent) || !isStoredKey(slot, event.key)) return;
    // A log-in in another tab, perhaps another person's; each exchange of that tab comes by here too, and changes nothing.
    if (userIn(event.oldValue) === userIn(event.newValue)) return;
    access = null;
    tell();
  });

  /** One at a time over all tabs: of two that exchange the same token, the server would take one for a thief. */
  const refreshAlone = async (): Promise<string> => {
    const work = async (): Promise<string> => {
      if (isGood(access)) return access.token;
      const stored = readStored(host.storage, slot);
      if (stored === null) throw notSignedIn();
      const answer = await exchange(host, stored.refreshToken).catch(problemOfFailure);
      // Another log-in may have come meanwhile: its token is not to be lost, whatever became of the old one.
      const current = readStored(host.storage, slot)?.refreshToken;
      if (current !== undefined && current !== stored.refreshToken) return work();
      if (answer instanceof ApiProblem) throw answer;
      if (current === undefined) throw notSignedIn();
      writeStored(host.storage, { refreshToken: answer.refreshToken, user: answer.user });
      access = { token: answer.accessToken, goodUntil: host.now() + answer.expiresIn * 1000 };
      host.channel?.postMessage({ slot, access } satisfies News);
      return access.token;
    };
    return host.locks === undefined ? work() : host.locks.request(`dropmate.session.${slot}`, work);
  };

  const refresh = async (): Promise<string> => {
    try {
      return await refreshAlone();
    } catch (error) {
      // A 401 here is final; anything else (no network, a server that restarts) is no reason to log anybody out.
      if (error instanceof ApiProblem && error.code === 'unauthenticated') {
        host.channel?.postMessage({ slot, ended: true } satisfies News);
        end();
      }
      throw error;
    } finally {
      refreshing = null;
    }
  };

  return {
    user,
    accessToken: async (signal) => {
      if (isGood(access)) return access.token;
      refreshing ??= refresh();
      return unlessAborted(refreshing, signal);
    },
    distrust: (token) => {
      if (access?.token === token) access = null;
    },
    logOut: async () => {
      const stored = readStored(host.storage, slot);
      host.channel?.postMessage({ slot, ended: true } satisfies News);
      end();
      if (stored !== null) await post(host, '/v1/auth/logout', stored.refreshToken).catch(() => undefined);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const userIn = (stored: string | null): string | undefined => parseStored(stored)?.user.id;

export const notSignedIn = (): ApiProblem =>
  new ApiProblem({ code: 'unauthenticated', status: 401, detail: 'Nobody has signed in.' });

function browserHost(): SessionHost {
  return {
    storage: localStorage,
    fetch: (...request) => fetch(...request),
    locks: navigator.locks as LockManager | undefined, // undefined over plain http
    channel: new BroadcastChannel('dropmate.session'),
    now: () => Date.now(),
  };
}

async function exchange(host: SessionHost, refreshToken: string): Promise<SessionAnswer> {
  const response = await post(host, '/v1/auth/refresh', refreshToken);
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

async function post(host: SessionHost, path: string, refreshToken: string): Promise<Response> {
  try {
    return await host.fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw problemOfFailure(error);
  }
}

/** Others may wait for the same work: who gives up leaves, and the work goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(problemOfFailure(signal.reason));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
