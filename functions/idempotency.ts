import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { AppError } from '../domain/errors.ts';

export const IdempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({
      description:
        'Made by the client, 1 to 255 visible ASCII characters. For 24 hours the same request with the same key is answered ' +
        'as it was first, with `Idempotency-Replayed: true`, and does nothing; another request with it is 422. While the ' +
        'first one is being answered, the next is 409.',
    }),
});

/** What makes a request the same as an earlier one. */
export type Once = { key: string; requestHash: string };

/** `input` is the body as it was parsed. Undefined without the header; throws `invalid` for one that is no key. */
export function onceFor(header: string | undefined, input: unknown): Once | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new AppError('invalid', 'The request is not valid.', {
      errors: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
    });
  }
  return { key: header, requestHash: createHash('sha256').update(canonical(input)).digest('hex') };
}

/** JSON with its keys in order, so that who writes them in another order asks the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export const stillRunning = (): AppError =>
  new AppError('conflict', 'The first request with this Idempotency-Key is still being answered.', {
    retryAfter: 1,
  });

export const otherRequest = (): AppError =>
  new AppError('unprocessable', 'This Idempotency-Key was used for another request.', {
    errors: [{ path: 'Idempotency-Key', message: 'was used with another body' }],
  });
