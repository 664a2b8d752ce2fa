import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { customers, orders } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import { CHANNELS, Channel } from '../../domain/notifications.ts';
import { answer, body, problems } from '../api.ts';
import { openLink } from '../conversation/open-link.ts';
import type { Deps } from '../deps.ts';
import { TokenParam } from '../tracking/get.ts';
import { KnownSubscription, PushEndpoint, PushSubscription, subscribe, unsubscribe } from './subscription.ts';

export const followByPushRoute = createRoute({
  method: 'post',
  path: '/v1/tracking/{token}/push',
  summary: 'Let messages about the delivery come to this browser',
  tags: ['Tracking'],
  request: { params: TokenParam, body: body(PushSubscription) },
  responses: {
    201: answer(KnownSubscription, 'The browser as it is known'),
    ...problems('not_found', 'unprocessable'),
  },
});

export const unfollowByPushRoute = createRoute({
  method: 'delete',
  path: '/v1/tracking/{token}/push',
  summary: 'Let no more messages about the delivery come to this browser',
  tags: ['Tracking'],
  request: { params: TokenParam, body: body(PushEndpoint) },
  responses: { 204: { description: 'None come there' }, ...problems('not_found') },
});

export const OptOut = z
  .strictObject({ optOut: z.array(Channel).max(CHANNELS.length) })
  .openapi('NotificationOptOut', {
    description: 'The channels by which the customer wants to hear nothing from this business.',
  });
type OptOut = z.infer<typeof OptOut>;

const Preferences = z
  .object({
    optOut: z.array(Channel),
    pushKey: z.string().nullable().openapi({ description: 'To subscribe with; null: there is no web push.' }),
  })
  .openapi('NotificationPreferences');

export const getPreferencesRoute = createRoute({
  method: 'get',
  path: '/v1/tracking/{token}/notifications',
  summary: 'By which channels the customer wants to hear nothing',
  tags: ['Tracking'],
  request: { params: TokenParam },
  responses: { 200: answer(Preferences, 'What they said'), ...problems('not_found') },
});

export const optOutRoute = createRoute({
  method: 'post',
  path: '/v1/tracking/{token}/notifications',
  summary: 'Choose by which channels to hear nothing',
  description: 'Of all orders with this business. An empty list: all channels again.',
  tags: ['Tracking'],
  request: { params: TokenParam, body: body(OptOut) },
  responses: { 200: answer(Preferences, 'What they said'), ...problems('not_found', 'conflict') },
});

/** Whoever holds the link. Throws `not_found`, and as `subscribe`. */
export async function followByPush(deps: Deps, token: string, subscription: PushSubscription) {
  const { merchantId, orderId } = await openLink(deps, token);
  return subscribe(deps, { merchantId, orderId }, subscription);
}

export async function unfollowByPush(deps: Deps, token: string, endpoint: string): Promise<void> {
  const { merchantId, orderId } = await openLink(deps, token);
  await unsubscribe(deps, { merchantId, orderId }, endpoint);
}

export async function getPreferences(deps: Deps, token: string): Promise<z.infer<typeof Preferences>> {
  const { merchantId, orderId } = await openLink(deps, token);
  const [row] = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select({ optOut: customers.optedOut })
      .from(orders)
      .innerJoin(customers, and(eq(customers.merchantId, merchantId), eq(customers.id, orders.customerId)))
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId))),
  );
  return { optOut: row?.optOut ?? [], pushKey: deps.vapidPublicKey ?? null };
}

/** Throws `conflict` when the order is nobody's. */
export async function optOut(deps: Deps, token: string, wish: OptOut) {
  const { merchantId, orderId } = await openLink(deps, token);
  const chosen = CHANNELS.filter((channel) => wish.optOut.includes(channel));
  await deps.db.withMerchant(merchantId, async (tx) => {
    const [order] = await tx
      .select({ customerId: orders.customerId })
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId)));
    if (!order?.customerId) throw new AppError('conflict', 'The order is not known to be anybody’s.');
    await setOptOut(tx, { merchantId, customerId: order.customerId }, chosen);
  });
  return { optOut: chosen, pushKey: deps.vapidPublicKey ?? null };
}

/** Nothing when they said so before. */
async function setOptOut(
  tx: Transaction,
  { merchantId, customerId }: { merchantId: string; customerId: string },
  chosen: Channel[],
): Promise<void> {
  await tx
    .update(customers)
    .set({ optedOut: chosen, updatedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(customers.merchantId, merchantId),
        eq(customers.id, customerId),
        sql`coalesce(${customers.optedOut}, '{}') <> ${sql.param(chosen, customers.optedOut)}`,
      ),
    );
}
