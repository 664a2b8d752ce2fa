import { eq } from 'drizzle-orm';
import { outbox } from '../../db/schema/orders.ts';
import type { TestApp } from '../../tests/support/app.ts';

/** For tests: what the relay has to tell of one driver or order, oldest first. */
export function outboxOf({ deps }: Pick<TestApp, 'deps'>, merchantId: string, entityId: string) {
  return deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(outbox).where(eq(outbox.entityId, entityId)).orderBy(outbox.id),
  );
}
