import { createRoute } from '@hono/zod-openapi';
import { notificationLog } from '../../db/schema/notifications.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { NotificationWithBody, notificationFromRow, ownNotification } from './notification.ts';

export const getNotificationRoute = createRoute({
  method: 'get',
  path: '/v1/notifications/{id}',
  summary: 'A message, with what it says',
  description: 'But for its link, which only the message that was sent has.',
  tags: ['Notifications'],
  ...secured('notifications:read'),
  request: { params: IdParam },
  responses: { 200: answer(NotificationWithBody, 'The message'), ...securedProblems('not_found') },
});

/** Managers and API keys. Throws `not_found`. */
export async function getNotification(deps: Deps, { merchantId }: Actor, id: string) {
  const [row] = await deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(notificationLog).where(ownNotification(merchantId, id)),
  );
  if (row === undefined) throw notFound('notification');
  return { ...notificationFromRow(row), body: row.body };
}
