import type { ErrorCode, FieldError } from '../../domain/errors.ts';

/** Our API's own codes, and what keeps a request from being answered at all. */
export type ProblemCode = ErrorCode | 'network' | 'timeout' | 'aborted' | 'unknown';

type ProblemFields = {
  code: ProblemCode;
  /** 0 without an answer. */
  status: number;
  /** In English, for people who read logs; pages say it in the reader's words (`problemWords`). */
  detail: string;
  errors?: FieldError[];
  /** Seconds. */
  retryAfter?: number | undefined;
  requestId?: string | undefined;
  extra?: Record<string, unknown>;
};

/** Whatever may go wrong with a request, in one shape: what the server refused, and that nothing came back. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly status: number;
  /** By path, as `dropoff.contact.name`; empty when no field is to blame. */
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;
  readonly requestId: string | undefined;
  /** What a problem document has besides: `missing`, `legal`, `triesLeft`, … */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor({ code, status, detail, errors, retryAfter, requestId, extra }: ProblemFields) {
    super(detail);
    this.code = code;
    this.status = status;
    this.errors = errors ?? [];
    this.retryAfter = retryAfter;
    this.requestId = requestId;
    this.extra = extra ?? {};
  }

  /** Whether the same request may well succeed a little later. */
  get isTransient(): boolean {
    return TRANSIENT.has(this.code) || this.status === 429 || this.status >= 500;
  }

  /** What is wrong with that field, or undefined. `items` also finds `items.0.price`. */
  fieldError(path: string): string | undefined {
    return this.errors.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message;
  }
}

const TRANSIENT: ReadonlySet<ProblemCode> = new Set(['network', 'timeout', 'unavailable']);

/** The problem that an answer tells (RFC 9457), or what can be made of one that tells none, as a proxy's. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const { status } = response;
  const retryAfter = secondsOf(response.headers.get('Retry-After'));
  if (!isRecord(body) || typeof body.code !== 'string') {
    // Not ours: a café's network that wants a log-in of its own must not end anybody's session here.
    return new ApiProblem({ code: 'unknown', status, detail: `The server answered ${status}.`, retryAfter });
  }
  const { type: _type, title: _title, status: _status, code, detail, errors, requestId, ...extra } = body;
  return new ApiProblem({
    // A code that a newer server has is as good as any: only known ones are compared with.
    code: code as ProblemCode,
    status,
    detail: typeof detail === 'string' ? detail : '',
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    requestId: typeof requestId === 'string' ? requestId : undefined,
    retryAfter,
    extra,
  });
}

/** What `fetch` threw, as a problem: no network, out of time, or called off by the page. */
export function problemOfFailure(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const name = error instanceof Error ? error.name : '';
  const code = name === 'TimeoutError' ? 'timeout' : name === 'AbortError' ? 'aborted' : 'network';
  return new ApiProblem({ code, status: 0, detail: error instanceof Error ? error.message : String(error) });
}

/** `Retry-After` as a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
