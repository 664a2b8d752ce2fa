import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SealedSecret } from '../../db/schema/webhooks.ts';
import { createSeal } from '../../db/seal.ts';
import { MOST_WEBHOOKS, SubscribableEvent } from '../../domain/webhooks.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, type Problem } from '../../tests/support/orders.ts';
import type { WebhookDelivery } from './delivery.ts';
import type { WebhookDeliveryDetails } from './get-delivery.ts';
import { rotated } from './new-secret.ts';
import type { Webhook } from './webhook.ts';

type Page<T> = { data: T[]; nextCursor: string | null };
type Created = Webhook & { secret: string };

let app: TestApp;
let merchant: TestMerchant;
const ADDRESSES: Record<string, string[]> = {
  'shop.example': ['8.8.8.8'],
  'inner.example': ['8.8.8.8', '10.0.0.7'],
};

beforeAll(async () => {
  app = await createTestApp();
  // As in production: no http, no loopback.
  app.deps.webhooks.rules = {
    allowInsecure: false,
    resolve: async (host) => ADDRESSES[host] ?? Promise.reject(new Error('ENOTFOUND')),
  };
});
afterAll(() => app.end());
beforeEach(async () => {
  merchant = await app.addMerchant();
});

const ask = <T = Problem>(method: string, path: string, body?: unknown) =>
  app.request<T>(method, `/v1/webhooks${path}`, {
    token: merchant.token,
    ...(body === undefined ? {} : { body }),
  });

async function add(change: Record<string, unknown> = {}): Promise<Created> {
  const { status, body } = await ask<Created>('POST', '', {
    url: 'https://shop.example/hooks',
    events: ['order.created'],
    ...change,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** Deliveries as the worker leaves them, a second apart, the last the newest. */
async function addDeliveries(webhookId: string, statuses: string[]): Promise<string[]> {
  const ids = statuses.map(() => crypto.randomUUID());
  for (const [i, status] of statuses.entries()) {
    await app.owner`
      insert into webhook_deliveries (merchant_id, id, endpoint_id, event, payload, status, attempts, step, created_at)
      values (${merchant.id}, ${ids[i] ?? ''}, ${webhookId}, 'order.created', '{"type": "order.created"}', ${status}, 3, 3,
        now() - interval '1 hour' + make_interval(secs => ${i}))`;
  }
  return ids;
}

/** How many wait for what this connection holds. Within a transaction the list of others is kept, unless it is cleared. */
const waiting = async (): Promise<number> => {
  await app.owner`select pg_stat_clear_snapshot()`;
  const rows =
    await app.owner`select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))`;
  return rows.length;
};

const factsOf = () =>
  app.owner`select entity_id, version from outbox where merchant_id = ${merchant.id} and topic = 'webhook' order by id`;

describe('a webhook', () => {
  test('is created with a secret that is shown this once, and stored sealed', async () => {
    const { status, body, headers } = await ask<Created>('POST', '', {
      url: ' https://shop.example:8443/hooks?a=1 ',
      events: ['order.delivered', 'order.created', 'order.delivered'],
      description: 'Till',
    });
    expect(status).toBe(201);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const { secret, ...webhook } = body;
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(webhook).toEqual({
      id: webhook.id,
      url: 'https://shop.example:8443/hooks?a=1',
      description: 'Till',
      events: ['order.delivered', 'order.created'],
      enabled: true,
      disabledAt: null,
      disabledReason: null,
      createdAt: webhook.createdAt,
      updatedAt: webhook.createdAt,
    });
    expect((await ask('GET', `/${webhook.id}`)).body).toEqual(webhook);
    expect((await ask('GET', '')).body).toEqual({ data: [webhook], nextCursor: null });

    const [row] = await app.owner`select secrets from webhook_endpoints where id = ${webhook.id}`;
    expect(JSON.stringify(row?.secrets)).not.toContain(secret.slice(6));
    expect(createSeal(app.database.secret, 'webhook').open(row?.secrets[0].sealed)).toBe(secret);
    const audited = await app.owner`select action from audit_log where entity_id = ${webhook.id}`;
    expect(audited).toEqual([{ action: 'webhook.created' }]);
  });

  test.each([
    ['http://shop.example/', 'must be https'],
    ['https://127.0.0.1/', 'it leads to an address that is not on the public internet'],
    ['https://[::ffff:169.254.169.254]/', 'it leads to an address that is not on the public internet'],
    ['https://inner.example/', 'it leads to an address that is not on the public internet'],
    ['nonsense', 'is not a URL'],
  ])('with %s is refused, and nothing of it is there', async (url, message) => {
    const { status, body } = await ask('POST', '', { url, events: ['order.created'] });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'unprocessable', errors: [{ path: 'url', message }] });
    expect((await ask('GET', '')).body).toMatchObject({ data: [] });
    const { id } = await add();
    expect((await ask('PATCH', `/${id}`, { url })).body.errors).toEqual([{ path: 'url', message }]);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({ url: 'https://shop.example/hooks' });
  });

  test('with a host that leads nowhere yet is taken', async () => {
    expect((await add({ url: 'https://soon.example/' })).url).toBe('https://soon.example/');
  });

  test.each([
    [{ events: [] }, 'events'],
    [{ events: ['order.eaten'] }, 'events.0'],
    [{ events: ['webhook.test'] }, 'events.0'],
    [{ url: '' }, 'url'],
    [{ url: `https://shop.example/${'x'.repeat(2000)}` }, 'url'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ secret: 'whsec_mine' }, 'secret'],
  ])('with %j is refused with the path', async (change, path) => {
    const { status, body } = await ask('POST', '', {
      url: 'https://shop.example/',
      events: ['order.created'],
      ...change,
    });
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.path)).toContain(path);
  });

  test('can be edited, disabled and enabled again', async () => {
    const { id, secret: _, ...before } = await add();
    const events = SubscribableEvent.options;
    const edited = await ask<Webhook>('PATCH', `/${id}`, { events, description: null, enabled: false });
    expect(edited.body).toMatchObject({ events, enabled: false, url: before.url, disabledReason: null });
    const { disabledAt } = edited.body;
    expect(disabledAt).not.toBeNull();
    // Again: since when stays.
    expect((await ask('PATCH', `/${id}`, { enabled: false })).body).toMatchObject({ disabledAt });
    expect((await ask('PATCH', `/${id}`, { enabled: true })).body).toMatchObject({
      enabled: true,
      disabledAt: null,
    });
  });

  test('is removed with its deliveries', async () => {
    const { id } = await add();
    const [delivery] = await addDeliveries(id, ['delivered']);
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
    expect((await ask('DELETE', `/${id}`)).status).toBe(404);
    expect((await ask('GET', `/${id}`)).status).toBe(404);
    expect((await ask('GET', `/deliveries/${delivery}`)).status).toBe(404);
  });

  test('is one of at most twenty, also when many are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: MOST_WEBHOOKS + 4 }, () =>
        ask('POST', '', { url: 'https://shop.example/', events: ['order.created'] }),
      ),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(MOST_WEBHOOKS);
    expect(made.filter(({ status }) => status === 409)).toHaveLength(4);
    expect((await ask<Page<Webhook>>('GET', '')).body.data).toHaveLength(MOST_WEBHOOKS);
  });

  test('is made by an API key with the scope, and by no other', async () => {
    const key = await app.addApiKey(merchant.id, ['webhooks:read']);
    const body = { url: 'https://shop.example/', events: ['order.created'] };
    expect((await app.request('GET', '/v1/webhooks', { token: key.token })).status).toBe(200);
    expect((await app.request('POST', '/v1/webhooks', { token: key.token, body })).status).toBe(403);
    const writer = await app.addApiKey(merchant.id, ['webhooks:write']);
    expect((await app.request('POST', '/v1/webhooks', { token: writer.token, body })).status).toBe(201);
  });
});

