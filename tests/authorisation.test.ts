import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashToken } from '../db/tracking-token.ts';
import { SCOPES } from '../domain/policy.ts';
import { A_ZONE, BODIES, EXPECTED, PARAMETERS, SUBSCRIPTION, type Victim } from './authorisation.table.ts';
import { createTestApp } from './support/app.ts';
import { act, addOrder, DROPOFF } from './support/orders.ts';

const ACTORS = ['nobody', 'colleague', 'stranger', 'foreign', 'bare', 'customer'] as const;
type ActorName = (typeof ACTORS)[number];

const app = await createTestApp({ tileUrl: undefined, vapidPublicKey: SUBSCRIPTION.keys.p256dh });
let foreign: { stranger: string; foreign: string };
/** Nothing that is refused changes it, so all routes share it. */
let shared: Awaited<ReturnType<typeof addVictim>>;

beforeAll(async () => {
  const other = await app.addMerchant();
  foreign = { stranger: other.token, foreign: (await app.addApiKey(other.id, [...SCOPES])).token };
  await addOrder(app, other);
  shared = await addVictim();
});
afterAll(() => app.end());

/** The routes that the app really has, whatever its description says. */
const routes = [
  ...new Set(
    app.app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  ),
];
const expectations = new Map<string, string[]>(
  EXPECTED.trim()
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [method, path, ...cells] = line.trim().split(/\s+/);
      return [`${method} ${path}`, cells] as const;
    }),
);

/** A merchant with one of everything, and who else asks about it. */
async function addVictim() {
  const merchant = await app.addMerchant();
  const driver = await app.addDriver(merchant.id, 'Victoria Secreta');
  const colleague = await app.addDriver(merchant.id, 'Ben');
  const order = await addOrder(app, merchant, {
    externalId: 'SECRET-77',
    proof: { pin: true },
    dropoff: { ...DROPOFF, contact: { name: 'Clara Oculta', phone: '+598 99 777 777' } },
  });
  await act(app, merchant, order.id, 'assign', { driverId: driver.id });
  const key = await app.addApiKey(merchant.id, ['orders:read']);
  const bare = await app.addApiKey(merchant.id, []);
  const [userId, deviceId] = [uuidv7(), uuidv7()];
  await app.owner`insert into users (merchant_id, id, name, role, email)
    values (${merchant.id}, ${userId}, 'Vera Callada', 'manager', ${`${userId}@secret.example`})`;
  await app.owner`insert into devices (merchant_id, id, driver_id, name, token_hash)
    values (${merchant.id}, ${deviceId}, ${driver.id}, 'Phone', ${hashToken(deviceId)})`;
  const [webhookId, deliveryId] = [uuidv7(), uuidv7()];
  await app.owner`insert into webhook_endpoints (merchant_id, id, url, events, secrets)
    values (${merchant.id}, ${webhookId}, 'https://hooks.secret.example/', array['order.created'], '[]')`;
  await app.owner`insert into webhook_deliveries (merchant_id, id, endpoint_id, event, order_id, payload)
    values (${merchant.id}, ${deliveryId}, ${webhookId}, 'order.created', ${order.id}, '{"type": "Oculta"}')`;
  await app.owner`insert into messages (merchant_id, id, order_id, sender, text)
    values (${merchant.id}, ${order.id}, ${order.id}, 'customer', 'Ring twice')`;
  await app.owner`insert into ratings (merchant_id, order_id, driver_id, stars)
    values (${merchant.id}, ${order.id}, ${driver.id}, 5)`;
  await app.owner`insert into notification_log
      (merchant_id, id, order_id, event, channel, audience, recipient, language, body, status)
    values (${merchant.id}, ${order.id}, ${order.id}, 'customer.confirmed', 'sms', 'customer', '+59899777777', 'en',
      'Clara Oculta', 'sent')`;
  const { endpoint, keys } = SUBSCRIPTION;
  await app.owner`insert into push_subscriptions (merchant_id, id, user_id, order_id, endpoint, keys)
    values (${merchant.id}, ${uuidv7()}, ${colleague.userId}, null, ${endpoint}, ${app.owner.json(keys)}),
      (${merchant.id}, ${uuidv7()}, null, ${order.id}, ${endpoint}, ${app.owner.json(keys)})`;
  const zoneId = uuidv7();
  await app.owner`insert into zones (merchant_id, id, name, area, fee)
    values (${merchant.id}, ${zoneId}, ${A_ZONE.name}, ${app.owner.json(A_ZONE.area)}, ${app.owner.json(A_ZONE.fee)})`;
  const [proofId, shiftId, lateReportId] = [uuidv7(), uuidv7(), uuidv7()];
  await app.owner`insert into proofs (merchant_id, id, order_id, kind, content_type, size, sha256, storage, actor_type)
    values (${merchant.id}, ${proofId}, ${order.id}, 'photo', 'image/png', 1, '', 'database', 'manager')`;
  await app.owner`insert into shifts (merchant_id, id, driver_id, started_at, ended_at)
    values (${merchant.id}, ${shiftId}, ${driver.id}, now(), now())`;
  await app.owner`insert into late_reports (merchant_id, id, order_id, driver_id, status, order_status, occurred_at, received_at)
    values (${merchant.id}, ${lateReportId}, ${order.id}, ${driver.id}, 'delivered', 'assigned', now(), now())`;
  const victim: Victim = {
    merchantId: merchant.id,
    orderId: order.id,
    customerId: order.customerId ?? '',
    driverId: driver.id,
    colleagueId: colleague.id,
    userId,
    keyId: key.id,
    deviceId,
    proofId,
    shiftId,
    lateReportId,
    zoneId,
    webhookId,
    deliveryId,
    token: order.trackingUrl?.split('/t/')[1] ?? '',
  };
  const credentials: Record<ActorName, string | undefined> = {
    ...foreign,
    nobody: undefined,
    colleague: colleague.token,
    bare: bare.token,
    customer: victim.token,
  };
  return { victim, manager: merchant.token, credentials };
}

