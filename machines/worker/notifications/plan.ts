import { and, eq, type InferInsertModel, type InferSelectModel } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { derivedId } from '../../../db/derived-id.ts';
import { merchants } from '../../../db/schema/accounts.ts';
import { drivers } from '../../../db/schema/drivers.ts';
import { notificationLog, notificationSettings } from '../../../db/schema/notifications.ts';
import {
  audienceOf,
  CHANNELS_OF,
  type Channel,
  ConfigurableEvent,
  DEFAULT_CHANNELS,
  languageOf,
  lifetimeOf,
  type NotificationEvent,
} from '../../../domain/notifications.ts';
import { driverForCustomer } from '../../../domain/order-views.ts';
import type { OrderRecord } from '../../../domain/orders.ts';
import type { Fact } from '../consequences.ts';
import { isErased } from '../is-erased.ts';
import type { JobContext } from '../jobs.ts';
import type { Outcome } from '../settle.ts';
import { type Address, addressesOf } from './addresses.ts';
import { compose } from './compose.ts';
import { type Happening, happeningsOf } from './happenings.ts';
import type { NotificationMetrics } from './metrics.ts';
import { type Due, firstAttemptAt, scheduleMessages } from './schedule.ts';
import { NOT_CONFIGURED, type Senders } from './senders.ts';

export type PlanOptions = { senders: Senders; metrics: NotificationMetrics };
type Row = InferInsertModel<typeof notificationLog> & {
  id: string;
  status: InferSelectModel<typeof notificationLog>['status'];
};

/**
 * Makes of a fact a row of the log for each message, and then a job for each that is to be sent. All ids derive from the
 * fact, so that whatever is done again after a kill is done once.
 */
export async function planMessages(context: JobContext, options: PlanOptions, fact: Fact): Promise<Outcome> {
  if (fact.topic === 'notification') {
    await scheduleMessages(context.boss, await findQueued(context, fact));
    return { status: 'done' };
  }
  const rows = await context.database.withMerchant(fact.merchantId, (tx) =>
    addMessages(context, tx, options, fact),
  );
  if (rows === 'unreadable') return { status: 'dead', reason: 'not readable' };
  for (const { id, status, channel, event } of rows.added) {
    if (status === 'queued') continue;
    options.metrics.notifications.inc({ channel, outcome: status });
    if (status === 'unsent') {
      context.log.info(
        { notification: id, merchant: fact.merchantId, channel, event },
        'a message was not sent',
      );
    }
  }
  await scheduleMessages(context.boss, rows.due);
  return { status: 'done' };
}

/** One that functions queued: a test, or one to be sent again. */
async function findQueued({ database }: JobContext, { merchantId, entityId }: Fact): Promise<Due[]> {
  const { id, channel, round, step } = notificationLog;
  const rows = await database.withMerchant(merchantId, (tx) =>
    tx
      .select({ id, channel, round, step })
      .from(notificationLog)
      .where(
        and(
          eq(notificationLog.merchantId, merchantId),
          eq(id, entityId),
          eq(notificationLog.status, 'queued'),
        ),
      ),
  );
  return rows.map((row) => ({ ...row, merchantId, at: null }));
}

async function addMessages({ links }: JobContext, tx: Transaction, options: PlanOptions, fact: Fact) {
  const happenings = await happeningsOf(fact, { tx, links }).catch((error: unknown) => {
    // What the database refuses passes, and is tried again; what can't be read stays so.
    if (error instanceof Error && 'query' in error) throw error;
    return undefined;
  });
  if (happenings === undefined) return 'unreadable';
  const orderId = happenings.find(({ order }) => order !== null)?.order?.id;
  const gone = orderId !== undefined && (await isErased(tx, fact, orderId));
  const rows: Row[] = [];
  if (happenings.length > 0 && !gone) {
    const house = await findHouse(tx, fact.merchantId);
    for (const happening of happenings) rows.push(...(await rowsOf(tx, happening, house, options, fact)));
  }
  const added =
    rows.length === 0
      ? []
      : await tx.insert(notificationLog).values(rows).onConflictDoNothing().returning({
          id: notificationLog.id,
          status: notificationLog.status,
          channel: notificationLog.channel,
          event: notificationLog.event,
        });
  const due: Due[] = rows
    .filter(({ status }) => status === 'queued')
    .map(({ merchantId, id, channel, event }) => ({
      ...{ merchantId, id, channel, round: 0, step: 0 },
      at: firstAttemptAt(event, new Date(fact.at)),
    }));
  return { added, due };
}

