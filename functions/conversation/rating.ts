import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { ratings } from '../../db/schema/conversation.ts';
import { Instant } from '../../domain/orders.ts';

/** What a customer said of a delivery, as the business sees it. */
export const Rating = z
  .object({
    orderId: z.uuid(),
    driverId: z.uuid().nullable().openapi({ description: 'Who brought it.' }),
    stars: z.int().min(1).max(5),
    comment: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Rating');
export type Rating = z.infer<typeof Rating>;

export const ratingFromRow = (row: InferSelectModel<typeof ratings>): Rating => ({
  orderId: row.orderId,
  driverId: row.driverId,
  stars: row.stars,
  comment: row.comment,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
