import { type Bearer, type Credentials, createBearer } from './credentials.ts';
import { DropMateError, errorOf, retryAfterOf } from './error.ts';

export type TransportOptions = {
  /** Where DropMate is, as `https://deliveries.example`. */
  url: string;
  credentials?: Credentials | undefined;
  /** How often a request is sent again after 429, 503 or no answer; 4 unless said otherwise. */
  retries?: number;
  /** How long one request may take; 20 s unless said otherwise. */
  timeoutMs?: number;
  fetch?: typeof fetch;
};

/** A wait that is asked for is honoured up to this; beyond it the error is thrown. */
const LONGEST_WAIT_S = 60;

/**
 * A `fetch` that is signed in, makes a creating POST safe to repeat by an Idempotency-Key, waits and tries again where that
 * can do no harm, and throws DropMateError for what is not 2xx.
 */
export function createTransport(options: TransportOptions) {
  const { credentials, retries = 4, timeoutMs = 20_000, fetch: send = fetch } = options;
  const url = options.url.replace(/\/+$/, '');

  const attempt = (request: Request): Promise<Response> =>
    send(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });

  /** Until it is answered with anything else than "later", or patience is at its end. */
  async function persist(request: Request): Promise<Response> {
    for (let left = retries; ; left--) {
      const outcome = await attempt(request.clone()).catch((error: unknown) => ({ error }));
      if ('error' in outcome) {
        if (request.signal.aborted) throw outcome.error;
        if (left > 0 && isRepeatable(request)) await wait(backoff(retries - left), request.signal);
        else throw noAnswer(request, outcome.error);
        continue;
      }
      const seconds = retryAfterOf(outcome) ?? backoff(retries - left);
      const later = outcome.status === 429 || (outcome.status === 503 && isRepeatable(request));
      if (!later || left === 0 || seconds > LONGEST_WAIT_S) return outcome;
      await outcome.body?.cancel();
      await wait(seconds, request.signal);
    }
  }

  const bearer: Bearer = createBearer(credentials, (path, body) =>
    persist(
      new Request(url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    ),
  );

  return async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (isCreating(request) && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    }
    for (let renewed = false; ; renewed = true) {
      const token = await bearer.token();
      if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
      const response = await persist(request);
      if (response.ok) return response;
      if (response.status !== 401 || renewed || !(await bearer.renew(token))) throw await errorOf(response);
    }
  };
}

/** The POSTs that take an Idempotency-Key; a test compares them with the API's description. */
export const CREATING =
  /^\/v1\/(orders(\/batch|\/import)?|quotes|zones|drivers(\/[^/]+\/(devices|invite))?|customers|users|api-keys|webhooks(\/[^/]+\/rotate)?)$/;

const isCreating = ({ method, url }: Request): boolean =>
  method === 'POST' && CREATING.test(new URL(url).pathname);

/** What was perhaps done already, and can be asked again without being done twice. */
const isRepeatable = (request: Request): boolean => request.method !== 'POST' || isCreating(request);

/** Seconds: doubling from half a second, a part of it by chance, so that those who fail together do not come back so. */
const backoff = (made: number): number => 0.5 * 2 ** made * (0.5 + Math.random() / 2);

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, seconds * 1000);
    signal.addEventListener('abort', end, { once: true });
  });
}

function noAnswer({ method, url }: Request, cause: unknown): DropMateError {
  const detail = `${method} ${new URL(url).pathname}: no answer.`;
  return new DropMateError(0, { code: 'no_answer', detail }, { cause });
}