/** What must not be in any answer to someone else. A colleague may know the merchant's own id, and its zones. */
function marksOf(victim: Victim, actor: ActorName): string[] {
  const { orderId, customerId, driverId, userId, keyId, deviceId, token, merchantId } = victim;
  const { webhookId, deliveryId } = victim;
  const marks = [
    orderId,
    customerId,
    driverId,
    userId,
    keyId,
    deviceId,
    token,
    '777 777',
    'SECRET-77',
    webhookId,
    deliveryId,
  ];
  marks.push(victim.proofId, victim.shiftId, victim.lateReportId);
  const names = ['Secreta', 'Oculta', 'Callada', 'secret.example'];
  return [...marks, ...names, ...(actor === 'colleague' ? [] : [merchantId, victim.zoneId])];
}

function pathOf(route: string, victim: Victim): string {
  const parts = route.replace(/^\w+ /, '').split('/');
  return parts
    .map((part, index) => {
      if (part === '*') return 'nothing';
      if (!part.startsWith(':')) return part;
      return PARAMETERS[parts[index - 1] ?? '']?.(victim) ?? '1';
    })
    .join('/');
}

const ask = (route: string, victim: Victim, token: string | undefined) => {
  const body = BODIES[route]?.(victim);
  const [method = ''] = route.split(' ');
  return app.request<unknown>(method, pathOf(route, victim), {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
  });
};

const TABLES = await app.owner<{ name: string }[]>`select relname as name from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`;

/** All that is stored of a merchant. */
async function stateOf({ merchantId }: Victim): Promise<string> {
  const parts = TABLES.map(
    ({ name }) =>
      `select '${name}' as name, jsonb_agg(t order by t::text) as rows from ${name} t where merchant_id = $1`,
  );
  const own = 'select $$merchants$$, jsonb_agg(m) from merchants m where id = $1';
  const rows = await app.owner.unsafe([...parts, own].join(' union all '), [merchantId]);
  return JSON.stringify(rows);
}

describe('the table', () => {
  test('has a line for every route that the app answers, and for no other', () => {
    expect(routes.filter((route) => !expectations.has(route))).toEqual([]);
    expect([...expectations.keys()].filter((route) => !routes.includes(route))).toEqual([]);
  });

  test('has a cell for everyone who asks, on each line', () => {
    for (const [route, cells] of expectations) {
      expect(cells, route).toHaveLength(ACTORS.length);
      for (const cell of cells) expect(cell, route).toMatch(/^(4\d\d|own|open|link|\*)$/);
    }
  });
});

describe('whoever has no business with it', () => {
  test.each(routes.filter((route) => expectations.has(route)))('gets nothing by %s', async (route) => {
    const cells = expectations.get(route) ?? [];
    const { victim, credentials } = shared;
    const before = await stateOf(victim);
    for (const [index, actor] of ACTORS.entries()) {
      const cell = cells[index] ?? '';
      const { status, body } = await ask(route, victim, credentials[actor]);
      const told = `${route} as ${actor} answered ${status}: ${JSON.stringify(body).slice(0, 300)}`;
      if (/^\d/.test(cell)) expect(status, told).toBe(Number(cell));
      else expect(status, told).toBeLessThan(300);
      if (cell === 'link') continue;
      const text = JSON.stringify(body);
      for (const mark of marksOf(victim, actor))
        expect(text.includes(mark), `${mark} in ${told}`).toBe(false);
    }
    expect(await stateOf(victim)).toBe(before);

    // The same request is good for those whose business it is (though a rule may stand against it): nothing above was
    // refused for another reason.
    if (!cells.includes('401') || NEVER_BY_TOKEN.test(route)) return;
    const own = route.startsWith('GET ') ? shared : await addVictim();
    const { status, body } = await ask(route, own.victim, own.manager);
    expect([200, 201, 202, 204, 409], `${route} as the manager: ${JSON.stringify(body)}`).toContain(status);
  });

  /** What no access token opens: it asks for a password, an invitation, a device's token or a service's. */
  const NEVER_BY_TOKEN = / \/(v1\/(auth|ingest)|internal)\//;

  test('nothing by /internal, which a service token opens', async () => {
    const { victim } = await addVictim();
    const token = await app.serviceToken();
    for (const route of routes.filter((one) => one.includes(' /internal/'))) {
      expect((await ask(route, victim, token)).status, route).toBe(200);
    }
  });
});
