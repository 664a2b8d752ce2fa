import { type Logger, pino } from 'pino';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { serviceKey } from '../../../db/secrets.ts';
import { resetToken, trackingKey, trackingToken } from '../../../db/tracking-token.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { type FakeRooms, startFakeRooms, until } from '../test-support.ts';
import { startWorker, type Worker } from '../worker.ts';
import type { NotificationOptions } from './start.ts';
import {
  answering,
  type MailServer,
  messagesOf,
  newBrowser,
  newVapidKeys,
  type Provider,
  startMailServer,
  startProvider,
} from './test-support.ts';

let database: TestDatabase;
let owner: postgres.Sql;
let rooms: FakeRooms;
let mail: MailServer;
let sms: Provider;
let push: Provider;
let worker: Worker;
const lines: string[] = [];
const log: Logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
  rooms = await startFakeRooms(serviceKey(database.secret));
  [mail, sms, push] = await Promise.all([startMailServer(), startProvider(), startProvider()]);
  worker = await start(all());
});

afterAll(async () => {
  await worker.stop();
  await Promise.all([mail, sms, push, rooms].map((server) => server.close()));
  await owner.end();
  await database.drop();
});

beforeEach(() => {
  mail.answer = () => 250;
  sms.answer = answering(201);
  push.answer = answering(201);
});

const all = (): NotificationOptions => ({
  email: { url: mail.url, from: 'no-reply@bakery.example' },
  sms: { url: sms.url, accountSid: 'AC1', authToken: 'token', from: '+15005550006' },
  push: newVapidKeys(),
  allowInsecure: true,
  schedule: [0, 0.1, 0.1],
  timeoutMs: 5000,
});

function start(notifications?: NotificationOptions): Promise<Worker> {
  return startWorker({
    ...{ databaseUrl: database.ownerUrl, secret: database.secret, realtimeUrl: rooms.url, log },
    publicUrl: 'https://bakery.example',
    metrics: { host: '127.0.0.1', port: 0 },
    ...(notifications && { notifications }),
  });
}

type House = { merchant: string; manager: string; driver: string; driverUser: string; number: number };

/** A Spanish-speaking shop in Montevideo, with a manager and a driver who has a browser. */
async function addHouse(change: { language?: string; country?: string | null } = {}): Promise<House> {
  const [merchant, manager, driver, driverUser] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const { language = 'en', country = 'UY' } = change;
  await owner`insert into merchants (id, name, timezone, currency, language, country)
    values (${merchant}, 'Bakery', 'America/Montevideo', 'UYU', ${language}, ${country})`;
  await owner`insert into users (merchant_id, id, name, role, email) values
    (${merchant}, ${manager}, 'Maria', 'manager', ${`${manager}@bakery.example`}),
    (${merchant}, ${driverUser}, 'Bruno', 'driver', null)`;
  await owner`insert into drivers (merchant_id, id, user_id, name, vehicle_type)
    values (${merchant}, ${driver}, ${driverUser}, 'Bruno Gómez', 'bicycle')`;
  return { merchant, manager, driver, driverUser, number: 1 };
}

const CONTACT = { name: 'Ana', phone: '099 123 456' };

async function addOrder(house: House, contact: Record<string, string> = CONTACT, more = {}): Promise<string> {
  const id = uuidv7();
  const order = {
    id,
    pickup: { address: 'Sarandí 1', location: { lat: -34.9, lng: -56.2 } },
    dropoff: { address: 'Colonia 2', location: { lat: -34.91, lng: -56.19 }, contact },
    items: [{ name: 'Bread', quantity: 2 }],
    tracking_hash: id,
    ...more,
  };
  await owner`select create_order(${house.merchant}, ${owner.json(order)},
    ${owner.json({ id: uuidv7(), ...contact })}, ${uuidv7()}, 'api_key', null)`;
  return id;
}

async function move(
  { merchant }: House,
  order: string,
  to: string,
  by: { type: string; id: string | null } = { type: 'driver', id: null },
  sql: postgres.Sql | postgres.TransactionSql = owner,
) {
  const [row] = await sql`select status, version from orders where id = ${order}`;
  await sql`select move_order(${merchant}, ${order}, ${to}::order_status, array[${row?.status}]::order_status[], '{}', 0,
    ${uuidv7()}, null, now(), null, 'Nobody there', ${by.type}, ${by.id}, null, null,
    ${owner.json({ overrideProof: true })})`;
}

