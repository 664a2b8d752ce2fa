import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import { and, desc, eq, gte, isNull, lt, lte, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { shifts } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import { Instant, Money } from '../../domain/orders.ts';

export type ShiftRow = InferSelectModel<typeof shifts>;

/** From going on duty to going home. Money in minor units of the merchant's currency. */
export const Shift = z
  .object({
    id: z.uuid(),
    driverId: z.uuid(),
    startedAt: Instant,
    endedAt: Instant.nullable(),
    cashExpected: Money.nullable().openapi({
      description: 'What the orders that the driver delivered in it brought in; counted when it ends.',
    }),
    cashCounted: Money.nullable().openapi({ description: 'What the driver handed over.' }),
    cashDifference: z
      .int()
      .nullable()
      .openapi({ description: 'Counted less expected: below 0, money is missing.' }),
    note: z.string().nullable(),
  })
  .openapi('Shift');
export type Shift = z.infer<typeof Shift>;

export function shiftFromRow({ merchantId: _, ...row }: ShiftRow): Shift {
  const { cashExpected, cashCounted } = row;
  return {
    ...row,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    cashDifference: cashExpected === null || cashCounted === null ? null : cashCounted - cashExpected,
  };
}

type Who = { merchantId: string; driverId: string };

/** The last one, open or not. */
export async function findLastShift(tx: Transaction, who: Who): Promise<ShiftRow | undefined> {
  const [row] = await tx.select().from(shifts).where(ofDriver(who)).orderBy(desc(shifts.id)).limit(1);
  return row;
}

/** In the transaction that puts the driver on duty, which has locked them. */
export async function openShift(tx: Transaction, { merchantId, driverId }: Who): Promise<void> {
  await tx
    .insert(shifts)
    .values({ merchantId, id: uuidv7(), driverId, startedAt: sql`clock_timestamp()` })
    .onConflictDoNothing();
}

export type CashCount = { cashCounted?: number | undefined; note?: string | undefined };

/** In the transaction that takes the driver off duty, when nothing is in hand any more: so no delivery is under way. */
export async function closeShift(tx: Transaction, who: Who, count: CashCount = {}): Promise<void> {
  const [open] = await tx
    .update(shifts)
    .set({ endedAt: sql`clock_timestamp()`, ...count })
    .where(and(ofDriver(who), isNull(shifts.endedAt)))
    .returning();
  if (open === undefined) return;
  const cashExpected = await sumCash(tx, open);
  await tx.update(shifts).set({ cashExpected }).where(byId(who.merchantId, open.id));
}

/** A count that came after the end is taken, once: the driver went home first, or the answer was lost. */
export async function countLater(tx: Transaction, who: Who, count: CashCount): Promise<void> {
  const last = await findLastShift(tx, who);
  if (last?.endedAt == null || last.cashCounted !== null || count.cashCounted === undefined) return;
  await tx.update(shifts).set(count).where(byId(who.merchantId, last.id));
}

/** What the orders brought in whose delivery the server heard of in the shift; of an open one, so far. */
export async function sumCash(tx: Transaction, shift: ShiftRow): Promise<number> {
  const [row] = await tx
    .select({ sum: sql<string>`coalesce(sum(${orders.cashCollected}), 0)` })
    .from(orders)
    .where(
      and(
        eq(orders.merchantId, shift.merchantId),
        eq(orders.driverId, shift.driverId),
        eq(orders.status, 'delivered'),
        gte(orders.statusAt, shift.startedAt),
        shift.endedAt === null ? undefined : lt(orders.statusAt, shift.endedAt),
      ),
    );
  return Number(row?.sum ?? 0);
}

export const byId = (merchantId: string, id: string) =>
  and(eq(shifts.merchantId, merchantId), eq(shifts.id, id));

const ofDriver = ({ merchantId, driverId }: Who) =>
  and(eq(shifts.merchantId, merchantId), eq(shifts.driverId, driverId));

/** Begun in that time. */
export const startedWithin = (from: string | undefined, to: string | undefined) =>
  and(
    from ? gte(shifts.startedAt, new Date(from)) : undefined,
    to ? lte(shifts.startedAt, new Date(to)) : undefined,
  );
