import { z } from '@hono/zod-openapi';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { DriverRow } from '../../db/order-record.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { DriverRecord, Instant } from '../../domain/orders.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { isDuplicate } from '../problem.ts';

/** What the driver routes answer. `location` is at most ten seconds old while they move; the newest is in the room. */
export const Driver = DriverRecord.extend({
  phone: z.string().nullable(),
  email: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
}).openapi('Driver');
export type Driver = z.infer<typeof Driver>;

export function driverFromRow(row: DriverRow): Driver {
  const { id, name, phone, email, vehicleType, status, version, location, createdAt, updatedAt } = row;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, phone, email, vehicleType, status, version, location, ...times };
}

export const driverPathId = z.union([z.uuid(), z.literal('me')]).openapi({
  param: { name: 'id', in: 'path' },
  description: "A driver's id, or `me` for the driver who asks.",
});
export const DriverParam = z.object({ id: driverPathId });

/** The driver that a path names. Throws `not_found` for `me` of someone who is no driver, and for a driver's colleague. */
export function reachableDriver(actor: Actor, id: string): string {
  const own = driverScope(actor);
  const named = id === 'me' ? own : id.toLowerCase();
  if (named === null || (own !== null && named !== own)) throw notFound('driver');
  return named;
}

/** The row of a driver who has not been removed, and is none of the sandbox's robots. */
export const presentDriver = (merchantId: string, id: string) =>
  and(eq(drivers.merchantId, merchantId), eq(drivers.id, id), isNull(drivers.removedAt), isPerson);

/** No robot of the sandbox. */
export const isPerson = sql`${drivers.robot} is not true`;

/** A driver who has not been removed. Throws `not_found`. */
export async function requireDriver(tx: Transaction, merchantId: string, id: string): Promise<DriverRow> {
  const [row] = await tx.select().from(drivers).where(presentDriver(merchantId, id));
  if (row === undefined) throw notFound('driver');
  return row;
}

/** Keeps others from changing the driver, or assigning to them, until the transaction ends. Throws `not_found`. */
export async function lockDriver(tx: Transaction, merchantId: string, id: string): Promise<DriverRow> {
  const [row] = await tx.select().from(drivers).where(presentDriver(merchantId, id)).for('update');
  if (row === undefined) throw notFound('driver');
  return row;
}

/** What the rooms must hear of each version of a driver, in the transaction of the change. Then call `wakeRelay`. */
export async function recordDriverChange(tx: Transaction, merchantId: string, id: string): Promise<void> {
  await tx.execute(sql`
    insert into outbox (topic, merchant_id, entity_id, version, payload)
    select 'driver', d.merchant_id, d.id, d.version, to_jsonb(d) from drivers d
    where d.merchant_id = ${merchantId} and d.id = ${id}`);
}

/** For `catch`: an email logs in to one account, over all merchants. */
export function refuseTakenEmail(error: unknown): never {
  if (!isDuplicate(error, 'users_email')) throw error;
  throw new AppError('conflict', 'An account with this email exists already.', {
    errors: [{ path: 'email', message: 'belongs to an account already' }],
  });
}
