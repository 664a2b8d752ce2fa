import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { type Database, openDatabase } from './client.ts';
import { orderRecord, orderRecordFromJson } from './order-record.ts';
import { rowFromJson } from './row.ts';
import { merchants, users } from './schema/accounts.ts';
import { drivers } from './schema/drivers.ts';
import { customers, orders, outbox } from './schema/orders.ts';
import { trackingKey, trackingToken } from './tracking-token.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ databaseUrl: database.ownerUrl, secret: database.secret, connections: 1 });
});

afterAll(async () => {
  await db.end();
  await database.drop();
});

const [merchantId, userId, driverId, orderId, customerId] = [
  uuidv7(),
  uuidv7(),
  uuidv7(),
  uuidv7(),
  uuidv7(),
] as const;
const at = (text: string): Date => new Date(`2026-11-22T${text}Z`);

test('a row from JSON is what a query of the table gives, with every column set', async () => {
  await db.withMerchant(merchantId, async (tx) => {
    await tx.insert(merchants).values({ id: merchantId, name: 'M', timezone: 'UTC', currency: 'UYU' });
    await tx.insert(users).values({ merchantId, id: userId, name: 'D', role: 'driver' });
    await tx.insert(drivers).values({ merchantId, id: driverId, userId, name: 'D', vehicleType: 'car' });
    await tx.insert(customers).values({ merchantId, id: customerId, name: 'C' });
  });
  const row: typeof orders.$inferSelect = {
    merchantId,
    id: orderId,
    number: 1,
    externalId: 'WEB "1" \\ ñ 日本 🛵',
    status: 'picked_up',
    version: 4,
    driverId,
    customerId,
    pickup: { address: 'A', location: { lat: -34.905_512_3, lng: -56.185_1 } },
    dropoff: { address: 'B', contact: { name: 'C', phone: '+598 1' } },
    needsPlacing: true,
    items: [{ name: 'Chivito', quantity: 2, price: 45_000 }],
    total: 1_000_000_000_000,
    readyAt: at('10:00:00.001'),
    notes: 'n',
    tip: 0,
    cashOnDelivery: 9_007_199_254,
    currency: 'UYU',
    proof: { pin: true },
    stopSequence: 3,
    eta: { pickup: null, dropoff: { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T10:10:00.000Z' } },
    reason: 'r',
    steps: { created: '2026-11-22T09:00:00.000Z' },
    statusAt: at('10:00:00.999'),
    pickupTime: at('10:00:00.100'),
    deliveryTime: at('10:00:00.010'),
    trackingHash: 'hash',
    trackingRevision: 7,
    createdAt: at('09:00:00.000'),
    updatedAt: at('10:00:00.500'),
    cashCollected: 95_000,
    fee: 12_000,
    quoteId: uuidv7(),
    promisedAt: at('11:00:00.000'),
    estimatedAt: at('10:50:00.000'),
    distance: 2_431,
    attempts: 1,
    reasonCode: 'customer_absent',
    sandbox: false,
    sandboxOutcome: null,
  };
  const { selected, json } = await db.withMerchant(merchantId, async (tx) => {
    await tx.insert(orders).values(row);
    const [selected] = await tx.select().from(orders).where(eq(orders.id, orderId));
    await tx.execute(`insert into outbox (topic, merchant_id, entity_id, version, payload)
      select 'order', merchant_id, id, version, to_jsonb(orders) from orders where id = '${orderId}'`);
    const [fact] = await tx.select().from(outbox);
    return { selected, json: fact?.payload };
  });
  if (selected === undefined || json === undefined) throw new Error('The row was written.');
  expect(selected).toEqual(row);
  expect(rowFromJson(orders, json)).toEqual(row);

  const links = { publicUrl: 'https://x.example', trackingKey: trackingKey(database.secret) };
  const record = orderRecord(selected, links);
  expect(orderRecordFromJson(json, links)).toEqual(record);
  expect(record).toMatchObject({
    readyAt: '2026-11-22T10:00:00.001Z',
    statusAt: '2026-11-22T10:00:00.999Z',
    trackingUrl: `https://x.example/t/${trackingToken(links.trackingKey, orderId, 7)}`,
  });
  expect(record).not.toHaveProperty('trackingHash');
  expect(record).not.toHaveProperty('trackingRevision');
});

test('a column that the JSON is too old to know is null', () => {
  expect(rowFromJson(drivers, { id: driverId, name: 'D' })).toMatchObject({
    id: driverId,
    name: 'D',
    location: null,
    createdAt: null,
  });
});
