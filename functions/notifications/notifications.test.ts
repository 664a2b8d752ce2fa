import { createECDH } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterAll, describe, expect, test } from 'vitest';
import { createSeal } from '../../db/seal.ts';
import { unsubscribeToken } from '../../db/unsubscribe-token.ts';
import { createTestApp, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, type Problem } from '../../tests/support/orders.ts';
import type { Notification } from './notification.ts';

const app = await createTestApp({
  vapidPublicKey: 'the public key',
  // As in production: nothing on loopback.
  webhooks: {
    rules: { allowInsecure: false, resolve: async () => ['9.9.9.9'] },
    seal: createSeal('A'.repeat(43), 'webhook'),
  },
});
afterAll(() => app.end());

type Page = { data: Notification[]; nextCursor: string | null };
type Setting = {
  event: string;
  channel: string;
  enabled: boolean;
  isStandard: boolean;
  wording: { en: { subject: string; body: string }; es: { body: string } };
  placeholders: string[];
};

/** A message as the worker writes it down. Returns its id. */
async function addMessage(merchantId: string, change: Record<string, unknown> = {}): Promise<string> {
  const id = uuidv7();
  const row = {
    ...{ merchant_id: merchantId, id, event: 'customer.confirmed', channel: 'sms', audience: 'customer' },
    ...{
      recipient: '+59899123456',
      language: 'en',
      body: 'To Ana: {link}',
      status: 'sent',
      attempts: 1,
      step: 1,
    },
    ...change,
  };
  await app.owner`insert into notification_log ${app.owner(row)}`;
  return id;
}

const list = (merchant: TestMerchant, query = '') =>
  app.request<Page>('GET', `/v1/notifications${query}`, { token: merchant.token });
const outboxOf = (id: string) =>
  app.owner`select topic, version from outbox where entity_id = ${id} order by id`;
const rowOf = async (id: string) => (await app.owner`select * from notification_log where id = ${id}`)[0];

/** What a browser would give. */
function aSubscription(endpoint = `https://push.example/${uuidv7()}`) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { endpoint, keys: { p256dh: ecdh.getPublicKey('base64url'), auth: 'A'.repeat(22) } };
}

describe('the log', () => {
  test('lists messages newest first, page by page, with masked recipients and without their texts', async () => {
    const merchant = await app.addMerchant();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await addMessage(merchant.id, { created_at: new Date(1.7e12 + i) }));
    const first = await list(merchant, '?limit=3');
    const second = await list(merchant, `?limit=3&cursor=${first.body.nextCursor}`);
    expect(first.status).toBe(200);
    expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(ids.reverse());
    expect(second.body.nextCursor).toBeNull();
    expect(first.body.data[0]).toMatchObject({ recipient: '+598•••456', status: 'sent', attempts: 1 });
    expect(JSON.stringify(first.body)).not.toContain('To Ana');
  });

  test('is filtered by all that it says', async () => {
    const merchant = await app.addMerchant();
    const orderId = uuidv7();
    const wanted = await addMessage(merchant.id, {
      ...{ order_id: orderId, channel: 'email', status: 'failed', event: 'customer.failed' },
      ...{ recipient: 'ana@example.com', created_at: new Date('2026-11-01T12:00:00Z') },
    });
    await addMessage(merchant.id);
    const moments = ['from=2026-11-01T11:59:00Z&to=2026-11-01T12:01:00Z', `orderId=${orderId}`];
    for (const query of [...moments, 'status=failed', 'channel=email', 'event=customer.failed']) {
      const { body } = await list(merchant, `?${query}`);
      expect(
        body.data.map(({ id }) => id),
        query,
      ).toEqual([wanted]);
    }
    expect((await list(merchant, '?status=failed')).body.data[0]?.recipient).toBe('a•••@example.com');
    for (const query of [
      'status=lost',
      'channel=fax',
      'event=x',
      'orderId=1',
      'from=then',
      'cursor=x',
      'limit=0',
    ]) {
      const { status, body } = await app.request<Problem>('GET', `/v1/notifications?${query}`, merchant);
      expect(status, query).toBe(400);
      expect(body.errors?.[0]?.path, query).toBe(query.split('=')[0]);
    }
  });

  test('tells of one by its id what it says, to its own merchant', async () => {
    const [merchant, stranger] = [await app.addMerchant(), await app.addMerchant()];
    const id = await addMessage(merchant.id);
    const found = await app.request('GET', `/v1/notifications/${id}`, merchant);
    expect(found).toMatchObject({ status: 200, body: { id, body: 'To Ana: {link}' } });
    expect((await app.request('GET', `/v1/notifications/${id}`, stranger)).status).toBe(404);
    expect((await app.request('GET', '/v1/notifications/nothing', merchant)).status).toBe(404);
  });
});