describe('a new secret', () => {
  const sealed = (name: string, expiresAt: string | null = null): SealedSecret => ({
    sealed: name,
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt,
  });
  const now = Date.parse('2026-06-01T12:00:00.000Z');

  test('comes first; the one before it is good for a day more', () => {
    expect(rotated([sealed('old')], sealed('new'), now)).toEqual([
      sealed('new'),
      sealed('old', '2026-06-02T12:00:00.000Z'),
    ]);
  });

  test('does not prolong one that was replaced before, and drops those that are over', () => {
    const before = [
      sealed('b'),
      sealed('a', '2026-06-01T13:00:00.000Z'),
      sealed('0', '2026-06-01T11:00:00.000Z'),
    ];
    expect(rotated(before, sealed('c'), now)).toEqual([
      sealed('c'),
      sealed('b', '2026-06-02T12:00:00.000Z'),
      sealed('a', '2026-06-01T13:00:00.000Z'),
    ]);
  });

  test('is shown once, by the one who asks for it', async () => {
    const { id, secret } = await add();
    const { body, headers } = await ask<Created>('POST', `/${id}/rotate`);
    expect(body.secret).toMatch(/^whsec_/);
    expect(body.secret).not.toBe(secret);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const [row] = await app.owner<{ secrets: SealedSecret[] }[]>`
      select secrets from webhook_endpoints where id = ${id}`;
    const { open } = createSeal(app.database.secret, 'webhook');
    expect(row?.secrets.map((each) => open(each.sealed))).toEqual([body.secret, secret]);
    expect((await ask('POST', `/${uuidv7()}/rotate`)).status).toBe(404);
  });
});