async function assign({ merchant }: House, order: string, driver: string) {
  const [row] = await owner`select driver_id from orders where id = ${order}`;
  const carried = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'];
  await owner`select assign_order(${merchant}, ${order}, ${driver}, ${row?.driver_id ?? null},
    '{created,assigned}'::order_status[], ${carried}::order_status[], ${uuidv7()}, 'manager', null, null)`;
}

async function subscribe(
  house: House,
  whose: { user?: string; order?: string },
  path: string,
  language = 'en',
) {
  const { endpoint, keys } = newBrowser(`${push.url}/${path}`);
  const id = uuidv7();
  await owner`insert into push_subscriptions (merchant_id, id, user_id, order_id, endpoint, keys, language)
    values (${house.merchant}, ${id}, ${whose.user ?? null}, ${whose.order ?? null}, ${endpoint}, ${owner.json(keys)},
      ${language})`;
  return id;
}

const wake = () => owner`select pg_notify('outbox', '')`;

/** Its messages once `count` of them have come to an end, as `event channel status`. */
async function settled({ merchant }: House, count: number) {
  await wake();
  const ended = async () => (await messagesOf(owner, merchant)).filter(({ status }) => status !== 'queued');
  await until(`${count} messages`, async () => (await ended()).length >= count);
  const rows = await messagesOf(owner, merchant);
  return { rows, told: rows.map(({ event, channel, status }) => `${event} ${channel} ${status}`).sort() };
}

const textsTo = (number: string) =>
  sms.requests
    .map(({ body }) => new URLSearchParams(body.toString()))
    .filter((sent) => sent.get('To') === number)
    .map((sent) => sent.get('Body'));

/** A number that no other test writes to. */
let numbers = 0;
const aPhone = () => `+5989912${String(1000 + ++numbers)}`;

