import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceKey } from '../../../db/secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { type Program, startScript } from '../../../tests/support/process.ts';
import { addMerchant, type FakeRooms, startFakeRooms, until } from '../test-support.ts';
import { type MailServer, messagesOf, startMailServer } from './test-support.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const COUNT = 500;
let database: TestDatabase;
let owner: postgres.Sql;
let rooms: FakeRooms;
let mail: MailServer;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
  rooms = await startFakeRooms(serviceKey(database.secret));
  mail = await startMailServer({ authOptional: false });
});

afterAll(async () => {
  await Promise.all([rooms.close(), mail.close()]);
  await owner.end();
  await database.drop();
});

async function start(): Promise<Program> {
  const program = startScript(MAIN, {
    env: {
      DATABASE_URL: database.ownerUrl,
      DROPMATE_SECRET: database.secret,
      REALTIME_INTERNAL_URL: rooms.url,
      PUBLIC_URL: 'https://bakery.example',
      HOST: '127.0.0.1',
      METRICS_PORT: '0',
      SMTP_URL: mail.url.replace('//', '//user:password@'),
      MAIL_FROM: 'no-reply@bakery.example',
    },
  });
  await program.printed(/worker started/);
  return program;
}

const arrived = () => new Set(mail.mails.flatMap(({ to }) => to));

test('every message arrives though the worker is killed in the middle of five hundred', async () => {
  const merchant = await addMerchant(owner);
  const addresses = Array.from({ length: COUNT }, (_, i) => `customer-${i}@example.com`);
  await owner`insert into users (merchant_id, id, name, role) values (${merchant}, ${uuidv7()}, 'Maria', 'manager')`;
  let program = await start();
  await Promise.all(
    addresses.map((email) => {
      const contact = { name: 'Ana', email };
      const order = {
        id: uuidv7(),
        pickup: { address: 'Sarandí 1' },
        dropoff: { address: 'Colonia 2', contact },
        items: [],
        tracking_hash: email,
      };
      return owner`select create_order(${merchant}, ${owner.json(order)}, ${owner.json({ id: uuidv7(), ...contact })},
        ${uuidv7()}, 'api_key', null)`;
    }),
  );
  await until('some mails', () => arrived().size > COUNT / 5, 60);
  await program.end('SIGKILL');
  expect(arrived().size).toBeLessThan(COUNT);
  program = await start();
  // What a killed worker had in hand expires after 20 s, and is tried again 1 to 2 s later.
  await until('all mails', () => arrived().size === COUNT, 90);
  expect([...arrived()].sort()).toEqual(addresses.sort());
  await until(
    'all marks',
    async () => (await messagesOf(owner, merchant)).every(({ status }) => status === 'sent'),
    60,
  );
  // Once more only what was under way when it was killed.
  expect(mail.mails.length).toBeLessThan(COUNT + 30);
  expect(await messagesOf(owner, merchant)).toHaveLength(COUNT);
  expect(program.log()).not.toContain('@example.com');
  expect(program.log()).not.toContain('password');
  expect(await program.end()).toBe(0);
}, 180_000);