describe('sending again', () => {
  const resend = (merchant: TestMerchant, id: string) =>
    app.request<Notification>('POST', `/v1/notifications/${id}/resend`, merchant);

  test('queues the message anew, once however often it is asked', async () => {
    const merchant = await app.addMerchant();
    const id = await addMessage(merchant.id, {
      status: 'failed',
      detail: 'the mail server refused it (550)',
    });
    expect(await resend(merchant, id)).toMatchObject({
      status: 202,
      body: { status: 'queued', detail: null },
    });
    await resend(merchant, id);
    expect(await rowOf(id)).toMatchObject({ round: 1, step: 0, attempts: 1 });
    expect([...(await outboxOf(id))]).toEqual([{ topic: 'notification', version: 1 }]);
  });

  test('is refused where there is nothing to send or nowhere to send it', async () => {
    const merchant = await app.addMerchant();
    const nowhere = await addMessage(merchant.id, { recipient: null, status: 'skipped' });
    const password = await addMessage(merchant.id, { event: 'manager.password_reset', channel: 'email' });
    for (const id of [nowhere, password]) {
      expect((await resend(merchant, id)).status).toBe(409);
      expect([...(await outboxOf(id))]).toEqual([]);
    }
    expect((await resend(merchant, uuidv7())).status).toBe(404);
  });
});

