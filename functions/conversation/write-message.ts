import { and, eq, type InferSelectModel, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { messages } from '../../db/schema/conversation.ts';
import { outbox } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import { mayWrite, type NewMessage } from '../../domain/messages.ts';
import type { Message } from '../../domain/room-messages.ts';
import type { Deps } from '../deps.ts';
import { lockChat } from './speaker.ts';
import { throttle } from './throttle.ts';

/**
 * Stores a message of an order's chat, with what others must hear of it. For the order's room, whoever holds its link, its
 * driver, managers and API keys. The same id twice is one message. Throws `not_found`, `conflict` (the chat is over, or the
 * id is another message's), `too_many_requests`.
 */
export async function writeMessage(deps: Deps, merchantId: string, input: NewMessage): Promise<Message> {
  const { orderId, speaker } = input;
  const sender = { sender: speaker.from, senderId: speaker.from === 'customer' ? null : speaker.senderId };
  await throttle(deps, orderId, sender.senderId ?? sender.sender);
  const row = await deps.db.withMerchant(merchantId, async (tx) => {
    const order = await lockChat(tx, merchantId, orderId, speaker);
    const wanted = { merchantId, orderId, ...sender, id: input.id, text: input.text };
    const known = await findMessage(tx, merchantId, input.id);
    // A repeat is answered even when the chat is over by now: it was taken.
    if (known !== undefined) return sameOr(known, wanted);
    if (!mayWrite(speaker.from, order, new Date())) {
      throw new AppError('conflict', 'The delivery has ended, and its chat with it.');
    }
    const [stored] = await tx
      .insert(messages)
      .values({ ...wanted, createdAt: sql`clock_timestamp()` })
      .onConflictDoNothing()
      .returning();
    // The other of two that came at once was first.
    if (stored === undefined) return sameOr(await findMessage(tx, merchantId, input.id), wanted);
    await tx.insert(outbox).values({
      topic: 'message',
      merchantId,
      entityId: stored.id,
      version: 1,
      payload: sql`(select to_jsonb(m) from ${messages} m where m.merchant_id = ${merchantId} and m.id = ${stored.id})`,
    });
    return stored;
  });
  deps.wakeRelay();
  return messageFromRow(row);
}

type MessageRow = InferSelectModel<typeof messages>;

export const messageFromRow = ({ id, sender, text, createdAt }: MessageRow): Message => ({
  id,
  from: sender,
  text,
  at: createdAt.toISOString(),
});

async function findMessage(tx: Transaction, merchantId: string, id: string): Promise<MessageRow | undefined> {
  const [row] = await tx
    .select()
    .from(messages)
    .where(and(eq(messages.merchantId, merchantId), eq(messages.id, id)));
  return row;
}

function sameOr(known: MessageRow | undefined, wanted: Omit<MessageRow, 'createdAt'>): MessageRow {
  const { orderId, sender, senderId, text } = wanted;
  const same =
    known?.orderId === orderId &&
    known.sender === sender &&
    known.senderId === senderId &&
    known.text === text;
  if (!same) throw new AppError('conflict', 'The id is that of another message.');
  return known;
}
