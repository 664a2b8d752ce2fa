import { errorOf } from './error.ts';

/** What a log-in, a sign-up or an invitation that was accepted gives. */
export type Session = { accessToken: string; refreshToken: string; expiresIn: number };

export type Credentials =
  | { apiKey: string }
  | { email: string; password: string; onSession?: (session: Session) => void }
  | {
      session: Session;
      /** Told of each new one: the refresh token changes every time, and the old one soon is no good. */
      onSession?: (session: Session) => void;
    };

export type Bearer = {
  /** What to send just now; undefined: nothing. */
  token: () => Promise<string | undefined>;
  /** After a 401 for that token: whether there is another to try. */
  renew: (refused: string | undefined) => Promise<boolean>;
};

type Send = (path: string, body: object) => Promise<Response>;

/** Renewed a little before it expires, so that hardly any call meets the end of it. */
const EARLY_MS = 30_000;

/** Keeps an access token fresh. Calls at the same time share one renewal. */
export function createBearer(credentials: Credentials | undefined, send: Send): Bearer {
  if (credentials === undefined) return { token: async () => undefined, renew: async () => false };
  if ('apiKey' in credentials) {
    return { token: async () => credentials.apiKey, renew: async () => false };
  }
  let current = 'session' in credentials ? started(credentials.session) : undefined;
  let renewing: Promise<void> | undefined;

  const ask = async (path: string, body: object): Promise<Session> => {
    const response = await send(path, body);
    if (!response.ok) throw await errorOf(response);
    // The API's own answer to a log-in or a renewal.
    return (await response.json()) as Session;
  };
  const refresh = async (): Promise<Session> => {
    const refreshToken = current?.session.refreshToken;
    if (refreshToken === undefined) return signIn();
    const response = await send('/v1/auth/refresh', { refreshToken });
    // As above.
    if (response.ok) return (await response.json()) as Session;
    if (response.status === 401 && 'email' in credentials) return signIn();
    throw await errorOf(response);
  };
  const signIn = (): Promise<Session> => {
    if (!('email' in credentials)) throw new Error('There is nothing to sign in with.');
    return ask('/v1/auth/login', { email: credentials.email, password: credentials.password });
  };
  const renewOnce = (): Promise<void> => {
    renewing ??= refresh()
      .then((session) => {
        current = started(session);
        credentials.onSession?.(session);
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };

  return {
    async token() {
      if (current === undefined || Date.now() >= current.until) await renewOnce();
      return current?.session.accessToken;
    },
    async renew(refused) {
      if (current?.session.accessToken === refused) await renewOnce();
      return true;
    },
  };
}

const started = (session: Session) => ({ session, until: Date.now() + session.expiresIn * 1000 - EARLY_MS });