describe('an order', () => {
  test('tells its customer each step once, with the link that follows it', async () => {
    const house = await addHouse();
    const phone = aPhone();
    const order = await addOrder(house, { name: 'Ana', phone, email: 'ana@example.com' });
    await assign(house, order, house.driver);
    for (const step of ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff', 'delivered']) {
      await move(house, order, step);
    }
    const { rows, told } = await settled(house, 7);
    expect(told).toEqual([
      'customer.arriving push skipped',
      'customer.confirmed email sent',
      'customer.confirmed sms sent',
      'customer.delivered email sent',
      'customer.on_the_way email sent',
      'customer.on_the_way sms sent',
      'driver.assigned push skipped',
    ]);
    const link = `https://bakery.example/t/${trackingToken(trackingKey(database.secret), order, 0)}`;
    expect(textsTo(phone)).toEqual(
      expect.arrayContaining([
        `Bakery has your order #1. Follow its delivery: ${link}`,
        `Your order #1 from Bakery is on its way. See where it is: ${link}`,
      ]),
    );
    const mine = mail.mails.filter(({ source }) => source.includes(link.slice(-22)));
    expect(mine.map(({ to }) => to)).toEqual([['ana@example.com'], ['ana@example.com'], ['ana@example.com']]);
    expect(rows.find(({ channel }) => channel === 'sms')).toMatchObject({
      recipient: phone,
      provider_id: 'SM1',
    });
    // No stored text opens anything.
    expect(JSON.stringify(rows)).not.toContain(link.slice(-22));
  });

  test('that failed and is tried again tells of both attempts, and the managers of the failure', async () => {
    const house = await addHouse({ language: 'es-UY' });
    await subscribe(house, { user: house.manager }, 'maria');
    const phone = aPhone();
    const order = await addOrder(house, { name: 'Ana', phone });
    await assign(house, order, house.driver);
    for (const step of ['picked_up', 'failed', 'enroute_to_dropoff']) await move(house, order, step);
    const { told } = await settled(house, 7);
    expect(told).toEqual([
      'customer.confirmed sms sent',
      'customer.failed sms sent',
      'customer.on_the_way sms sent',
      'customer.on_the_way sms sent',
      'driver.assigned push skipped',
      'manager.failed push sent',
      'manager.new_order push sent',
    ]);
    expect(
      textsTo(phone).filter((text) => text?.includes('no pudo ser entregado. Nobody there')),
    ).toHaveLength(1);
  });

  test('goes to the driver who gets it, and from the one who had it', async () => {
    const house = await addHouse();
    const other = await addHouse();
    const second = uuidv7();
    await owner`insert into users (merchant_id, id, name, role) values (${house.merchant}, ${second}, 'Sol', 'driver')`;
    await owner`insert into drivers (merchant_id, id, user_id, name, vehicle_type)
      values (${house.merchant}, ${second}, ${second}, 'Sol', 'car')`;
    const path = uuidv7();
    await subscribe(house, { user: house.driverUser }, `${path}/bruno`, 'es');
    await subscribe(house, { user: second }, `${path}/sol`);
    await subscribe(other, { user: other.driverUser }, `${path}/stranger`);
    const order = await addOrder(house);
    await assign(house, order, house.driver);
    await settled(house, 2);
    await assign(house, order, second);
    await settled(house, 4);
    await move(house, order, 'cancelled', { type: 'manager', id: house.manager });
    const { rows, told } = await settled(house, 6);
    expect(told).toEqual([
      'customer.cancelled sms sent',
      'customer.confirmed sms sent',
      'driver.assigned push sent',
      'driver.assigned push sent',
      'driver.cancelled push sent',
      'driver.cancelled push sent',
    ]);
    const paths = push.requests.map((request) => request.path).filter((each) => each.includes(path));
    expect(paths.map((each) => each.split('/').at(-1)).sort()).toEqual(['bruno', 'bruno', 'sol', 'sol']);
    expect(
      rows
        .filter(({ event }) => event === 'driver.assigned')
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['A new delivery: #1', 'Una entrega nueva: #1']);
  });

  test('that is edited tells its driver only what a driver must know', async () => {
    const house = await addHouse();
    await subscribe(house, { user: house.driverUser }, 'bruno');
    const order = await addOrder(house);
    await assign(house, order, house.driver);
    const edit = (changed: string[]) =>
      owner.begin(async (tx) => {
        const id = uuidv7();
        await tx`
          with edited as (update orders set version = version + 1, updated_at = now() where id = ${order}
            returning orders as o)
          select record_order_change(o, ${id}, 'edited', now(), null, 'manager', null, null, null) from edited`;
        await tx`update delivery_updates set details = ${tx.json({ changed })} where id = ${id}`;
      });
    for (const changed of [['externalId'], [], ['notes', 'externalId'], ['externalId']]) await edit(changed);
    const { told } = await settled(house, 3);
    expect(told.filter((each) => each.startsWith('driver'))).toEqual([
      'driver.assigned push sent',
      'driver.changed push sent',
    ]);
  });

  test('of the sandbox tells nobody, and says so', async () => {
    const house = await addHouse();
    await subscribe(house, { user: house.manager }, 'maria');
    await addOrder(house, CONTACT, { sandbox: true });
    const { rows } = await settled(house, 2);
    expect(rows.map(({ status, detail }) => `${status}: ${detail}`)).toEqual([
      'skipped: an order of the sandbox',
      'skipped: an order of the sandbox',
    ]);
  });
});

