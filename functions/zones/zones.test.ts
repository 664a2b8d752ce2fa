import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import type { Problem } from '../../tests/support/orders.ts';
import { MOST_ZONES } from './create.ts';
import type { Zone } from './zone.ts';

let app: TestApp;
let merchant: TestMerchant;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const SQUARE = [
  [-56.3, -35],
  [-56, -35],
  [-56, -34.8],
  [-56.3, -34.8],
  [-56.3, -35],
];
const CENTRE = {
  name: ' Centro',
  area: { type: 'Polygon', coordinates: [SQUARE] },
  fee: { base: 5000, perKm: 800, minimum: 6000 },
  hours: [{ day: 1, from: '09:00', to: '24:00' }],
};
type Token = { token: string };
const add = <T = Zone>({ token }: Token, change: object = {}, headers = {}) =>
  app.request<T>('POST', '/v1/zones', { token, body: { ...CENTRE, ...change }, headers });
const edit = <T = Zone>({ token }: Token, id: string, body: object) =>
  app.request<T>('PATCH', `/v1/zones/${id}`, { token, body });
const get = <T = Zone>({ token }: Token, path: string) =>
  app.request<T>('GET', `/v1/zones${path}`, { token });
const remove = ({ token }: Token, id: string) => app.request('DELETE', `/v1/zones/${id}`, { token });

describe('a zone', () => {
  test('is answered as it was added, and can be read again', async () => {
    const { status, headers, body } = await add(merchant);
    expect(status).toBe(201);
    expect(body).toEqual({
      ...CENTRE,
      id: expect.any(String),
      name: 'Centro',
      active: true,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(headers.get('Location')).toBe(`/v1/zones/${body.id}`);
    expect(await get(merchant, `/${body.id}`)).toMatchObject({ status: 200, body });
  });

  test('needs no hours, and costs its base alone', async () => {
    const { hours: _, ...bare } = CENTRE;
    const { token } = merchant;
    const { body } = await app.request<Zone>('POST', '/v1/zones', {
      token,
      body: { ...bare, fee: { base: 1 } },
    });
    expect(body).toMatchObject({ hours: null, fee: { base: 1, perKm: 0, minimum: 0 } });
  });

  test.each([
    ['name', { name: ' ' }],
    ['area', { area: null }],
    ['area.type', { area: { type: 'Circle' } }],
    ['area.coordinates.0', { area: { type: 'Polygon', coordinates: [SQUARE.slice(1)] } }],
    [
      'area.coordinates.0.1',
      { area: { type: 'Polygon', coordinates: [SQUARE.toSpliced(2, 2, [-56.3, -34.8], [-56, -34.8])] } },
    ],
    ['area.coordinates.0.2.1', { area: { type: 'Polygon', coordinates: [SQUARE.with(2, [-56, 91])] } }],
    ['fee.perKm', { fee: { base: 1, perKm: 0.5 } }],
    ['hours.0.to', { hours: [{ day: 1, from: '18:00', to: '02:00' }] }],
    ['timezone', { timezone: 'UTC' }],
  ])('tells the path of what is wrong, when added and when changed: %s', async (path, change) => {
    const own = await app.addMerchant();
    const { body: zone } = await add(own);
    for (const { status, body } of [
      await add<Problem>(own, change),
      await edit<Problem>(own, zone.id, change),
    ]) {
      expect({ status, paths: body.errors?.map((error) => error.path) }).toEqual({
        status: 400,
        paths: [path],
      });
    }
    expect((await get<{ data: Zone[] }>(own, '')).body.data).toEqual([zone]);
  });

  test('is changed in what is named, and only that', async () => {
    const { body: zone } = await add(merchant);
    const changed = await edit(merchant, zone.id, { name: 'Cordón', active: false, hours: null });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      ...zone,
      ...{ name: 'Cordón', active: false, hours: null, updatedAt: expect.any(String) },
    });
    expect((await edit(merchant, zone.id, {})).body).toEqual(changed.body);
    const fee = { base: 9 };
    expect((await edit(merchant, zone.id, { fee })).body.fee).toEqual({ base: 9, perKm: 0, minimum: 0 });
  });

  test('is gone when it is removed', async () => {
    const { body: zone } = await add(merchant);
    expect((await remove(merchant, zone.id)).status).toBe(204);
    expect((await get(merchant, `/${zone.id}`)).status).toBe(404);
    expect((await remove(merchant, zone.id)).status).toBe(404);
    expect((await edit(merchant, zone.id, { name: 'x' })).status).toBe(404);
    expect((await edit(merchant, uuidv7(), {})).status).toBe(404);
  });

  test('leaves in the audit log who changed what', async () => {
    const { body: zone } = await add(merchant);
    await edit(merchant, zone.id, { fee: { base: 1 } });
    await remove(merchant, zone.id);
    const lines = await app.owner`select action, actor_id, details from audit_log
      where entity_id = ${zone.id} order by id`;
    expect([...lines]).toEqual([
      { action: 'zone.created', actor_id: merchant.userId, details: null },
      { action: 'zone.changed', actor_id: merchant.userId, details: { changed: ['fee'] } },
      { action: 'zone.removed', actor_id: merchant.userId, details: { name: 'Centro' } },
    ]);
  });

  test('is one, though the request is repeated with its key', async () => {
    const own = await app.addMerchant();
    const [first, second] = [
      await add(own, {}, { 'Idempotency-Key': 'z1' }),
      await add(own, {}, { 'Idempotency-Key': 'z1' }),
    ];
    expect([second.status, second.headers.get('Idempotency-Replayed')]).toEqual([201, 'true']);
    expect(second.body).toEqual(first.body);
    expect((await get<{ data: Zone[] }>(own, '')).body.data).toHaveLength(1);
  });
});