describe('the settings', () => {
  const get = (merchant: TestMerchant) =>
    app.request<{ data: Setting[] }>('GET', '/v1/notifications/settings', merchant);
  const edit = (merchant: TestMerchant, settings: unknown) =>
    app.request<{ data: Setting[] } & Problem>('PATCH', '/v1/notifications/settings', {
      token: merchant.token,
      body: { settings },
    });
  const find = ({ data }: { data: Setting[] }, event: string, channel: string) =>
    data.find((setting) => setting.event === event && setting.channel === channel);

  test('are the defaults until a merchant changes them, and go back to them', async () => {
    const merchant = await app.addMerchant();
    const before = (await get(merchant)).body;
    expect(find(before, 'customer.confirmed', 'sms')).toMatchObject({
      enabled: true,
      isStandard: true,
      wording: { en: { body: '{merchant} has your order #{number}. Follow its delivery: {link}' } },
    });
    expect(find(before, 'manager.new_order', 'sms')).toBeUndefined();
    expect(find(before, 'manager.password_reset', 'email')).toBeUndefined();

    const own = { event: 'customer.confirmed', channel: 'sms' };
    const changed = await edit(merchant, [
      { ...own, enabled: false, wording: { en: { body: 'Hi {name}!' }, es: { body: '¡Hola!' } } },
    ]);
    expect(changed.status).toBe(200);
    expect(find(changed.body, 'customer.confirmed', 'sms')).toMatchObject({
      enabled: false,
      isStandard: false,
      wording: { en: { body: 'Hi {name}!' }, es: { body: '¡Hola!' } },
    });
    await edit(merchant, [{ ...own, wording: { es: null } }]);
    expect(find((await get(merchant)).body, 'customer.confirmed', 'sms')).toMatchObject({
      enabled: false,
      wording: { en: { body: 'Hi {name}!' }, es: { body: expect.stringContaining('recibió') } },
    });
    await edit(merchant, [{ ...own, enabled: true, wording: null }]);
    expect((await get(merchant)).body).toEqual(before);
    const other = await app.addMerchant();
    expect((await get(other)).body).toEqual(before);
  });

  test.each([
    [{ wording: { en: { body: 'Hi {nome}' } } }, 'settings.0.wording.en.body'],
    [{ wording: { es: { subject: '{promised}', body: 'x' } } }, 'settings.0.wording.es.subject'],
    [{ wording: { es: { subject: '{link}', body: 'x' } } }, 'settings.0.wording.es.subject'],
    [{ wording: { es: { subject: 'a\nBcc: b@example.com', body: 'x' } } }, 'settings.0.wording.es.subject'],
    [{ wording: { en: { body: '' } } }, 'settings.0.wording.en.body'],
    [{ wording: { en: { body: 'x'.repeat(1001) } } }, 'settings.0.wording.en.body'],
    [{ wording: { fr: { body: 'x' } } }, 'settings.0.wording.fr'],
    [{ event: 'manager.late' }, 'settings.0.channel'],
    [{ event: 'manager.password_reset', channel: 'email' }, 'settings.0.event'],
    [{ channel: 'fax' }, 'settings.0.channel'],
    [{ enabled: 'no' }, 'settings.0.enabled'],
  ])('refuse %j at its path, and change nothing', async (change, path) => {
    const merchant = await app.addMerchant();
    const { status, body } = await edit(merchant, [
      { event: 'customer.confirmed', channel: 'sms', ...change },
      { event: 'customer.failed', channel: 'sms', enabled: false },
    ]);
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path });
    const [row] = await app.owner`select count(*)::int as count from notification_settings
      where merchant_id = ${merchant.id}`;
    expect(row).toEqual({ count: 0 });
  });

  test('are previewed with an order that is made up', async () => {
    const merchant = await app.addMerchant();
    const ask = (wording?: unknown) =>
      app.request<Problem & { subject: string; body: string }>('POST', '/v1/notifications/preview', {
        token: merchant.token,
        body: { event: 'customer.failed', channel: 'sms', language: 'es', wording },
      });
    expect((await ask()).body.body).toMatch(
      /^Tu pedido #1024 de Café Sur no pudo ser entregado\. No había nadie\. http/,
    );
    expect((await ask({ subject: 'Ay, {name}', body: '{driver} {reason}' })).body).toEqual({
      subject: 'Ay, Ana Pérez',
      body: 'Bruno No había nadie.',
    });
    expect((await ask({ body: '{pin}' })).body.errors?.[0]?.path).toBe('wording.body');
  });
});

describe('a test message', () => {
  const send = (token: string, body: unknown) =>
    app.request<{ data: Notification[] } & Problem>('POST', '/v1/notifications/test', { token, body });

  test('goes where it is told, and shows up in the log', async () => {
    const merchant = await app.addMerchant();
    await app.owner`update merchants set country = 'UY' where id = ${merchant.id}`;
    const email = await send(merchant.token, { channel: 'email', to: 'me@example.com' });
    const sms = await send(merchant.token, { channel: 'sms', to: '099 123 456' });
    expect(email).toMatchObject({
      status: 202,
      body: { data: [{ event: 'manager.test', status: 'queued', recipient: 'm•••@example.com' }] },
    });
    expect(await rowOf(sms.body.data[0]?.id ?? '')).toMatchObject({ recipient: '+59899123456', step: 0 });
    expect([...(await outboxOf(email.body.data[0]?.id ?? ''))]).toEqual([
      { topic: 'notification', version: 0 },
    ]);
  });

  test('goes to one’s own email and browsers when nobody is named', async () => {
    const merchant = await app.addMerchant();
    expect((await send(merchant.token, { channel: 'email' })).status).toBe(422);
    expect((await send(merchant.token, { channel: 'push' })).status).toBe(422);
    await app.owner`update users set email = ${`${merchant.userId}@x.example`} where id = ${merchant.userId}`;
    await app.request('POST', '/v1/push/subscriptions', { token: merchant.token, body: aSubscription() });
    expect((await send(merchant.token, { channel: 'email' })).status).toBe(202);
    expect((await send(merchant.token, { channel: 'push' })).body.data).toHaveLength(1);
  });

  test.each([
    [{ channel: 'sms' }, 'to'],
    [{ channel: 'sms', to: '099' }, 'to'],
    [{ channel: 'email', to: 'a@b.c, d@e.f' }, 'to'],
    [{ channel: 'push', to: 'x' }, 'to'],
    [{ channel: 'fax' }, 'channel'],
  ])('is refused at the path of what is wrong with %j', async (body, path) => {
    const { token } = await app.addMerchant();
    const refused = await send(token, body);
    expect({ status: refused.status, path: refused.body.errors?.[0]?.path }).toEqual({ status: 400, path });
  });

  test('is no way to write to strangers: 20 an hour', async () => {
    const merchant = await app.addMerchant();
    const sent = await Promise.all(
      Array.from({ length: 25 }, () => send(merchant.token, { channel: 'email', to: 'me@example.com' })),
    );
    const count = (status: number) => sent.filter((answer) => answer.status === status).length;
    expect([count(202), count(429)]).toEqual([20, 5]);
  });
});

