import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { notificationLog } from '../../db/schema/notifications.ts';
import { Channel, NotificationEvent, NotificationState } from '../../domain/notifications.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { PageQuery, pageOf } from '../paging.ts';
import { afterMoment, toPageByMoment } from '../webhooks/moment-cursor.ts';
import { LISTED, Notification, notificationFromRow } from './notification.ts';

export const ListNotificationsQuery = PageQuery.extend({
  orderId: z.uuid().optional(),
  status: NotificationState.optional(),
  channel: Channel.optional(),
  event: NotificationEvent.optional(),
  from: Instant.optional().openapi({ description: 'Made at or after.' }),
  to: Instant.optional().openapi({ description: 'Made before or at.' }),
});

export const listNotificationsRoute = createRoute({
  method: 'get',
  path: '/v1/notifications',
  summary: 'List messages to customers, drivers and managers of the last 90 days, newest first',
  description:
    '`unsent` are those whose channel is not configured. What a message says is in the answer of one by its id.',
  tags: ['Notifications'],
  ...secured('notifications:read'),
  request: { query: ListNotificationsQuery },
  responses: { 200: answer(pageOf(Notification), 'A page of messages'), ...securedProblems() },
});

/** Managers and API keys. */
export async function listNotifications(
  deps: Deps,
  { merchantId }: Actor,
  query: z.infer<typeof ListNotificationsQuery>,
) {
  const { orderId, status, channel, event, from, to, limit, cursor } = query;
  const after = afterMoment(cursor);
  const log = notificationLog;
  const found = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select(LISTED)
      .from(log)
      .where(
        and(
          eq(log.merchantId, merchantId),
          orderId === undefined ? undefined : eq(log.orderId, orderId),
          status && eq(log.status, status),
          channel && eq(log.channel, channel),
          event && eq(log.event, event),
          from === undefined ? undefined : gte(log.createdAt, new Date(from)),
          to === undefined ? undefined : lte(log.createdAt, new Date(to)),
          after && sql`(${log.createdAt}, ${log.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`,
        ),
      )
      .orderBy(desc(log.createdAt), desc(log.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPageByMoment(found, limit);
  return { data: rows.map(notificationFromRow), nextCursor };
}
