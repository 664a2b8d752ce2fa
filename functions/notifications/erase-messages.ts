import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { notificationLog } from '../../db/schema/notifications.ts';

/** Of the messages about these orders, to whomever: that there were some stays. What is on its way is not sent any more. */
export async function eraseMessages(tx: Transaction, merchantId: string, orderIds: string[]): Promise<void> {
  const log = notificationLog;
  await tx
    .update(log)
    .set({
      ...{ recipient: null, subject: null, body: '', providerId: null },
      status: sql`case when ${log.status} = 'queued' then 'skipped' else ${log.status} end`,
      detail: sql`case when ${log.status} = 'queued' then 'the customer was erased' else ${log.detail} end`,
      updatedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(log.merchantId, merchantId), inArray(log.orderId, orderIds)));
}
