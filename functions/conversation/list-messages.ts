import { and, desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { messageReads, messages } from '../../db/schema/conversation.ts';
import { CHAT_KEPT, type Conversation } from '../../domain/messages.ts';
import type { ReadMarks } from '../../domain/room-messages.ts';
import type { Deps } from '../deps.ts';
import { afterId, toPage } from '../paging.ts';
import { messageFromRow } from './write-message.ts';

/** A page of an order's chat, newest first, and how far each side has read. Who may see it is the caller's to know. */
export function listMessages(
  deps: Pick<Deps, 'db'>,
  merchantId: string,
  orderId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  const after = afterId(cursor);
  return deps.db.withMerchant(merchantId, async (tx) => {
    const found = await tx
      .select()
      .from(messages)
      .where(
        and(
          eq(messages.merchantId, merchantId),
          eq(messages.orderId, orderId),
          // Ids are the clients': it is the time that orders them.
          after === undefined
            ? undefined
            : sql`(${messages.createdAt}, ${messages.id}) < (select m.created_at, m.id from ${messages} m
                where m.merchant_id = ${merchantId} and m.order_id = ${orderId} and m.id = ${after})`,
        ),
      )
      .orderBy(desc(messages.createdAt), desc(messages.id))
      .limit(limit + 1);
    const { rows, nextCursor } = toPage(found, limit);
    return { data: rows.map(messageFromRow), nextCursor, reads: await readMarks(tx, merchantId, orderId) };
  });
}

/** What a delivery room starts with. */
export async function loadConversation(
  deps: Pick<Deps, 'db'>,
  merchantId: string,
  orderId: string,
): Promise<Conversation> {
  const { data, reads } = await listMessages(deps, merchantId, orderId, { limit: CHAT_KEPT });
  return { messages: data.toReversed(), reads };
}

async function readMarks(tx: Transaction, merchantId: string, orderId: string): Promise<ReadMarks> {
  const rows = await tx
    .select()
    .from(messageReads)
    .where(and(eq(messageReads.merchantId, merchantId), eq(messageReads.orderId, orderId)));
  return Object.fromEntries(rows.map(({ reader, readAt }) => [reader, readAt.toISOString()]));
}
