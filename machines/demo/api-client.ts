import { z } from 'zod';

/** An answer that is not 2xx; status 0 when there was no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Seconds that the API asked to wait. */
  readonly retryAfter: number;

  constructor(status: number, detail: string, retryAfter = 0, cause?: unknown) {
    super(detail, { cause });
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export type Call = { method: string; path: string; body?: unknown; headers?: Record<string, string> };

export const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
});
export type Tokens = z.infer<typeof Tokens>;

/** Someone who is signed in: answers the parsed JSON (undefined without a body). Throws ApiError. */
export type Session = (call: Call) => Promise<unknown>;

const TIMEOUT_MS = 10_000;
/** Renewed a little before it expires, so that hardly any call meets the end of it. */
const EARLY_SECONDS = 30;

/**
 * Calls as one user. It signs in when first needed, renews its access token, and signs in anew when that is refused:
 * for a driver that is a new invitation. Calls at the same time share one renewal.
 */
export function createSession(apiUrl: string, signIn: () => Promise<Tokens>): Session {
  let tokens: (Tokens & { goodUntil: number }) | undefined;
  let renewing: Promise<void> | undefined;

  const renew = async (): Promise<void> => {
    const answered = (tokens && (await refresh(apiUrl, tokens.refreshToken))) ?? (await signIn());
    tokens = { ...answered, goodUntil: Date.now() + (answered.expiresIn - EARLY_SECONDS) * 1000 };
  };
  const renewOnce = (): Promise<void> => {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  return async (call) => {
    if (!tokens || Date.now() >= tokens.goodUntil) await renewOnce();
    try {
      return await send(apiUrl, call, tokens?.accessToken);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await renewOnce();
      return await send(apiUrl, call, tokens?.accessToken);
    }
  };
}

/** New tokens; undefined when the old ones are not good any more. */
async function refresh(apiUrl: string, refreshToken: string): Promise<Tokens | undefined> {
  try {
    const call = { method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } };
    return Tokens.parse(await send(apiUrl, call));
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
      return undefined;
    }
    throw error;
  }
}

/** One request. Throws ApiError. */
export async function send(apiUrl: string, call: Call, accessToken?: string): Promise<unknown> {
  const { method, path, body, headers } = call;
  let response: Response;
  try {
    response = await fetch(apiUrl + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(accessToken ? { Authorization: `Bearer ${accessToken}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : undefined;
  } catch (cause) {
    throw new ApiError(0, `${method} ${call.path}: no answer`, 0, cause);
  }
  const retryAfter = Number(response.headers.get('Retry-After')) || 0;
  throw new ApiError(response.status, `${method} ${path}: ${response.status}`, retryAfter);
}