test('a fact that comes twice, and is worked by two at once, tells once', async () => {
  const house = await addHouse();
  const phone = aPhone();
  const order = await addOrder(house, { name: 'Ana', phone });
  await settled(house, 1);
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    select 'order', merchant_id, id, version, to_jsonb(o) from orders o, generate_series(1, 3) where id = ${order}`;
  await wake();
  // None is tried for ever either.
  await until('all facts', async () => {
    const jobs = await owner`select state from pgboss.job
      where name = 'notifications' and data->>'merchantId' = ${house.merchant}`;
    return jobs.length === 4 && jobs.every(({ state }) => state === 'completed');
  });
  expect((await settled(house, 1)).told).toEqual(['customer.confirmed sms sent']);
  expect(textsTo(phone)).toHaveLength(1);
});

describe('a customer', () => {
  test('whose phone number is none, or who has nothing to be reached by, is seen to get nothing', async () => {
    const house = await addHouse({ country: null });
    await addOrder(house, { name: 'Ana', phone: '099 123 456' });
    await addOrder(house, { name: 'Leo', phone: '12' });
    await addOrder(house, { name: 'Eva' });
    const { rows } = await settled(house, 3);
    expect(rows.map(({ status, detail }) => `${status}: ${detail}`).sort()).toEqual([
      'skipped: not a phone number with its country’s code, and the business has set no country',
      'skipped: not a phone number with its country’s code, and the business has set no country',
      'skipped: there is no phone number, email address or browser to send it to',
    ]);
  });

  test('who wants nothing by a channel gets nothing by it', async () => {
    const house = await addHouse();
    const contact = { name: 'Ana', phone: aPhone(), email: 'ana@example.com' };
    await owner`insert into customers (merchant_id, id, name, phone, opted_out)
      values (${house.merchant}, ${uuidv7()}, 'Ana', ${contact.phone}, '{sms}')`;
    await addOrder(house, contact);
    const { told } = await settled(house, 2);
    expect(told).toEqual(['customer.confirmed email sent', 'customer.confirmed sms skipped']);
    expect(textsTo(contact.phone)).toEqual([]);
  });

  test('is written to in the merchant’s own words, by the channels that are on', async () => {
    const house = await addHouse();
    const phone = aPhone();
    const wording = { en: { body: 'Hi {name}, #{number} to {address} {reason}goes {link}' } };
    await owner`insert into notification_settings (merchant_id, event, channel, enabled, wording) values
      (${house.merchant}, 'customer.confirmed', 'sms', true, ${owner.json(wording)}),
      (${house.merchant}, 'customer.confirmed', 'email', false, null)`;
    await addOrder(house, { name: 'Ana', phone, email: 'ana@example.com' });
    const { told } = await settled(house, 1);
    expect(told).toEqual(['customer.confirmed sms sent']);
    expect(textsTo(phone)).toEqual([
      expect.stringMatching(/^Hi Ana, #1 to Colonia 2goes https:\/\/bakery\.example\/t\//),
    ]);
  });

  test('hears of a chat’s message unless it is read meanwhile', async () => {
    const house = await addHouse();
    const orders = [await addOrder(house), await addOrder(house)];
    for (const order of orders) {
      await subscribe(house, { order }, 'ana');
      const id = uuidv7();
      await owner`insert into messages (merchant_id, id, order_id, sender, text)
        values (${house.merchant}, ${id}, ${order}, 'manager', 'We have no rye bread')`;
      // Written a while ago, so that the wait for its reading is over.
      await owner`insert into outbox (topic, merchant_id, entity_id, version, payload, created_at)
        select 'message', merchant_id, id, 1, to_jsonb(m), now() - interval '1 minute' from messages m where id = ${id}`;
    }
    await owner`insert into message_reads (merchant_id, order_id, reader, read_at)
      values (${house.merchant}, ${orders[0] ?? ''}, 'customer', now() + interval '1 second')`;
    const { rows, told } = await settled(house, 4);
    expect(told).toEqual([
      'customer.confirmed sms sent',
      'customer.confirmed sms sent',
      'customer.message push sent',
      'customer.message push skipped',
    ]);
    expect(rows.find(({ status }) => status === 'skipped')?.detail).toBe('they had read it meanwhile');
    expect(JSON.stringify(rows)).not.toContain('rye');
  });
});

describe('a service that', () => {
  test('fails is tried again, and then given up with what it said', async () => {
    const house = await addHouse();
    const phone = aPhone();
    let asked = 0;
    sms.answer = (request, response) => answering(++asked === 1 ? 503 : 201)(request, response);
    await addOrder(house, { name: 'Ana', phone });
    const { rows } = await settled(house, 1);
    expect(rows).toMatchObject([{ status: 'sent', attempts: 2, detail: null }]);

    mail.answer = () => 451;
    await addOrder(house, { name: 'Leo', email: 'leo@example.com' });
    const [, second] = (await settled(house, 2)).rows;
    expect(second).toMatchObject({
      status: 'failed',
      attempts: 3,
      detail: 'the mail server put it off (451)',
    });
  });

  test('refuses for good is not asked again', async () => {
    const house = await addHouse();
    mail.answer = () => 550;
    await addOrder(house, { name: 'Leo', email: 'leo@example.com' });
    expect((await settled(house, 1)).rows).toMatchObject([
      { status: 'failed', attempts: 1, detail: 'the mail server refused it (550)' },
    ]);
  });

  test('knows a browser no more ends its subscription', async () => {
    const house = await addHouse();
    const gone = await subscribe(house, { user: house.manager }, 'gone');
    const kept = await subscribe(house, { user: house.manager }, 'kept');
    push.answer = (request, response) => answering(request.path === '/gone' ? 410 : 201)(request, response);
    await addOrder(house);
    const { told } = await settled(house, 3);
    expect(told).toEqual([
      'customer.confirmed sms sent',
      'manager.new_order push failed',
      'manager.new_order push sent',
    ]);
    const left = await owner`select id from push_subscriptions where merchant_id = ${house.merchant}`;
    expect(left.map(({ id }) => id)).toEqual([kept]);
    expect(left.map(({ id }) => id)).not.toContain(gone);
  });

  test('is asked again when a manager says so, and not before', async () => {
    const house = await addHouse();
    mail.answer = () => 550;
    await addOrder(house, { name: 'Leo', email: 'leo@example.com' });
    const [row] = (await settled(house, 1)).rows;
    mail.answer = () => 250;
    await owner`update notification_log set status = 'queued', round = 1, step = 0, queued_at = now()
      where id = ${row?.id ?? ''}`;
    await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
      values ('notification', ${house.merchant}, ${row?.id ?? ''}, 1, '{}')`;
    expect((await settled(house, 1)).rows).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });
});

