import { expect, test } from 'vitest';
import { AppError, ERROR_CODES, notFound } from './errors.ts';

/** What a client may rely on; written out so that a change of the table is noticed. */
const STATUS_OF = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  illegal_transition: 409,
  stale: 412,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
};

test('each code has its HTTP status', () => {
  const actual = Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status]));
  expect(actual).toEqual(STATUS_OF);
});

test('an error carries its code, its detail, its hints and its cause', () => {
  const cause = new Error('socket closed');
  const error = new AppError('too_many_requests', 'Slow down.', { retryAfter: 30, cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'AppError',
    code: 'too_many_requests',
    status: 429,
    message: 'Slow down.',
  });
  expect(error.hints.retryAfter).toBe(30);
  expect(error.cause).toBe(cause);
});

test('an error without a cause has none, not an undefined one', () => {
  expect('cause' in new AppError('conflict', 'Taken.')).toBe(false);
});

test('what is not there says no more than that', () => {
  expect(notFound('order')).toMatchObject({
    code: 'not_found',
    status: 404,
    message: 'There is no such order.',
  });
});
