import { isDeepStrictEqual } from 'node:util';
import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { OrderRow } from '../../db/order-record.ts';
import { quotes } from '../../db/schema/zones.ts';
import { AppError } from '../../domain/errors.ts';
import { contradictions, type OrderTimes, outOfReach } from './times.ts';

/**
 * For an edit. Throws `invalid` for times that cannot be. One that stays as it was may have passed: an order that is late
 * can still be put right.
 */
export function checkEditedTimes(current: OrderRow, { pickup, dropoff, readyAt }: OrderTimes): void {
  const was = current.readyAt?.toISOString() ?? null;
  const changed: OrderTimes = {
    pickup: isDeepStrictEqual(pickup?.window, current.pickup.window) ? undefined : pickup,
    dropoff: isDeepStrictEqual(dropoff?.window, current.dropoff.window) ? undefined : dropoff,
    readyAt: readyAt && readyAt !== was ? readyAt : undefined,
  };
  if (Object.values(changed).every((value) => value === undefined)) return;
  const after = {
    pickup: pickup ?? current.pickup,
    dropoff: dropoff ?? current.dropoff,
    readyAt: readyAt === undefined ? was : readyAt,
  };
  const errors = [...outOfReach(changed, Date.now()), ...contradictions(after)];
  if (errors.length > 0) throw new AppError('invalid', 'The request is not valid.', { errors });
}

/** By when an order is promised whose dropoff is edited: its window's end, else what its quote said. */
export async function promiseOf(
  tx: Transaction,
  current: OrderRow,
  { window }: OrderRow['dropoff'],
): Promise<Date | null> {
  if (window !== undefined) return new Date(window.to);
  if (current.dropoff.window === undefined) return current.promisedAt;
  if (current.quoteId === null) return null;
  const [quote] = await tx
    .select({ eta: quotes.eta })
    .from(quotes)
    .where(and(eq(quotes.merchantId, current.merchantId), eq(quotes.id, current.quoteId)));
  return quote === undefined ? null : new Date(quote.eta.dropoff.to);
}
