import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { AppError, ERROR_CODES } from '../domain/errors.ts';
import type { ApiEnv } from './api.ts';

/** Turns whatever was thrown into RFC 9457 problem+json. What is unknown is logged whole and told as "internal". */
export function toProblem(error: unknown, c: Context<ApiEnv>): Response {
  const known = tellable(error, c.var.log);
  const { title, status } = ERROR_CODES[known.code];
  const { errors, retryAfter, allow, extra } = known.hints;
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter));
  if (allow !== undefined) c.header('Allow', allow.join(', '));
  if (known.code === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer');
  return c.json(
    {
      type: `urn:dropmate:problem:${known.code}`,
      title,
      status,
      detail: known.message,
      code: known.code,
      requestId: c.var.requestId,
      ...(errors === undefined ? {} : { errors }),
      ...extra,
    },
    // The statuses of the table all have a body.
    status as ContentfulStatusCode,
    { 'Content-Type': 'application/problem+json' },
  );
}

/** What a client may be told of it; what failed on our side is logged. */
export function tellable(error: unknown, log: Logger): AppError {
  const known = asAppError(error);
  if (known.status >= 500) log.error({ err: forLog(known.cause ?? error) }, known.message);
  return known;
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) return fromHono(error);
  const code = databaseCode(error);
  if (code !== undefined && UNAVAILABLE.test(code)) {
    return new AppError('unavailable', 'The database cannot be reached just now.', {
      retryAfter: 2,
      cause: error,
    });
  }
  // What zod let through and Postgres cannot hold: a NUL in a text, a number or a time beyond its range.
  if (code === '22P05' || code === '22021') {
    return new AppError('invalid', 'A text holds a character that cannot be stored.');
  }
  if (code === '22003' || code === '22007' || code === '22008') {
    return new AppError('invalid', 'A number or a time is out of range.');
  }
  return new AppError('internal', 'Something went wrong. The request id helps us to find it.', {
    cause: error,
  });
}

/** Hono's own refusals: a body that is not JSON, or not said to be. */
function fromHono(error: HTTPException): AppError {
  if (error.status === 415)
    return new AppError('unsupported_media_type', 'Send Content-Type: application/json.');
  if (error.status === 413) return new AppError('too_large', 'A body is at most 256 KB.');
  if (error.status === 400) {
    return new AppError('invalid', 'The body is not JSON.', {
      errors: [{ path: '', message: 'is not JSON' }],
    });
  }
  return new AppError('internal', 'Something went wrong.', { cause: error });
}

// Classes 08 (connection), 53 (resources), 57 (operator: shut down, time-out), 40 (deadlock), postgres.js's and Node's.
const UNAVAILABLE =
  /^(08...|53...|57P0.|57014|40001|40P01|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)|ECONN(REFUSED|RESET)|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/;

/**
 * What is logged of an error. Drizzle's message holds the parameters and Postgres's `detail` the row: names, phone
 * numbers, addresses. So of these it is the code, what was violated and where.
 */
function forLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = databaseCode(error);
  if (code === undefined) return error;
  const { constraint_name: constraint, table_name: table } = rootOf(error);
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { type: error.name, code, constraint, table, stack: stack?.join('\n') };
}

function rootOf(error: Error): Error & { constraint_name?: unknown; table_name?: unknown } {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}

/** The code of the first error in the chain of causes that has one; Drizzle wraps what the driver throws. */
export function databaseCode(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
  }
  return undefined;
}

/** Whether a unique index refused the row, and this one of that name. */
export function isDuplicate(error: unknown, index: string): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('constraint_name' in e) return e.constraint_name === index && databaseCode(error) === '23505';
  }
  return false;
}