describe('deliveries', () => {
  test('are listed newest first, page by page, also of one status', async () => {
    const { id } = await add();
    const ids = await addDeliveries(id, ['delivered', 'dead', 'pending', 'dead', 'delivered']);
    // Two at the same moment, whose ids decide.
    await app.owner`update webhook_deliveries set created_at = (
        select created_at from webhook_deliveries where id = ${ids[1] ?? ''}) where id = ${ids[2] ?? ''}`;
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const { body }: { body: Page<WebhookDelivery> } = await ask(
        'GET',
        `/${id}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.data.map((delivery) => delivery.id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect([seen[0], seen[1], seen[4]]).toEqual([ids[4], ids[3], ids[0]]);
    const dead = await ask<Page<WebhookDelivery>>('GET', `/${id}/deliveries?status=dead`);
    expect(dead.body.data.map((delivery) => delivery.id)).toEqual([ids[3], ids[1]]);
    expect(dead.body.data[0]).toMatchObject({ webhookId: id, status: 'dead', attempts: 3 });
    expect(dead.body.data[0]).not.toHaveProperty('payload');
  });

  test.each(['nonsense', Buffer.from('now then').toString('base64url')])(
    'are not listed after %s',
    async (cursor) => {
      const { id } = await add();
      const { status, body } = await ask('GET', `/${id}/deliveries?cursor=${cursor}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: 'cursor' }]);
      expect((await ask('GET', `/${id}/deliveries?status=lost`)).body.errors).toMatchObject([
        { path: 'status' },
      ]);
    },
  );

  test('of a webhook that is none are not found', async () => {
    expect((await ask('GET', `/${uuidv7()}/deliveries`)).status).toBe(404);
    expect((await ask('GET', `/deliveries/${uuidv7()}`)).status).toBe(404);
    expect((await ask('GET', '/nonsense/deliveries')).status).toBe(404);
  });

  test('are shown with what was sent and each attempt', async () => {
    const { id } = await add();
    const [delivery = ''] = await addDeliveries(id, ['delivered']);
    await app.owner`insert into webhook_attempts (merchant_id, delivery_id, attempt, status, error, ms) values
      (${merchant.id}, ${delivery}, 2, 204, null, 12), (${merchant.id}, ${delivery}, 1, null, 'it does not answer', 15000)`;
    const { body } = await ask<WebhookDeliveryDetails>('GET', `/deliveries/${delivery}`);
    expect(body).toMatchObject({ id: delivery, payload: { type: 'order.created' } });
    expect(body.log.map(({ attempt, status, error }) => [attempt, status, error])).toEqual([
      [1, null, 'it does not answer'],
      [2, 204, null],
    ]);
  });

  test.each(['dead', 'delivered', 'pending'])('that are %s can be sent again', async (state) => {
    const { id } = await add();
    const [delivery = ''] = await addDeliveries(id, [state]);
    const { status, body } = await ask<WebhookDelivery>('POST', `/deliveries/${delivery}/replay`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ id: delivery, status: 'pending', attempts: 3, deliveredAt: null });
    expect(await factsOf()).toEqual([{ entity_id: delivery, version: 1 }]);
    const [row] = await app.owner`select round, step from webhook_deliveries where id = ${delivery}`;
    expect(row).toEqual({ round: 1, step: 0 });
    expect((await ask('POST', `/deliveries/${uuidv7()}/replay`)).status).toBe(404);
  });

  test('that were given up can be sent again together, also those since a time', async () => {
    const { id } = await add();
    const other = await add();
    const ids = await addDeliveries(id, ['dead', 'delivered', 'dead', 'dead']);
    await addDeliveries(other.id, ['dead']);
    const list = await ask<Page<WebhookDelivery>>('GET', `/${id}/deliveries`);
    const since = list.body.data[1]?.createdAt;
    expect((await ask('POST', `/${id}/replay`, { since })).body).toEqual({ replayed: 2, more: false });
    const facts = await factsOf();
    expect(facts.map((fact) => fact.entity_id).sort()).toEqual([ids[2], ids[3]].sort());
    expect((await ask('POST', `/${id}/replay`)).body).toEqual({ replayed: 1, more: false });
    expect((await ask('POST', `/${id}/replay`)).body).toEqual({ replayed: 0, more: false });
    const left = await app.owner`select endpoint_id from webhook_deliveries
      where merchant_id = ${merchant.id} and status = 'dead'`;
    expect(left).toEqual([{ endpoint_id: other.id }]);
    expect((await ask('POST', `/${id}/replay`, { since: 'yesterday' })).body.errors).toMatchObject([
      { path: 'since' },
    ]);
  });

  test('of more than a thousand, a thousand are sent again at a time, the oldest first', async () => {
    const { id } = await add();
    await app.owner`insert into webhook_deliveries (merchant_id, id, endpoint_id, event, payload, status, created_at)
      select ${merchant.id}, gen_random_uuid(), ${id}, 'order.created', '{}', 'dead', now() - make_interval(secs => n)
      from generate_series(1, 1001) n`;
    expect((await ask('POST', `/${id}/replay`)).body).toEqual({ replayed: 1000, more: true });
    const [newest] =
      await app.owner`select max(created_at) = min(created_at) filter (where status = 'dead') as left
      from webhook_deliveries where endpoint_id = ${id}`;
    expect(newest).toEqual({ left: true });
    expect((await ask('POST', `/${id}/replay`)).body).toEqual({ replayed: 1, more: false });
  });

  test('of one delivery and of all that are dead lock in the same order: the webhook first', async () => {
    const { id } = await add();
    const [delivery = ''] = await addDeliveries(id, ['dead']);
    await app.owner`begin`;
    await app.owner`select from webhook_endpoints where id = ${id} for no key update`;
    const replaying = ask('POST', `/deliveries/${delivery}/replay`);
    try {
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
      const free =
        await app.owner`select from webhook_deliveries where id = ${delivery} for update skip locked`;
      expect(free).toHaveLength(1);
    } finally {
      await app.owner`rollback`;
    }
    expect((await replaying).status).toBe(202);
  });
});

