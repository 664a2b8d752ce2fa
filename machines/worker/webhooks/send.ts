import { type IncomingMessage, type RequestOptions, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import { findTarget, type TargetRules } from '../../../db/webhook-target.ts';

/** What came of one attempt. */
export type Attempt = {
  /** Of the answer; null when none came. */
  status: number | null;
  /** Why it failed, or null. */
  error: string | null;
  /** Seconds the receiver asked for. */
  retryAfter: number | undefined;
  ms: number;
};

export type SendOptions = TargetRules & {
  /** For everything, from the lookup to the end of the answer. */
  timeoutMs: number;
  /** Ends it before. */
  signal: AbortSignal;
};

/**
 * Posts a webhook to the one address that was checked. 2xx is a success, everything else is not: redirects are not followed.
 * The answer's body means nothing and is read up to 64 KB, so that an honest receiver can end. Rejects only when `signal` is
 * aborted.
 */
export async function sendWebhook(
  { url, headers, body }: { url: string; headers: Record<string, string>; body: string | Uint8Array },
  options: SendOptions,
): Promise<Attempt> {
  const started = performance.now();
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([timeout, options.signal]);
  const ended = (attempt: Omit<Attempt, 'ms'>): Attempt => ({
    ...attempt,
    ms: Math.round(performance.now() - started),
  });
  const answer: { status: number | null; retryAfter: number | undefined } = {
    status: null,
    retryAfter: undefined,
  };
  try {
    const target = await within(signal, findTarget(url, options));
    if (target.kind !== 'found') return ended({ ...answer, error: target.reason });
    const response = await post(target, headers, body, signal);
    answer.status = response.statusCode ?? null;
    answer.retryAfter = secondsOf(response.headers['retry-after']);
    await drain(response);
    const good = answer.status !== null && answer.status >= 200 && answer.status < 300;
    return ended({ ...answer, error: good ? null : `it answered ${answer.status}` });
  } catch (error) {
    options.signal.throwIfAborted();
    const seconds = Math.round(options.timeoutMs / 1000);
    return ended({ ...answer, error: timeout.aborted ? `no end within ${seconds} s` : reasonOf(error) });
  }
}

function post(
  { url, address }: { url: URL; address: string },
  headers: Record<string, string>,
  body: string | Uint8Array,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions & { servername?: string } = {
    method: 'POST',
    // The address, so that nothing is looked up again; the name is for the certificate and the Host header.
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
    agent: false,
    signal,
    ...(secure ? { servername: isIP(name) === 0 ? name : '' } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestByHttps : requestByHttp)(options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

const MOST_ANSWER_BYTES = 64 * 1024;

/** Reads to the end, or enough; rejects when it breaks off. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    // Leaving the loop destroys the connection.
    if (bytes > MOST_ANSWER_BYTES) return;
  }
}

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Of a Retry-After, which is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it broke off the connection',
  EPIPE: 'it broke off the connection',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'it does not answer',
};

/** In words, or by the error's code: its message may quote what the receiver sent. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return REASONS[code] ?? `it failed (${code})`;
}
