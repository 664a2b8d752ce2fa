import { z } from 'zod';
import { text } from './text.ts';

/** So long after the first word a customer may change it. */
export const RATING_MS_TO_CHANGE = 24 * 3_600_000;

/** What a customer says of a delivery. */
export const NewRating = z.strictObject({ stars: z.int().min(1).max(5), comment: text(1000).optional() });
export type NewRating = z.infer<typeof NewRating>;

/** Whether what was said at that time may still be changed. */
export const mayChangeRating = (createdAt: Date, now: Date): boolean =>
  now.getTime() - createdAt.getTime() <= RATING_MS_TO_CHANGE;
