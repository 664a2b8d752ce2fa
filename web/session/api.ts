import { hc } from 'hono/client';
import type { SERVICES, ServiceName } from '../../functions/services.ts';
import { ApiProblem, problemOf, problemOfFailure } from './problem.ts';
import type { Session } from './session.ts';

/** A union rather than an intersection: `hc` then takes each service by itself, and merges their clients. */
type Api = ReturnType<(typeof SERVICES)[Exclude<ServiceName, 'pages'>]>;
export type ApiClient = ReturnType<typeof hc<Api>>;

export type RequestOptions = {
  timeoutMs?: number;
  /** How often a GET is tried again when it was not answered, or with 429 or 5xx. */
  retries?: number;
  fetch?: typeof fetch;
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
};

const TIMEOUT_MS = 15_000;
const RETRIES = 2;
/** A server that asks for more patience than this gets none: the page says so instead. */
const MOST_PATIENCE_MS = 30_000;

/**
 * The API by its own types: `await (await api.v1.orders.$get({query: {}})).json()`. Every answer that is no success is
 * thrown as an `ApiProblem`, so what comes back is what the route promises. Abort by `{init: {signal}}`. Without a
 * session it reaches the open routes only.
 */
export function openApi(session: Session | null, options: RequestOptions = {}): ApiClient {
  return hc<Api>('', { fetch: authorisedFetch(session, options) });
}

/** The same for what `hc` cannot send, as a file: a `fetch` that signs, retries and throws `ApiProblem`. */
export function authorisedFetch(session: Session | null, options: RequestOptions = {}): typeof fetch {
  const { sleep = wait, retries = RETRIES } = options;
  return async (input, init = {}) => {
    const signal = init.signal ?? undefined;
    const isRepeatable = (init.method ?? 'GET').toUpperCase() === 'GET';
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(session, options, input, init);
      } catch (error) {
        const problem = problemOfFailure(error);
        const pause = (problem.retryAfter ?? 0.5 * 2 ** attempt * (0.5 + Math.random())) * 1000;
        const isHopeless = !isRepeatable || attempt >= retries || !problem.isTransient;
        if (isHopeless || pause > MOST_PATIENCE_MS) throw problem;
        await sleep(pause, signal);
      }
    }
  };
}

async function once(
  session: Session | null,
  options: RequestOptions,
  ...[input, init = {}]: Parameters<typeof fetch>
): Promise<Response> {
  const send = (token: string | null): Promise<Response> => attempt(options, input, init, token);
  if (session === null) return orThrow(await send(null));
  const token = await session.accessToken(init.signal ?? undefined);
  const response = await send(token);
  if (response.status !== 401) return orThrow(response);
  // Revoked, or a clock that jumped: a fresh token decides whether the session has ended.
  session.distrust(token);
  return orThrow(await send(await session.accessToken(init.signal ?? undefined)));
}

function attempt(
  { timeoutMs = TIMEOUT_MS, fetch: ask = fetch }: RequestOptions,
  input: RequestInfo | URL,
  init: RequestInit,
  token: string | null,
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  return ask(input, { ...init, headers, signal, cache: 'no-store' });
}

async function orThrow(response: Response): Promise<Response> {
  if (!response.ok) throw await problemOf(response);
  return response;
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(new ApiProblem({ code: 'aborted', status: 0, detail: 'The page called it off.' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}
