import { and, eq, sql } from 'drizzle-orm';
import { messageReads, messages } from '../../db/schema/conversation.ts';
import { notFound } from '../../domain/errors.ts';
import type { NewRead } from '../../domain/messages.ts';
import type { ReadMark } from '../../domain/room-messages.ts';
import type { Deps } from '../deps.ts';
import { lockChat } from './speaker.ts';

/**
 * For the order's room: that side has read up to this message. A mark never goes back; answered is where it stands. Throws
 * `not_found`.
 */
export function markRead(
  deps: Pick<Deps, 'db'>,
  merchantId: string,
  { orderId, speaker, id }: NewRead,
): Promise<ReadMark> {
  return deps.db.withMerchant(merchantId, async (tx) => {
    await lockChat(tx, merchantId, orderId, speaker);
    const [message] = await tx
      .select({ readAt: messages.createdAt })
      .from(messages)
      .where(and(eq(messages.merchantId, merchantId), eq(messages.orderId, orderId), eq(messages.id, id)));
    if (message === undefined) throw notFound('message');
    const [mark] = await tx
      .insert(messageReads)
      .values({ merchantId, orderId, reader: speaker.from, readAt: message.readAt })
      .onConflictDoUpdate({
        target: [messageReads.merchantId, messageReads.orderId, messageReads.reader],
        set: { readAt: sql`greatest(${messageReads.readAt}, excluded.read_at)` },
      })
      .returning({ by: messageReads.reader, upTo: messageReads.readAt });
    if (mark === undefined) throw new Error('an upsert returns its row');
    return { by: mark.by, upTo: mark.upTo.toISOString() };
  });
}
