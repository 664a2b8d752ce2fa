import { standardWording } from '../../../domain/notification-texts.ts';
import {
  type Channel,
  fillIn,
  type Language,
  type NotificationEvent,
  type Placeholder,
  type Wording,
} from '../../../domain/notifications.ts';
import type { OrderRecord, TimeRange } from '../../../domain/orders.ts';

export type Written = { subject: string; body: string };

/** What a message says, but for its `{link}`. `own` are the merchant's words, where there are any. */
export function compose(
  { event, channel, language }: { event: NotificationEvent; channel: Channel; language: Language },
  own: Wording | undefined,
  values: Values,
): Written {
  const standard = standardWording(event, channel, language);
  const said = valuesIn(language, values);
  return {
    subject: fillIn(own?.subject ?? standard.subject, said).slice(0, MOST_SUBJECT),
    body: fillIn(own?.body ?? standard.body, said),
  };
}

const MOST_SUBJECT = 200;

export type Values = {
  merchant: { name: string; timezone: string };
  order: OrderRecord | null;
  driverName: string | null;
};

function valuesIn(
  language: Language,
  { merchant, order, driverName }: Values,
): Partial<Record<Placeholder, string | null>> {
  const time = (instant: string) =>
    new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: merchant.timezone }).format(
      new Date(instant),
    );
  const range = ({ from, to }: TimeRange) => `${time(from)}–${time(to)}`;
  return {
    merchant: merchant.name,
    number: order === null ? null : String(order.number),
    name: order?.dropoff.contact?.name ?? null,
    address: order?.dropoff.address ?? null,
    reason: order?.reason ?? null,
    driver: driverName,
    eta: order?.eta.dropoff ? range(order.eta.dropoff) : null,
    promised: order?.promisedAt ? time(order.promisedAt) : null,
  };
}