describe('a browser', () => {
  const subscriptionsOf = async (userId: string) => [
    ...(await app.owner`select endpoint, language from push_subscriptions where user_id = ${userId} order by created_at, id`),
  ];
  const subscribe = (token: string, body: unknown) =>
    app.request<Problem & { id: string }>('POST', '/v1/push/subscriptions', { token, body });

  test('subscribes for its user, once, and ends it', async () => {
    const merchant = await app.addMerchant();
    const driver = await app.addDriver(merchant.id);
    expect((await app.request('GET', '/v1/push/key', driver)).body).toEqual({ key: 'the public key' });
    const subscription = aSubscription();
    const first = await subscribe(driver.token, { ...subscription, language: 'es', expirationTime: null });
    const again = await subscribe(driver.token, { ...subscription, language: 'en' });
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    expect(await subscriptionsOf(driver.userId)).toEqual([
      { endpoint: subscription.endpoint, language: 'en' },
    ]);
    const { endpoint } = subscription;
    const end = (token: string) =>
      app.request('DELETE', '/v1/push/subscriptions', { token, body: { endpoint } });
    expect((await end(merchant.token)).status).toBe(204);
    expect(await subscriptionsOf(driver.userId)).toHaveLength(1);
    expect((await end(driver.token)).status).toBe(204);
    expect(await subscriptionsOf(driver.userId)).toEqual([]);
  });

  test('that another signs in with is theirs', async () => {
    const merchant = await app.addMerchant();
    const [ana, ben] = [await app.addDriver(merchant.id), await app.addDriver(merchant.id, 'Ben')];
    const subscription = aSubscription();
    await subscribe(ana.token, subscription);
    await subscribe(ben.token, subscription);
    expect(await subscriptionsOf(ana.userId)).toEqual([]);
    expect(await subscriptionsOf(ben.userId)).toHaveLength(1);
  });

  test('is one of ten at most', async () => {
    const { token, userId } = await app.addMerchant();
    const endpoints: string[] = [];
    for (let i = 0; i < 12; i++) {
      const subscription = aSubscription();
      endpoints.push(subscription.endpoint);
      await subscribe(token, subscription);
    }
    expect((await subscriptionsOf(userId)).map(({ endpoint }) => endpoint)).toEqual(endpoints.slice(2));
  });

  test.each([
    ['http://push.example/x', 422, 'endpoint'],
    ['https://127.0.0.1/x', 422, 'endpoint'],
    ['https://[::ffff:10.0.0.1]/x', 422, 'endpoint'],
    ['https://169.254.169.254/latest', 422, 'endpoint'],
    ['https://user:password@push.example/', 422, 'endpoint'],
    ['file:///etc/passwd', 400, 'endpoint'],
    ['nothing', 400, 'endpoint'],
  ])('cannot lead to %s', async (endpoint, status, path) => {
    const { token } = await app.addMerchant();
    const refused = await subscribe(token, aSubscription(endpoint));
    expect({ status: refused.status, path: refused.body.errors?.[0]?.path }).toEqual({ status, path });
  });

  test.each([
    [{ p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) }, 'keys.p256dh'],
    [{ ...aSubscription().keys, auth: 'AAAA' }, 'keys.auth'],
    [{ ...aSubscription().keys, more: 1 }, 'keys.more'],
    [{}, 'keys.p256dh'],
  ])('must have real keys, not %j', async (keys, path) => {
    const { token } = await app.addMerchant();
    const { status, body } = await subscribe(token, { endpoint: 'https://push.example/x', keys });
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path });
  });
});

