import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_PROOF_BYTES, MAX_PROOFS, PROOF_TYPES } from '../../domain/proof.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, type Problem } from '../../tests/support/orders.ts';
import { createApp } from '../app.ts';
import { PICTURES, picture } from './pictures.fixture.ts';
import type { Proof } from './proof.ts';

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

type Who = { token: string };
const upload = <T = Proof>(orderId: string, body: unknown, who: Who = driver, query = '', headers = {}) =>
  app.request<T>('POST', `/v1/orders/${orderId}/proofs${query}`, { token: who.token, body, headers });
const list = (orderId: string, who: Who = driver) =>
  app.request<{ data: Proof[] }>('GET', `/v1/orders/${orderId}/proofs`, { token: who.token });
const open = (url: string) => app.app.request(url.replace('http://dropmate.test', ''));
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const anOrder = () => addOrderIn(app, merchant, driver, 'picked_up');
const rowsOf = async (orderId: string) =>
  (
    await app.owner`select count(*)::int as n from proofs p join proof_files f on f.proof_id = p.id where order_id = ${orderId}`
  )[0]?.n;

describe('an upload', () => {
  test.each([...PROOF_TYPES])('of %s comes back byte by byte, by its link alone', async (type) => {
    const { id } = await anOrder();
    const { status, body } = await upload(id, picture(type));
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { orderId: id, kind: 'photo', contentType: type, actor: { type: 'driver', id: driver.userId } },
    });
    const response = await open(body.url);
    expect(response.status).toBe(200);
    expect(await bytesOf(response)).toEqual(PICTURES[type](8, 8));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'content-disposition': `inline; filename="proof-${body.id}.${type.slice(6)}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': expect.stringMatching(/^private, max-age=(300|29\d)$/),
      'referrer-policy': 'no-referrer',
    });
  });

  test('is what its content is, whatever was said of it', async () => {
    const { id } = await anOrder();
    const { body } = await upload(id, new Blob([PICTURES['image/webp'](8, 8)], { type: 'image/jpeg; x=y' }));
    expect(body.contentType).toBe('image/webp');
  });

  test('may be a file in a form', async () => {
    const { id } = await anOrder();
    const form = new FormData();
    form.set('note', 'x');
    form.set('file', new File([PICTURES['image/png'](8, 8)], 'door.png', { type: 'image/png' }));
    const encoded = new Response(form);
    const body = new Blob([await encoded.arrayBuffer()], { type: encoded.headers.get('Content-Type') ?? '' });
    // A Blob writes its type in small letters, the boundary's too.
    const headers = { 'Content-Type': encoded.headers.get('Content-Type') ?? '' };
    const answer = await upload(id, body, driver, '?kind=signature', headers);
    expect(answer).toMatchObject({ status: 201, body: { kind: 'signature', contentType: 'image/png' } });
  });

  test('with the same id twice is one file', async () => {
    const { id } = await anOrder();
    const query = `?kind=photo&id=${uuidv7()}`;
    const first = await upload(id, picture(), driver, query);
    const again = await upload(id, picture(), driver, query);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toMatchObject({
      id: first.body.id,
      sha256: first.body.sha256,
      createdAt: first.body.createdAt,
    });
    const other = await upload<Problem>(id, picture('image/png', 1), driver, query);
    expect(other).toMatchObject({ status: 409, body: { errors: [{ path: 'id' }] } });
    const signature = await upload<Problem>(id, picture(), driver, query.replace('photo', 'signature'));
    expect(signature.status).toBe(409);
    const elsewhere = await upload<Problem>((await anOrder()).id, picture(), driver, query);
    expect(elsewhere.status).toBe(409);
    expect(await rowsOf(id)).toBe(1);
  });

  test('of one id by two phones at once is one file, and both are told so', async () => {
    for (let round = 0; round < 15; round++) {
      const { id } = await anOrder();
      const query = `?id=${uuidv7()}`;
      const answers = await Promise.all(
        [0, 0].map(() => upload(id, picture('image/png', round), driver, query)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect(await rowsOf(id)).toBe(1);
      const different = `?id=${uuidv7()}`;
      const race = await Promise.all(
        [1, 2].map((seed) => upload(id, picture('image/png', seed), driver, different)),
      );
      expect(race.map(({ status }) => status).sort()).toEqual([201, 409]);
    }
  });

  test('is taken from managers, API keys, the driver and who was it before, and from nobody else', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    const ben = await app.addDriver(merchant.id, 'Ben');
    expect((await upload(id, picture(), ben)).status).toBe(404);
    await act(app, merchant, id, 'assign', { driverId: ben.id, replaces: driver.id });
    const key = await app.addApiKey(merchant.id, ['orders:write']);
    for (const who of [merchant, key, ben, driver])
      expect((await upload(id, picture(), who)).status).toBe(201);
    const reader = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await upload(id, picture(), reader)).status).toBe(403);
    const other = await app.addMerchant();
    for (const who of [other, await app.addDriver(other.id)]) {
      expect((await upload(id, picture(), who)).status).toBe(404);
    }
    expect((await upload(uuidv7(), picture(), merchant)).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/proofs`, { body: picture() })).status).toBe(401);
    // Who has no business with it any more sees nothing of it.
    expect((await list(id, driver)).status).toBe(404);
    expect((await list(id, ben)).body.data).toHaveLength(4);
  });

  test.each([
    ['of no picture', () => new Blob(['<script>'], { type: 'image/png' }), 400, 'file'],
    ['of nothing', () => new Blob([], { type: 'image/png' }), 400, 'file'],
    [
      'of a bomb',
      () => new Blob([PICTURES['image/png'](16_000, 16_000)], { type: 'image/png' }),
      400,
      'file',
    ],
    [
      'of a form that is none',
      () => new Blob(['x'], { type: 'multipart/form-data; boundary=y' }),
      400,
      'file',
    ],
    ['of JSON', () => ({ file: 'x' }), 415, undefined],
    [
      'of too much',
      () => new Blob([new Uint8Array(MAX_PROOF_BYTES + 1)], { type: 'image/png' }),
      413,
      undefined,
    ],
    [
      'of far too much',
      () => new Blob([new Uint8Array(2 * MAX_PROOF_BYTES)], { type: 'image/png' }),
      413,
      undefined,
    ],
  ])('%s is refused, and nothing is stored', async (_, body, status, path) => {
    const { id } = await anOrder();
    const answer = await upload<Problem>(id, body());
    expect({ status: answer.status, path: answer.body.errors?.[0]?.path }).toEqual({ status, path });
    expect(await rowsOf(id)).toBe(0);
  });

  test.each([
    ['kind', '?kind=film'],
    ['id', '?id=1'],
  ])('names the path of what is wrong: %s', async (path, query) => {
    const { id } = await anOrder();
    const { status, body } = await upload<Problem>(id, picture(), driver, query);
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path });
  });

  test('may be as large as is said', async () => {
    const { id } = await anOrder();
    const bytes = new Uint8Array(MAX_PROOF_BYTES);
    bytes.set(PICTURES['image/jpeg'](4000, 3000));
    const { status, body } = await upload(id, new Blob([bytes], { type: 'image/jpeg' }));
    expect({ status, size: body.size }).toEqual({ status: 201, size: MAX_PROOF_BYTES });
    expect(Buffer.compare(await bytesOf(await open(body.url)), bytes)).toBe(0);
  });

  test('that comes slowly is the network’s fault, not the database’s, and how long it is shows on the way', async () => {
    let renewed = 0;
    const db = {
      ...app.deps.db,
      hot: app.deps.db.hot,
      system: app.deps.db.system,
      renew: () => void renewed++,
    };
    const own = createApp([], { ...app.deps, db, deadlineMs: 40 });
    const { id } = await anOrder();
    const slowly = (parts: Uint8Array[]) =>
      own.request(`/v1/orders/${id}/proofs`, {
        method: 'POST',
        headers: { 'Content-Type': 'image/png', Authorization: `Bearer ${driver.token}` },
        duplex: 'half',
        body: new ReadableStream({
          async pull(controller) {
            await delay(30);
            const part = parts.shift();
            if (part === undefined) controller.close();
            else controller.enqueue(part);
          },
        }),
      } as RequestInit);
    const bytes = PICTURES['image/png'](8, 8);
    const parts = [bytes.slice(0, 10), bytes.slice(10, 20), bytes.slice(20, 30), bytes.slice(30)];
    expect((await slowly(parts)).status).toBe(201);
    const tooMuch = Array.from({ length: 7 }, () => new Uint8Array(1024 * 1024));
    expect((await slowly(tooMuch)).status).toBe(413);
    expect([renewed, await rowsOf(id)]).toEqual([0, 1]);
  });

  test('beyond what one order needs is refused', async () => {
    const { id } = await anOrder();
    for (let i = 0; i < MAX_PROOFS; i++) expect((await upload(id, picture('image/png', i))).status).toBe(201);
    expect((await upload(id, picture('image/png', 99))).status).toBe(409);
    // Nobody keeps another from showing theirs.
    expect((await upload(id, picture(), merchant)).status).toBe(201);
    expect((await list(id)).body.data).toHaveLength(MAX_PROOFS + 1);
  });
});