test('what comes too late is not sent', async () => {
  const house = await addHouse();
  const order = await addOrder(house);
  await assign(house, order, house.driver);
  await owner.begin(async (tx) => {
    await move(house, order, 'picked_up', undefined, tx);
    await tx`update outbox set created_at = now() - interval '2 hours' where entity_id = ${order} and version = 3`;
  });
  const { rows } = await settled(house, 3);
  expect(rows.find(({ event }) => event === 'customer.on_the_way')).toMatchObject({
    status: 'skipped',
    detail: 'it came too late to be of use',
  });
});

test('a new password’s link is in the email and nowhere else', async () => {
  const house = await addHouse();
  const id = uuidv7();
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('password_reset', ${house.merchant}, ${id}, 1, ${owner.json({ id, user_id: house.manager })})`;
  const { rows } = await settled(house, 1);
  const token = resetToken(trackingKey(database.secret), id);
  expect(rows).toMatchObject([
    { event: 'manager.password_reset', channel: 'email', recipient: `${house.manager}@bakery.example` },
  ]);
  const [sent] = mail.mails.filter(({ to }) => to.includes(`${house.manager}@bakery.example`));
  expect(sent?.source.replaceAll('=\r\n', '')).toContain(`https://bakery.example/reset/${token}`);
  const [stored] = await owner`select (select string_agg(n::text, ' ') from notification_log n) as log,
    (select string_agg(j::text, ' ') from pgboss.job j) as jobs`;
  expect(JSON.stringify(stored)).not.toContain(token);
  expect(lines.join('')).not.toContain(token);
});

test('a fact that nobody can read becomes a dead letter', async () => {
  const house = await addHouse();
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('order_late', ${house.merchant}, ${uuidv7()}, 1, '{}')`;
  await wake();
  await until('the dead letter', async () => {
    const [row] = await owner`select from pgboss.job where name = 'notifications_dead'
      and data->>'merchantId' = ${house.merchant}`;
    return row !== undefined;
  });
});

test('messages are counted by channel and outcome', async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${worker.metricsPort}/metrics`)).text();
  expect(metrics).toMatch(/dropmate_notifications_total\{channel="sms",outcome="sent"\} \d/);
  expect(metrics).toMatch(/dropmate_notifications_total\{channel="email",outcome="failed"\} \d/);
});

test('no log line names anybody', () => {
  const text = lines.join('');
  for (const secret of ['59899', '099 123', 'ana@', 'leo@', 'Colonia', 'Ana', 'token']) {
    expect(text).not.toContain(secret);
  }
});

test('with nothing configured messages are written down, with what to do about it', async () => {
  await worker.stop();
  lines.length = 0;
  worker = await start();
  onTestFinished(async () => {
    await worker.stop();
    worker = await start(all());
  });
  const house = await addHouse();
  await addOrder(house, { name: 'Ana', phone: aPhone(), email: 'ana@example.com' });
  const id = uuidv7();
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('password_reset', ${house.merchant}, ${id}, 1, ${owner.json({ id, user_id: house.manager })})`;
  const { rows, told } = await settled(house, 3);
  expect(told).toEqual([
    'customer.confirmed email unsent',
    'customer.confirmed sms unsent',
    'manager.password_reset email unsent',
  ]);
  expect(rows.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([
      'no mail server is configured: SMTP_URL and MAIL_FROM',
      'no SMS service is configured: SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM',
    ]),
  );
  expect(JSON.stringify(rows)).not.toContain(resetToken(trackingKey(database.secret), id));
  const told3 = lines.filter((line) => line.includes('a message was not sent'));
  expect(told3).toHaveLength(3);
  expect(told3.join('')).not.toMatch(/ana@|59899|Colonia/);
});