describe('a customer with the link', () => {
  const tokenOf = ({ trackingUrl }: { trackingUrl: string | null }) => trackingUrl?.split('/t/')[1] ?? '';

  test('lets messages come to their browser, for that order', async () => {
    const merchant = await app.addMerchant();
    const order = await addOrder(app, merchant);
    const path = `/v1/tracking/${tokenOf(order)}/push`;
    const subscription = aSubscription();
    expect((await app.request('POST', path, { body: { ...subscription, language: 'es' } })).status).toBe(201);
    const stored = () =>
      app.owner`select user_id, language from push_subscriptions where order_id = ${order.id}`;
    expect([...(await stored())]).toEqual([{ user_id: null, language: 'es' }]);
    const { endpoint } = subscription;
    expect((await app.request('DELETE', path, { body: { endpoint } })).status).toBe(204);
    expect([...(await stored())]).toEqual([]);
    expect((await app.request('POST', '/v1/tracking/nothing/push', { body: subscription })).status).toBe(404);
  });

  test('says by which channels to hear nothing, of all orders with that business', async () => {
    const merchant = await app.addMerchant();
    const [first, second] = [await addOrder(app, merchant), await addOrder(app, merchant)];
    const at = (order: typeof first) => `/v1/tracking/${tokenOf(order)}/notifications`;
    const said = await app.request('POST', at(first), { body: { optOut: ['sms', 'email', 'sms'] } });
    expect(said).toMatchObject({ status: 200, body: { optOut: ['email', 'sms'] } });
    expect((await app.request('GET', at(second))).body).toEqual({
      optOut: ['email', 'sms'],
      pushKey: 'the public key',
    });
    await app.request('POST', at(second), { body: { optOut: [] } });
    expect((await app.request('GET', at(first))).body).toMatchObject({ optOut: [] });
    const wrong = await app.request<Problem>('POST', at(first), { body: { optOut: ['fax'] } });
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([400, 'optOut.0']);
  });

  test('gets no more emails by one click in the mail program, or two in the email', async () => {
    const merchant = await app.addMerchant();
    const order = await addOrder(app, merchant);
    const customerId = order.customerId ?? '';
    const token = unsubscribeToken(app.deps.links.trackingKey, { merchantId: merchant.id, customerId });
    const path = `/v1/notifications/unsubscribe/${token}`;
    const optedOut = async () =>
      (await app.owner`select opted_out from customers where id = ${customerId}`)[0]?.opted_out;
    const asked = await app.request<string>('GET', path);
    expect(asked.status).toBe(200);
    expect(asked.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(asked.body).toContain('<form method="post">');
    // A scanner that opens links has changed nothing.
    expect(await optedOut()).toEqual([]);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    for (let i = 0; i < 2; i++) {
      const done = await app.request('POST', path, { body: 'List-Unsubscribe=One-Click', headers: form });
      expect(done.status).toBe(200);
    }
    expect(await optedOut()).toEqual(['email']);
    expect((await app.request('POST', `${path}A`)).status).toBe(404);
  });
});

test('an erased customer is in no message any more, and one that is on its way is not sent', async () => {
  const merchant = await app.addMerchant();
  const driver = await app.addDriver(merchant.id);
  const order = await addOrderIn(app, merchant, driver, 'assigned');
  await act(app, merchant, order.id, 'cancel', { reason: 'Sold out' });
  const orderId = { order_id: order.id };
  const sent = await addMessage(merchant.id, { ...orderId, subject: 'Ana' });
  const queued = await addMessage(merchant.id, { ...orderId, status: 'queued' });
  const others = await addMessage(merchant.id);
  await app.request('POST', `/v1/tracking/${order.trackingUrl?.split('/t/')[1]}/push`, {
    body: aSubscription(),
  });
  const erased = await app.request('DELETE', `/v1/customers/${order.customerId}`, merchant);
  expect(erased.status).toBe(204);
  expect(await rowOf(sent)).toMatchObject({ recipient: null, subject: null, body: '', status: 'sent' });
  expect(await rowOf(queued)).toMatchObject({
    ...{ recipient: null, body: '', status: 'skipped', detail: 'the customer was erased' },
  });
  expect(await rowOf(others)).toMatchObject({ recipient: '+59899123456', body: 'To Ana: {link}' });
  expect([...(await app.owner`select from push_subscriptions where order_id = ${order.id}`)]).toEqual([]);
});

test('messages are kept for 90 days, and one that was lost is seen', async () => {
  const merchant = await app.addMerchant();
  const days = (count: number) => new Date(Date.now() - count * 86_400_000);
  const old = await addMessage(merchant.id, { created_at: days(91) });
  const young = await addMessage(merchant.id, { created_at: days(89) });
  const lost = await addMessage(merchant.id, { status: 'queued', queued_at: days(3) });
  const waiting = await addMessage(merchant.id, { status: 'queued', queued_at: days(1) });
  await app.owner`select remove_expired('{"notifications": 90}')`;
  expect([await rowOf(old), (await rowOf(young))?.id]).toEqual([undefined, young]);
  expect(await rowOf(lost)).toMatchObject({ status: 'failed', detail: 'its sending was lost' });
  expect(await rowOf(waiting)).toMatchObject({ status: 'queued' });
});

test('an edit notes what of the order it changed, and only that', async () => {
  const merchant = await app.addMerchant();
  const order = await addOrder(app, merchant, { notes: 'Ring' });
  const edit = (body: unknown) =>
    app.request('PATCH', `/v1/orders/${order.id}`, { token: merchant.token, body });
  await edit({ notes: 'Ring', externalId: 'WEB-1' });
  await edit({ notes: 'Knock' });
  await edit({ notes: 'Knock' });
  const lines =
    await app.owner`select details from delivery_updates where order_id = ${order.id} order by version`;
  expect(lines.map(({ details }) => details)).toEqual([
    null,
    { changed: ['externalId'] },
    { changed: ['notes'] },
    null,
  ]);
});

/** How many wait for what this connection holds. Within a transaction the list of others is kept, unless it is cleared. */
const waiting = async (): Promise<number> => {
  await app.owner`select pg_stat_clear_snapshot()`;
  const rows =
    await app.owner`select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))`;
  return rows.length;
};

test('orders are created while settings are being changed', async () => {
  const merchant = await app.addMerchant();
  const { token } = merchant;
  const body = { settings: [{ event: 'customer.delivered', channel: 'push', enabled: false }] };
  const change = () => app.request('PATCH', '/v1/notifications/settings', { token, body });
  expect((await change()).status).toBe(200);
  await app.owner`begin`;
  await app.owner`select from notification_settings where merchant_id = ${merchant.id} for update`;
  const changing = change();
  try {
    // It holds what it holds, and waits for the setting.
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    await app.deps.db.withMerchant(merchant.id, async (tx) => {
      await tx.execute("set local lock_timeout = '2s'");
      await tx.execute(`select from merchants where id = '${merchant.id}' for key share`);
    });
  } finally {
    await app.owner`rollback`;
  }
  expect((await changing).status).toBe(200);
});