describe('a link to a file', () => {
  test('opens that file only, for five minutes, and nothing else opens it', async () => {
    const { id } = await anOrder();
    const { body: one } = await upload(id, picture('image/png', 1));
    const { body: two } = await upload(id, picture('image/png', 2));
    const token = new URL(one.url).searchParams.get('token') ?? '';
    expect(Date.parse(one.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    for (const path of [
      `/v1/proofs/${two.id}/file?token=${token}`,
      `/v1/proofs/${one.id}/file`,
      `/v1/proofs/${one.id}/file?token=${token.slice(0, -3)}abc`,
      `/v1/proofs/${one.id}/file?token=${merchant.token}`,
    ]) {
      expect((await app.app.request(path)).status, path).toBe(404);
    }
    const signedIn = { headers: { Authorization: `Bearer ${merchant.token}` } };
    expect((await app.app.request(`/v1/proofs/${one.id}/file`, signedIn)).status).toBe(404);
    expect(
      (await app.app.request(`/v1/orders`, { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(401);
    // An old session's header says nothing here.
    const stale = { headers: { Authorization: 'Bearer x' } };
    expect((await app.app.request(`/v1/proofs/${one.id}/file?token=${token}`, stale)).status).toBe(200);
  });

  test('is made by the list, for who may read the order', async () => {
    const { id } = await anOrder();
    await upload(id, picture('image/png', 1));
    await upload(id, picture('image/png', 2), driver, '?kind=signature');
    for (const who of [driver, merchant, await app.addApiKey(merchant.id, ['orders:read'])]) {
      const { status, body } = await list(id, who);
      expect({ status, kinds: body.data.map(({ kind }) => kind) }).toEqual({
        status: 200,
        kinds: ['photo', 'signature'],
      });
      for (const { url } of body.data) expect((await open(url)).status).toBe(200);
    }
    expect((await list(id, await app.addDriver(merchant.id))).status).toBe(404);
    expect((await list(id, await app.addMerchant())).status).toBe(404);
  });

  test('shows the customer the photo of their delivery, and nothing before it', async () => {
    const order = await anOrder();
    const token = order.trackingUrl?.split('/t/')[1];
    const follow = () =>
      app
        .request<{ photos: { url: string }[] }>('GET', `/v1/tracking/${token}`)
        .then(({ body }) => body.photos);
    const { body: first } = await upload(order.id, picture('image/png', 1));
    await upload(order.id, picture('image/png', 2), driver, '?kind=signature');
    expect(await follow()).toEqual([]);
    const { body: second } = await upload(order.id, picture('image/png', 3));
    await act(app, driver, order.id, 'status', { status: 'delivered', proof: { photoIds: [first.id] } });
    const photos = await follow();
    expect(photos.map(({ url }) => url.includes(first.id))).toEqual([true]);
    expect(photos.some(({ url }) => url.includes(second.id))).toBe(false);
    expect((await open(photos[0]?.url ?? '')).status).toBe(200);
    await act(app, driver, order.id, 'status', { status: 'arrived_at_dropoff' });
    expect(await follow()).toEqual([]);
    // Named none: those of the delivery.
    await act(app, driver, order.id, 'status', { status: 'delivered' });
    expect(await follow()).toHaveLength(2);
  });

  test('shows the customer no photo of a driver who has the order no more', async () => {
    const order = await anOrder();
    const ben = await app.addDriver(merchant.id, 'Ben');
    await act(app, merchant, order.id, 'assign', { driverId: ben.id, replaces: driver.id });
    const { body: own } = await upload(order.id, picture('image/png', 1), ben);
    await act(app, ben, order.id, 'status', { status: 'delivered' });
    await upload(order.id, picture('image/png', 2), driver);
    const { body: ofShop } = await upload(order.id, picture('image/png', 3), merchant);
    const { body } = await app.request<{ photos: { url: string }[] }>(
      'GET',
      `/v1/tracking/${order.trackingUrl?.split('/t/')[1]}`,
    );
    const shown = body.photos.map(({ url }) => /proofs\/([^/]+)/.exec(url)?.[1]);
    expect(shown).toEqual([ofShop.id, own.id]);
  });
});

test('an order that nobody uploaded for has no files', async () => {
  const { id } = await addOrder(app, merchant);
  expect((await list(id, merchant)).body).toEqual({ data: [], nextCursor: null });
});
