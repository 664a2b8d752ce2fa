import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';

/** Where a page starts in a list by time whose ids are not in the order of time. */
export type Moment = { at: string; id: string };

const Cursor = z.tuple([z.iso.datetime({ precision: 3 }), z.uuid()]);

/** Throws `invalid` for a cursor that is none. */
export function afterMoment(cursor: string | undefined): Moment | undefined {
  if (cursor === undefined) return undefined;
  const parsed = Cursor.safeParse(Buffer.from(cursor, 'base64url').toString().split(' '));
  if (!parsed.success) {
    throw new AppError('invalid', 'The cursor is not one that was given.', {
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    });
  }
  const [at, id] = parsed.data;
  return { at, id };
}

/** Of `limit + 1` rows asked for, the page and where the next one starts. */
export function toPageByMoment<T extends { id: string; createdAt: Date }>(
  found: T[],
  limit: number,
): { rows: T[]; nextCursor: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (found.length <= limit || last === undefined) return { rows, nextCursor: null };
  const nextCursor = Buffer.from(`${last.createdAt.toISOString()} ${last.id}`).toString('base64url');
  return { rows, nextCursor };
}