type House = Awaited<ReturnType<typeof findHouse>>;

async function findHouse(tx: Transaction, merchantId: string) {
  const { id, name, language, country, timezone } = merchants;
  const [merchant] = await tx
    .select({ id, name, language, country, timezone })
    .from(merchants)
    .where(eq(id, merchantId));
  if (merchant === undefined) throw new Error('the merchant is gone');
  const settings = await tx
    .select()
    .from(notificationSettings)
    .where(eq(notificationSettings.merchantId, merchantId));
  return { merchant, settings };
}

const settingOf = ({ settings }: House, event: NotificationEvent, channel: Channel) =>
  settings.find((setting) => setting.event === event && setting.channel === channel);

function channelsFor(house: House, event: NotificationEvent): Channel[] {
  const configurable = ConfigurableEvent.safeParse(event);
  if (!configurable.success) return ['email'];
  return CHANNELS_OF[audienceOf(event)].filter(
    (channel) =>
      settingOf(house, event, channel)?.enabled ?? DEFAULT_CHANNELS[configurable.data].includes(channel),
  );
}

async function rowsOf(
  tx: Transaction,
  happening: Happening,
  house: House,
  { senders }: PlanOptions,
  fact: Fact,
): Promise<Row[]> {
  const { event, key, to, order, aboutId } = happening;
  const { merchant } = house;
  const channels = channelsFor(house, event);
  const [first] = channels;
  if (first === undefined) return [];
  const language = languageOf(merchant.language);
  const place = { merchantId: merchant.id, country: merchant.country, language };
  const found = await addressesOf(tx, happening, channels, place);
  // A colleague without a browser that takes messages has decided so; a customer or driver whom nothing reaches is told of.
  const all = found.length > 0 || to.kind === 'managers' ? found : [nowhere(first, language)];
  const driverName = order && (await findDriverName(tx, order, to.kind === 'customer'));
  const tooLate = Date.now() - Date.parse(fact.at) > lifetimeOf(event) ? TOO_LATE : null;
  return all.map((address): Row => {
    const { channel, recipientId, recipient } = address;
    const written = compose(
      { event, channel, language: address.language },
      settingOf(house, event, channel)?.wording?.[address.language],
      { merchant, order, driverName },
    );
    const skipped = (order?.sandbox ? 'an order of the sandbox' : null) ?? address.problem ?? tooLate;
    const status = skipped !== null ? 'skipped' : senders[channel] ? 'queued' : 'unsent';
    return {
      merchantId: merchant.id,
      id: derivedId('notification', event, key, channel, recipientKey(address)),
      orderId: order?.id ?? null,
      ...{ event, channel, audience: audienceOf(event), aboutId, recipientId, recipient },
      language: address.language,
      ...written,
      status,
      detail: skipped ?? (status === 'unsent' ? NOT_CONFIGURED[channel] : null),
      queuedAt: new Date(fact.at),
    };
  });
}

export const TOO_LATE = 'it came too late to be of use';

const nowhere = (channel: Channel, language: Address['language']): Address => ({
  ...{ channel, language, recipientId: null, recipient: null },
  problem: 'there is no phone number, email address or browser to send it to',
});

/** A customer has one address of a kind, whichever it is just now; browsers are several. */
const recipientKey = ({ channel, recipientId, recipient }: Address): string =>
  (channel === 'push' ? recipient : recipientId) ?? '';

/** A customer knows the driver by the first name. */
async function findDriverName(
  tx: Transaction,
  { merchantId, driverId }: OrderRecord,
  short: boolean,
): Promise<string | null> {
  if (driverId === null) return null;
  const { name, vehicleType } = drivers;
  const [driver] = await tx
    .select({ name, vehicleType })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.id, driverId)));
  if (driver === undefined) return null;
  return short ? driverForCustomer(driver).name : driver.name;
}
