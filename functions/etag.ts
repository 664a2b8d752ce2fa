import { z } from '@hono/zod-openapi';
import { AppError } from '../domain/errors.ts';

/** A version as an entity tag. */
export const etag = (version: number): string => `"${version}"`;

export const IfMatch = z.object({
  'if-match': z
    .string()
    .optional()
    .openapi({ description: 'The ETag of the version that is to be changed.' }),
});

/** The version that If-Match names; null when it is absent or `*`. Strong comparison: a weak tag never matches. */
export function expectedVersion(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new AppError('stale', 'If-Match names no version of this resource; send the ETag as it was given.');
  }
  return Number(version);
}

export const stale = (version: number): AppError =>
  new AppError('stale', `The resource is at version ${version} now; load it again.`, { extra: { version } });
