import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import type { LateReport } from '../functions/late-reports/late-report.ts';
import { picture } from '../functions/proofs/pictures.fixture.ts';
import type { Proof } from '../functions/proofs/proof.ts';
import { startFakeS3 } from '../functions/storage/fake-s3.fixture.ts';
import { createClient } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { changeStatus, DROPOFF, follow, hireDriver, openShop, trackingPath } from './support/shop.ts';
import { createSystem } from './support/system.ts';

// The whole of it over the network: the real processes, with the files in an object store.

test('a PIN, a photo and cash go from the order to the end of the shift, and a late report to the manager', async () => {
  const s3 = await startFakeS3();
  onTestFinished(() => s3.stop());
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3.options;
  const system = await createSystem({
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  });
  await system.start();
  const api = createClient(system.url);
  const { manager, apiKey } = await openShop(api);
  const [ana, ben] = [await hireDriver(api, manager), await hireDriver(api, manager)];

  const create = (more: object) =>
    api.call<OrderForManager>('POST', '/v1/orders', { token: apiKey, body: { dropoff: DROPOFF, ...more } });
  const assign = (id: string, driverId: string, replaces?: string) =>
    api.call('POST', `/v1/orders/${id}/assign`, { token: manager, body: { driverId, replaces } });
  const deliver = <T>(id: string, change: object, status: number) =>
    api.call<T>('POST', `/v1/orders/${id}/status`, {
      token: ana.token,
      status,
      body: { status: 'delivered', updateId: uuidv7(), occurredAt: new Date().toISOString(), ...change },
    });

  const order = await create({ cashOnDelivery: 45_000, proof: { pin: true, photo: true } });
  await assign(order.id, ana.id);
  const phone = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: ana.token }));
  const customer = await follow(api, order);
  await changeStatus(api, ana.token, order.id, 'picked_up');
  const { pin } = await api.call<{ pin: string }>('GET', trackingPath(order));
  const page = await (await fetch(order.trackingUrl ?? '')).text();
  expect(page).toContain(`>${pin}<`);

  const form = new FormData();
  form.set('file', new File([await picture('image/jpeg').arrayBuffer()], 'door.jpg', { type: 'image/jpeg' }));
  const uploaded = await fetch(`${system.url}/v1/orders/${order.id}/proofs?kind=photo&id=${uuidv7()}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ana.token}` },
    body: form,
  });
  expect(uploaded.status).toBe(201);
  const photo = (await uploaded.json()) as Proof;
  const file = await fetch(photo.url);
  expect([file.status, file.headers.get('Content-Type')]).toEqual([200, 'image/jpeg']);
  expect(s3.objects.size).toBe(1);

  const wrong = pin === '0000' ? '0001' : '0000';
  const proof = { photoIds: [photo.id], pin };
  expect(await deliver(order.id, { proof: { ...proof, pin: wrong } }, 422)).toMatchObject({ triesLeft: 4 });
  await deliver(order.id, { proof, cashCollected: 44_000 }, 200);
  for (const room of [customer, phone]) {
    await room.received((message) => JSON.stringify(message).includes('"delivered"'));
    expect(JSON.stringify(room.messages)).not.toMatch(/"pin":(?!true)/);
    room.socket.close();
  }

  const other = await create({});
  await assign(other.id, ana.id);
  await assign(other.id, ben.id, ana.id);
  const receipt = await deliver<{ lateReport: { id: string } }>(other.id, { cashCollected: 100 }, 202);
  const { data } = await api.call<{ data: LateReport[] }>('GET', '/v1/late-reports?settled=false', {
    token: manager,
  });
  expect(data.map(({ id, cashCollected }) => [id, cashCollected])).toEqual([[receipt.lateReport.id, 100]]);
  await api.call('POST', `/v1/late-reports/${receipt.lateReport.id}/settle`, {
    token: manager,
    body: {},
    status: 200,
  });

  const home = await api.call<{ shift: object }>('PUT', '/v1/drivers/me/shift', {
    token: ana.token,
    body: { status: 'offline', cashCounted: 44_000 },
  });
  expect(home.shift).toMatchObject({ cashExpected: 44_000, cashDifference: 0 });
}, 120_000);
