import { z } from '@hono/zod-openapi';
import { AppError } from '../domain/errors.ts';

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** The id after which the next page starts. Ids are UUIDv7, so their order is that of creation. */
export function afterId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = z.uuid().safeParse(Buffer.from(cursor, 'base64url').toString());
  if (!id.success) {
    throw new AppError('invalid', 'The cursor is not one that was given.', {
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    });
  }
  return id.data;
}

/** Of `limit + 1` rows asked for, the page and where the next one starts. */
export function toPage<T extends { id: string }>(
  rows: T[],
  limit: number,
): { rows: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: more ? Buffer.from(last.id).toString('base64url') : null };
}
