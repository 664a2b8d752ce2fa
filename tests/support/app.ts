import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { openDatabase } from '../../db/client.ts';
import { apiKeys, merchants, users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { createSeal } from '../../db/seal.ts';
import { serviceKey, signServiceToken } from '../../db/secrets.ts';
import { hashToken, trackingKey } from '../../db/tracking-token.ts';
import type { Location } from '../../domain/geo.ts';
import type { VehicleType } from '../../domain/orders.ts';
import type { Scope } from '../../domain/policy.ts';
import type { RoomEvent } from '../../domain/room-events.ts';
import { newApiKey } from '../../functions/api-key.ts';
import { createApp } from '../../functions/app.ts';
import type { Deps } from '../../functions/deps.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { createProofLinks } from '../../functions/proofs/links.ts';
import { createPins } from '../../functions/proofs/pins.ts';
import { createRoomsClient } from '../../functions/rooms.ts';
import { createTokens, SigningKey } from '../../functions/tokens.ts';
import { createTestDatabase } from './database.ts';

export type Answer<T> = { status: number; headers: Headers; body: T };
export type RequestOptions = { token?: string; body?: unknown; headers?: Record<string, string> };
export type TestMerchant = { id: string; userId: string; token: string };
export type TestDriver = { id: string; userId: string; token: string };
export type TestApp = Awaited<ReturnType<typeof createTestApp>>;

/** A text is sent as it is, a Blob with its own type; anything else as JSON. */
const isRaw = (body: unknown): body is string | Blob => typeof body === 'string' || body instanceof Blob;

/**
 * The API in this process, on a database of its own, without a port: rooms are recorded in `posted`, the geocoder knows
 * what `places` holds, pages are their kind's name. `end` in afterAll.
 */
export async function createTestApp(overrides: Partial<Deps> = {}) {
  const database = await createTestDatabase();
  const db =
    overrides.db ?? openDatabase({ databaseUrl: database.ownerUrl, secret: database.secret, connections: 4 });
  const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const tokens = await createTokens([SigningKey.parse({ ...(await exportJWK(privateKey)), kid: 'test' })]);
  const key = serviceKey(database.secret);
  const posted: { merchantId: string; event: RoomEvent }[] = [];
  const places = new Map<string, Location>();
  const rooms = createRoomsClient({
    publicUrl: 'http://dropmate.test',
    internalUrl: 'http://127.0.0.1:9',
    tokens,
    serviceKey: key,
  });
  const deps: Deps = {
    db,
    tokens,
    links: { publicUrl: 'http://dropmate.test', trackingKey: trackingKey(database.secret) },
    rooms: {
      ...rooms,
      post: async (merchantId, event) => {
        posted.push({ merchantId, event });
      },
    },
    geocoder: async (address) => places.get(address),
    pages: {
      chooseLocale: (_, lang) => lang ?? 'en',
      home: ({ door }) => `<title>${door.kind}</title>`,
      drive: () => '<title>drive</title>',
      driveWorker: '/* worker */',
      dispatch: () => '<title>dispatch</title>',
      docs: () => '<title>docs</title>',
      tracking: ({ view }) => `<title>tracking ${view.order.number}</title>`,
      link: ({ kind }) => `<title>${kind}</title>`,
      assetsFolder: fileURLToPath(new URL('.', import.meta.url)),
    },
    metrics: createMetrics({ ordersByStatus: async () => [] }),
    log: pino({ level: 'silent' }),
    signup: 'on',
    wakeRelay: () => {},
    answers: createSeal(database.secret, 'answer'),
    pins: createPins(database.secret),
    proofLinks: createProofLinks(database.secret, 'http://dropmate.test'),
    objects: undefined,
    webhooks: {
      rules: { allowInsecure: true, resolve: async () => ['8.8.8.8'] },
      seal: createSeal(database.secret, 'webhook'),
    },
    serviceKey: key,
    tileUrl: 'http://tiles.test/{z}/{x}/{y}.svg',
    draining: () => false,
    privateMetrics: false,
    ...overrides,
  };
  const app = createApp([], deps);

  /** The caller says what shape it expects of the answer, and then asserts its content. */
  const request = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body, headers = {} }: RequestOptions = {},
  ): Promise<Answer<T>> => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(body === undefined
          ? {}
          : { 'Content-Type': body instanceof Blob ? body.type : 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
  };

  /** A merchant of the test's own, with a manager; straight into the database. */
  const addMerchant = async (): Promise<TestMerchant> => {
    const id = uuidv7();
    const userId = uuidv7();
    await db.withMerchant(id, async (tx) => {
      const pickup = { address: 'Ituzaingó 1480', location: { lat: -34.907, lng: -56.2026 } };
      await tx
        .insert(merchants)
        .values({ id, name: 'Café Sur', timezone: 'America/Montevideo', currency: 'UYU', pickup });
      await tx.insert(users).values({ merchantId: id, id: userId, name: 'Maria', role: 'manager' });
    });
    return { id, userId, token: await tokens.signAccess({ type: 'manager', merchantId: id, userId }) };
  };

  const addDriver = async (
    merchantId: string,
    name = 'Ana Pérez',
    vehicleType: VehicleType = 'bicycle',
  ): Promise<TestDriver> => {
    const id = uuidv7();
    const userId = uuidv7();
    await db.withMerchant(merchantId, async (tx) => {
      await tx.insert(users).values({ merchantId, id: userId, name, role: 'driver' });
      await tx.insert(drivers).values({ merchantId, id, userId, name, vehicleType });
    });
    return {
      id,
      userId,
      token: await tokens.signAccess({ type: 'driver', merchantId, userId, driverId: id }),
    };
  };

  /** A key with those scopes; `change` sets its end. */
  const addApiKey = async (
    merchantId: string,
    scopes: Scope[],
    change: { expiresAt?: Date; revokedAt?: Date } = {},
  ): Promise<{ id: string; token: string }> => {
    const id = uuidv7();
    const { key: token, secret } = newApiKey(id);
    await db.withMerchant(merchantId, (tx) =>
      tx
        .insert(apiKeys)
        .values({ merchantId, id, name: 'Shop', scopes, secretHash: hashToken(secret), ...change }),
    );
    return { id, token };
  };

  return {
    app,
    deps,
    database,
    /** Sees all: for what a test must look up or age behind the API's back. */
    owner,
    posted,
    places,
    request,
    addMerchant,
    addDriver,
    addApiKey,
    /** What a room sends to `/internal`. */
    serviceToken: () => signServiceToken(key, 'realtime', 'dropmate:internal'),
    end: async () => {
      await Promise.all([db.end(), owner.end()]);
      await database.drop();
    },
  };
}
