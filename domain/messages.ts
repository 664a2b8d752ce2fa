import { z } from 'zod';
import { isActive, type OrderStatus } from './order-status.ts';
import { type Audience, Message, MessageText, ReadMarks } from './room-messages.ts';

/** So long after an order's end its customer and the managers may still write: something was left in the bag. */
export const CHAT_MS_AFTER_END = 24 * 3_600_000;
/** A conversation's newest messages: as many as a room keeps and a snapshot shows. */
export const CHAT_KEPT = 50;

/** `GET /internal/messages/<merchant>/<order>`: what a delivery room loads. The newest messages, oldest first. */
export const Conversation = z.object({ messages: z.array(Message), reads: ReadMarks });
export type Conversation = z.infer<typeof Conversation>;

/** Who writes or reads: a side and, of drivers and managers, who. */
export const Speaker = z.discriminatedUnion('from', [
  z.object({ from: z.literal('customer') }),
  z.object({ from: z.literal('driver'), senderId: z.uuid(), driverId: z.uuid() }),
  /** `senderId` is a user or an API key. */
  z.object({ from: z.literal('manager'), senderId: z.uuid() }),
]);
export type Speaker = z.infer<typeof Speaker>;

/** `POST /internal/messages/<merchant>`: what a delivery room asks to be stored. The id is the client's. */
export const NewMessage = z.object({ orderId: z.uuid(), speaker: Speaker, id: z.uuid(), text: MessageText });
export type NewMessage = z.infer<typeof NewMessage>;

/** `POST /internal/reads/<merchant>`: the newest message that someone has read. Answered with a `ReadMark`. */
export const NewRead = z.object({ orderId: z.uuid(), speaker: Speaker, id: z.uuid() });
export type NewRead = z.infer<typeof NewRead>;

/** Whether that side may write now. That a driver has the order is for the caller to see to. */
export function mayWrite(from: Audience, order: { status: OrderStatus; statusAt: Date }, now: Date): boolean {
  if (isActive(order.status)) return true;
  // Who has delivered has no more business with the customer.
  return from !== 'driver' && now.getTime() - order.statusAt.getTime() <= CHAT_MS_AFTER_END;
}
