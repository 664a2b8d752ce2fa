import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { users } from '../../../db/schema/accounts.ts';
import { drivers } from '../../../db/schema/drivers.ts';
import { pushSubscriptions } from '../../../db/schema/notifications.ts';
import { customers } from '../../../db/schema/orders.ts';
import { type Channel, type Language, languageOf } from '../../../domain/notifications.ts';
import type { OrderRecord } from '../../../domain/orders.ts';
import { phoneNumber } from '../../../domain/phone-number.ts';
import type { Happening } from './happenings.ts';

/** Where one message goes, or why it can't go there. */
export type Address = {
  channel: Channel;
  /** The user or customer. */
  recipientId: string | null;
  /** A phone number in E.164, an email address, a push subscription's id. */
  recipient: string | null;
  language: Language;
  problem: string | null;
};

type Person = { id: string | null; email: string | null; phone: string | null; optedOut: readonly Channel[] };
type Place = { merchantId: string; country: string | null; language: Language };

/** All that a happening goes to by these channels: nothing for what somebody does not have. */
export async function addressesOf(
  tx: Transaction,
  happening: Happening,
  channels: readonly Channel[],
  place: Place,
): Promise<Address[]> {
  const people = await findPeople(tx, happening, place.merchantId);
  const found: Address[] = [];
  for (const person of people) {
    for (const channel of channels) {
      if (channel === 'push') found.push(...(await browsersOf(tx, happening, person, place)));
      else found.push(...addressBy(channel, person, place));
    }
  }
  return found;
}

async function findPeople(tx: Transaction, { to, order }: Happening, merchantId: string): Promise<Person[]> {
  const active = and(eq(users.merchantId, merchantId), isNull(users.disabledAt));
  const user = { id: users.id, email: users.email };
  switch (to.kind) {
    case 'customer':
      return order ? [await customerOf(tx, order)] : [];
    case 'managers': {
      const all = and(active, eq(users.role, 'manager'), to.but === null ? undefined : ne(users.id, to.but));
      return (await tx.select(user).from(users).where(all)).map(withoutPhone);
    }
    case 'user':
      return (
        await tx
          .select(user)
          .from(users)
          .where(and(active, eq(users.id, to.userId)))
      ).map(withoutPhone);
    case 'driver': {
      const found = await tx
        .select({ id: users.id, login: users.email, email: drivers.email, phone: drivers.phone })
        .from(drivers)
        .innerJoin(users, and(eq(users.merchantId, drivers.merchantId), eq(users.id, drivers.userId)))
        .where(and(active, eq(drivers.id, to.driverId), isNull(drivers.removedAt)));
      return found.map(({ id, login, email, phone }) => ({ id, email: email ?? login, phone, optedOut: [] }));
    }
  }
}

const withoutPhone = (user: { id: string; email: string | null }): Person => ({
  ...user,
  phone: null,
  optedOut: [],
});

/** As the order says whom it is for. */
async function customerOf(tx: Transaction, order: OrderRecord): Promise<Person> {
  const { contact } = order.dropoff;
  const [known] =
    order.customerId === null
      ? []
      : await tx
          .select({ optedOut: customers.optedOut })
          .from(customers)
          .where(and(eq(customers.merchantId, order.merchantId), eq(customers.id, order.customerId)));
  return {
    id: order.customerId,
    email: contact?.email ?? null,
    phone: contact?.phone ?? null,
    optedOut: known?.optedOut ?? [],
  };
}

async function browsersOf(
  tx: Transaction,
  { to, order }: Happening,
  person: Person,
  { merchantId }: Place,
): Promise<Address[]> {
  const { id, userId, orderId, language } = pushSubscriptions;
  const theirs =
    to.kind === 'customer'
      ? order && eq(orderId, order.id)
      : person.id === null
        ? null
        : eq(userId, person.id);
  if (!theirs) return [];
  const rows = await tx
    .select({ id, language })
    .from(pushSubscriptions)
    .where(and(eq(pushSubscriptions.merchantId, merchantId), theirs));
  return rows.map((row) => ({
    channel: 'push',
    recipientId: person.id,
    recipient: row.id,
    language: languageOf(row.language),
    problem: refusal('push', person),
  }));
}

function addressBy(channel: 'email' | 'sms', person: Person, { country, language }: Place): Address[] {
  const written = channel === 'email' ? person.email : person.phone;
  if (written === null) return [];
  const address = { channel, recipientId: person.id, language };
  if (channel === 'email') return [{ ...address, recipient: written, problem: refusal('email', person) }];
  const phone = phoneNumber(written, country);
  const problem = refusal('sms', person) ?? (phone === null ? notAPhone(country) : null);
  return [{ ...address, recipient: phone ?? written, problem }];
}

const refusal = (channel: Channel, { optedOut }: Person): string | null =>
  optedOut.includes(channel) ? 'they want nothing by this channel' : null;

const notAPhone = (country: string | null): string =>
  country === null
    ? 'not a phone number with its country’s code, and the business has set no country'
    : `not a phone number, read as one of ${country}`;
