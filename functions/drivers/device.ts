import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { devices } from '../../db/schema/drivers.ts';
import { Instant } from '../../domain/orders.ts';

/** A phone tracker of a driver. Its token is shown only when it is added. */
export const Device = z.object({ id: z.uuid(), name: z.string(), createdAt: Instant }).openapi('Device');
export type Device = z.infer<typeof Device>;

export function deviceFromRow({ id, name, createdAt }: InferSelectModel<typeof devices>): Device {
  return { id, name, createdAt: createdAt.toISOString() };
}