describe('a test', () => {
  test('is a delivery on its way', async () => {
    const { id } = await add();
    const { status, body } = await ask<WebhookDelivery>('POST', `/${id}/test`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ webhookId: id, event: 'webhook.test', status: 'pending', attempts: 0 });
    const shown = await ask<WebhookDeliveryDetails>('GET', `/deliveries/${body.id}`);
    expect(shown.body).toMatchObject({ payload: { type: 'webhook.test', data: { webhookId: id } }, log: [] });
    expect(await factsOf()).toEqual([{ entity_id: body.id, version: 0 }]);
  });

  test('and a replay are refused while the webhook is disabled, and change nothing', async () => {
    const { id } = await add();
    const [delivery = ''] = await addDeliveries(id, ['dead']);
    await ask('PATCH', `/${id}`, { enabled: false });
    for (const path of [`/${id}/test`, `/${id}/replay`, `/deliveries/${delivery}/replay`]) {
      expect((await ask('POST', path)).status, path).toBe(409);
    }
    expect(await factsOf()).toEqual([]);
    expect((await ask('GET', `/deliveries/${delivery}`)).body).toMatchObject({ status: 'dead' });
  });
});

test('an erased customer’s orders are in no delivery any more, others’ are', async () => {
  const { id } = await add();
  const dropoff = { address: 'Sarandí 1', contact: { name: 'Clara Oculta', phone: '+598 99 777 777' } };
  const order = await addOrder(app, merchant, { dropoff });
  const other = await addOrder(app, merchant);
  await app.request('POST', `/v1/orders/${order.id}/cancel`, {
    token: merchant.token,
    body: { reason: 'They moved' },
  });
  for (const { id: orderId } of [order, other]) {
    await app.owner`insert into webhook_deliveries (merchant_id, id, endpoint_id, event, order_id, payload)
      values (${merchant.id}, ${uuidv7()}, ${id}, 'order.created', ${orderId}, '{"name": "Clara Oculta"}')`;
  }
  const erased = await app.request('DELETE', `/v1/customers/${order.customerId}`, { token: merchant.token });
  expect(erased.status, JSON.stringify(erased.body)).toBe(204);
  const left = await app.owner`select order_id from webhook_deliveries where merchant_id = ${merchant.id}`;
  expect(left).toEqual([{ order_id: other.id }]);
});

test('deliveries are kept for 30 days, with their attempts', async () => {
  const { id } = await add();
  const [old = '', young = ''] = await addDeliveries(id, ['delivered', 'dead']);
  await app.owner`insert into webhook_attempts (merchant_id, delivery_id, attempt, ms) values
    (${merchant.id}, ${old}, 1, 5), (${merchant.id}, ${young}, 1, 5)`;
  await app.owner`update webhook_deliveries set created_at = now() - case id when ${old} then interval '30 days 1 minute'
    else interval '29 days 23 hours' end where merchant_id = ${merchant.id}`;
  await app.owner`select delete_expired()`;
  const left = await app.owner`select delivery_id from webhook_attempts where merchant_id = ${merchant.id}`;
  expect(left).toEqual([{ delivery_id: young }]);
});