describe('zones', () => {
  test('are listed page by page, the oldest first', async () => {
    const own = await app.addMerchant();
    const ids: string[] = [];
    for (const name of ['A', 'B', 'C']) ids.push((await add(own, { name })).body.id);
    type Page = { data: Zone[]; nextCursor: string | null };
    const first = await get<Page>(own, '?limit=2');
    const rest = await get<Page>(own, `?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.data, ...rest.body.data].map(({ id }) => id)).toEqual(ids);
    expect(rest.body.nextCursor).toBeNull();
    expect((await get(own, '?limit=101')).status).toBe(400);
  });

  test('are at most a hundred, though several come at once', async () => {
    const own = await app.addMerchant();
    await app.owner`insert into zones (merchant_id, id, name, area, fee)
      select ${own.id}, gen_random_uuid(), 'x', ${app.owner.json(CENTRE.area)}, ${app.owner.json(CENTRE.fee)}
      from generate_series(1, ${MOST_ZONES - 2})`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => add(own)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
    expect((await add<Problem>(own)).body.code).toBe('conflict');
  });

  test('are read by everybody of the merchant, and changed by managers and keys with the scope', async () => {
    const { body: zone } = await add(merchant);
    const driver = await app.addDriver(merchant.id);
    const reads = await app.addApiKey(merchant.id, ['zones:read']);
    const writes = await app.addApiKey(merchant.id, ['zones:write']);
    const statuses = async (who: Token) => [
      (await get(who, `/${zone.id}`)).status,
      (await get(who, '')).status,
      (await edit(who, zone.id, { active: true })).status,
      (await add(who)).status,
    ];
    expect(await statuses(driver)).toEqual([200, 200, 403, 403]);
    expect(await statuses(reads)).toEqual([200, 200, 403, 403]);
    expect(await statuses(writes)).toEqual([403, 403, 200, 201]);
    expect((await remove(driver, zone.id)).status).toBe(403);
    expect((await app.request('GET', '/v1/zones')).status).toBe(401);
    const stranger = await app.addMerchant();
    expect((await get(stranger, `/${zone.id}`)).status).toBe(404);
    expect((await edit(stranger, zone.id, { name: 'x' })).status).toBe(404);
    expect((await remove(stranger, zone.id)).status).toBe(404);
  });
});
