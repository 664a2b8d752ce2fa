/** Every way in which a request can be refused. The table is the only place that knows HTTP statuses. */
export const ERROR_CODES = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Authentication is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  illegal_transition: { status: 409, title: 'The order cannot take this step' },
  stale: { status: 412, title: 'The resource has changed meanwhile' },
  too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that is not taken here' },
  unprocessable: { status: 422, title: 'The request cannot be fulfilled' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One wrong place in the input. `path` is dotted, as in `dropoff.contact.name` or `items.0.price`. */
export type FieldError = { path: string; message: string };

/** What may be told besides the detail. `retryAfter` is in seconds, `allow` are methods; `extra` joins the problem document as it is. */
export type ErrorHints = {
  errors?: FieldError[];
  retryAfter?: number;
  allow?: readonly string[];
  extra?: Record<string, unknown>;
  cause?: unknown;
};

/**
 * The error that any layer throws to refuse a request; `functions` turns it into RFC 9457 problem+json.
 * `detail` is shown to the caller, so it holds no secret, phone number or address.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hints: ErrorHints;

  constructor(code: ErrorCode, detail: string, hints: ErrorHints = {}) {
    super(detail, hints.cause === undefined ? undefined : { cause: hints.cause });
    this.code = code;
    this.hints = hints;
  }

  get status(): (typeof ERROR_CODES)[ErrorCode]['status'] {
    return ERROR_CODES[this.code].status;
  }
}

/** The same answer for what does not exist and for what belongs to another merchant. */
export function notFound(what: string): AppError {
  return new AppError('not_found', `There is no such ${what}.`);
}
