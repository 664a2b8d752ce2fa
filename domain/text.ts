import { z } from 'zod';

/** Neither a NUL nor half of a surrogate pair: Postgres holds neither. */
export const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes('\0');

/** A text that people wrote: trimmed, at least one character, at most `max`. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isStorable, { message: 'holds a character that cannot be stored' });
