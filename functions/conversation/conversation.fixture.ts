import type { z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import type { OrderStatus } from '../../domain/order-status.ts';
import type { TestApp, TestDriver } from '../../tests/support/app.ts';
import type { Order } from '../../tests/support/orders.ts';
import type { ChatMessage, ChatPage } from './order-messages.ts';

export type Message = z.infer<typeof ChatMessage>;
export type Page = z.infer<typeof ChatPage>;

export const linkOf = ({ trackingUrl }: Order): string => `/v1/tracking/${trackingUrl?.split('/t/')[1]}`;

/** Who talks about an order, and how. */
export function chatOf(app: TestApp, merchantId: string, order: Order) {
  const path = `/v1/orders/${order.id}/messages`;
  const service = async <T>(method: string, internal: string, body?: unknown) =>
    app.request<T>(method, internal, { token: await app.serviceToken(), body });
  return {
    /** As an actor with a token, or by the link without one. */
    write: <T = Message>(token: string | null, text: string, id: string | undefined = uuidv7()) =>
      token === null
        ? app.request<T>('POST', `${linkOf(order)}/messages`, { body: { id, text } })
        : app.request<T>('POST', path, { token, body: { id, text } }),
    list: <T = Page>(token: string | null, query = '') =>
      token === null
        ? app.request<T>('GET', `${linkOf(order)}/messages${query}`)
        : app.request<T>('GET', `${path}${query}`, { token }),
    /** As the order's room does for whoever is in it. */
    store: <T = Message>(speaker: object, text: string, id = uuidv7()) =>
      service<T>('POST', `/internal/messages/${merchantId}`, { orderId: order.id, speaker, id, text }),
    read: <T = { by: string; upTo: string }>(speaker: object, id: string) =>
      service<T>('POST', `/internal/reads/${merchantId}`, { orderId: order.id, speaker, id }),
    load: <T = { messages: Message[]; reads: object }>() =>
      service<T>('GET', `/internal/messages/${merchantId}/${order.id}`),
    /** The order as it is `ms` after it came to that status. */
    age: (status: OrderStatus, ms: number) =>
      app.owner`update orders set status = ${status}, status_at = ${new Date(Date.now() - ms)}
        where id = ${order.id}`,
  };
}

export const speaks = ({ userId, id }: TestDriver) => ({ from: 'driver', senderId: userId, driverId: id });
