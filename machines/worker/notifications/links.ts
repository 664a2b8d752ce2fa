import { resetToken, type TrackingKey, trackingToken } from '../../../db/tracking-token.ts';
import { unsubscribeToken } from '../../../db/unsubscribe-token.ts';
import { audienceOf, type NotificationEvent } from '../../../domain/notifications.ts';

export type LinkOptions = { publicUrl: string; trackingKey: TrackingKey };

type Linked = {
  event: NotificationEvent;
  merchantId: string;
  orderId: string | null;
  aboutId: string | null;
  trackingRevision: number | null;
};

/** What a message opens: derived when it is sent, so that it is stored nowhere. */
export function linkOf(message: Linked, { publicUrl, trackingKey }: LinkOptions): string {
  const { event, orderId, aboutId, trackingRevision } = message;
  if (event === 'manager.password_reset' && aboutId !== null) {
    return `${publicUrl}/reset/${resetToken(trackingKey, aboutId)}`;
  }
  if (orderId === null) return publicUrl;
  switch (audienceOf(event)) {
    case 'customer':
      return `${publicUrl}/t/${trackingToken(trackingKey, orderId, trackingRevision ?? 0)}`;
    case 'driver':
      return `${publicUrl}/drive?order=${orderId}`;
    case 'manager':
      return `${publicUrl}/dispatch?order=${orderId}`;
  }
}

/** For customers; who works here is asked for by name. */
export function unsubscribeUrlOf(
  {
    event,
    merchantId,
    recipientId,
  }: { event: NotificationEvent; merchantId: string; recipientId: string | null },
  { publicUrl, trackingKey }: LinkOptions,
): string | null {
  if (audienceOf(event) !== 'customer' || recipientId === null) return null;
  const token = unsubscribeToken(trackingKey, { merchantId, customerId: recipientId });
  return `${publicUrl}/v1/notifications/unsubscribe/${token}`;
}
