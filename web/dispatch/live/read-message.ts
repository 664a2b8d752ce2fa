import type { OrderForDriver, OrderForManager } from '../../../domain/orders.ts';
import { FleetMessage } from '../../../domain/room-messages.ts';

/** A message of a fleet room as managers get it. */
export type ManagerMessage = Exclude<FleetMessage, { type: 'snapshot' | 'order' }> | Snapshot | OrderMessage;
type Snapshot = Omit<Extract<FleetMessage, { type: 'snapshot' }>, 'orders'> & { orders: OrderForManager[] };
type OrderMessage = Omit<Extract<FleetMessage, { type: 'order' }>, 'order'> & { order: OrderForManager };

/** What came over the socket, or null when it is nothing this page knows: newer servers may say more. */
export function readManagerMessage(raw: unknown): ManagerMessage | null {
  const parsed = FleetMessage.safeParse(parseJson(raw));
  if (!parsed.success) return null;
  const message = parsed.data;
  if (message.type === 'snapshot') return { ...message, orders: message.orders.filter(isForManager) };
  if (message.type !== 'order') return message;
  const { order } = message;
  return isForManager(order) ? { ...message, order } : null;
}

/** The room's union tries a manager's view first; only that has a customer. */
const isForManager = (order: OrderForManager | OrderForDriver): order is OrderForManager =>
  'customerId' in order;

function parseJson(raw: unknown): unknown {
  try {
    return typeof raw === 'string' ? JSON.parse(raw) : null;
  } catch {
    return null;
  }
}
