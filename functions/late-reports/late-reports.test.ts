import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import {
  act,
  addOrder,
  addOrderIn,
  expectLogToFold,
  type Order,
  type Problem,
} from '../../tests/support/orders.ts';
import { picture } from '../proofs/pictures.fixture.ts';
import type { LateReport, LateReportReceipt } from './late-report.ts';

let app: TestApp;
let merchant: TestMerchant;
let ana: TestDriver;
let ben: TestDriver;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  ana = await app.addDriver(merchant.id);
  ben = await app.addDriver(merchant.id, 'Ben');
});
afterAll(() => app.end());

type Who = { token: string };
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
/** What a phone sends when it is back. */
const offline = (status: string, change: object = {}) => ({
  status,
  updateId: uuidv7(),
  occurredAt: ago(60),
  ...change,
});
const report = <T = LateReportReceipt>(id: string, change: object, who: Who = ana) =>
  act<T>(app, who, id, 'status', change);
const list = (query = '', who: Who = merchant) =>
  app.request<{ data: LateReport[]; nextCursor: string | null }>('GET', `/v1/late-reports${query}`, {
    token: who.token,
  });
const reportsOf = async (orderId: string) => (await list(`?orderId=${orderId}`)).body.data;
const settle = <T = LateReport>(id: string, body?: object, who: Who = merchant) =>
  app.request<T>('POST', `/v1/late-reports/${id}/settle`, {
    token: who.token,
    ...(body === undefined ? {} : { body }),
  });
const read = (id: string) =>
  app.request<Order>('GET', `/v1/orders/${id}`, { token: merchant.token }).then(({ body }) => body);
const handOver = (id: string, from: TestDriver, to: TestDriver) =>
  act(app, merchant, id, 'assign', { driverId: to.id, replaces: from.id });

describe('a report that comes too late', () => {
  test('because the order was cancelled is kept with all that came with it, and changes nothing', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'arrived_at_pickup', { proof: { pin: true } });
    await act(app, merchant, id, 'cancel', { reason: 'Sold out' });
    const path = `/v1/orders/${id}/proofs`;
    const photo = await app.request<{ id: string }>('POST', path, { token: ana.token, body: picture() });
    const location = { lat: -34.9, lng: -56.16 };
    const change = offline('delivered', {
      location,
      cashCollected: 500,
      proof: { photoIds: [photo.body.id], pin: '1234', signedBy: 'Clara' },
    });
    const before = await read(id);
    const { status, body } = await report(id, change);
    expect(status).toBe(202);
    expect(body).toEqual({
      lateReport: {
        id: expect.any(String),
        orderId: id,
        updateId: change.updateId,
        status: 'delivered',
        occurredAt: change.occurredAt,
        receivedAt: expect.any(String),
      },
    });
    expect(await read(id)).toEqual(before);
    expect(await reportsOf(id)).toEqual([
      {
        ...body.lateReport,
        driverId: ana.id,
        orderStatus: 'cancelled',
        reason: null,
        reasonCode: null,
        location,
        cashCollected: 500,
        photoIds: [photo.body.id],
        signatureId: null,
        signedBy: 'Clara',
        pinRight: expect.any(Boolean),
        applied: null,
        note: null,
        settledAt: null,
        settledBy: null,
      },
    ]);
    const outbox = await app.owner`select topic, version, payload->>'order_id' as order from outbox
      where entity_id = ${body.lateReport.id}`;
    expect([...outbox]).toEqual([{ topic: 'late_report', version: 1, order: id }]);
  });

  test('because someone else has the order is kept, whatever it says', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    await handOver(id, ana, ben);
    for (const status of ['arrived_at_dropoff', 'delivered']) {
      expect((await report(id, offline(status))).status).toBe(202);
    }
    const failed = offline('failed', { reasonCode: 'customer_absent' });
    expect((await report(id, failed)).status).toBe(202);
    const kept = await reportsOf(id);
    expect(kept.map(({ status, orderStatus }) => [status, orderStatus])).toEqual([
      ['failed', 'picked_up'],
      ['delivered', 'picked_up'],
      ['arrived_at_dropoff', 'picked_up'],
    ]);
    expect(kept[0]).toMatchObject({ reasonCode: 'customer_absent', driverId: ana.id });
    expect((await read(id)).driverId).toBe(ben.id);
  });

  test('because it was taken from the driver, or declined by them, is kept', async () => {
    for (const who of [merchant, ana]) {
      const { id } = await addOrderIn(app, merchant, ana, 'assigned');
      await act(app, who, id, 'status', { status: 'created', reason: 'r' });
      expect((await report(id, offline('picked_up'))).status).toBe(202);
    }
  });

  test('because a manager ended the order meanwhile is kept: there may be cash in it', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'arrived_at_dropoff');
    await act(app, merchant, id, 'status', { status: 'delivered' });
    expect((await report(id, offline('delivered', { cashCollected: 100 }))).status).toBe(202);
    // What happened after that can be no news of before.
    const after = offline('delivered', { occurredAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await report<Problem>(id, after)).body.code).toBe('illegal_transition');
  });

  test('twice is one report, and so is it after it was settled', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    await handOver(id, ana, ben);
    const change = offline('delivered');
    const answers = await Promise.all([0, 1, 2].map(() => report(id, change)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const ids = new Set(answers.map(({ body }) => body.lateReport.id));
    expect(ids.size).toBe(1);
    expect(await reportsOf(id)).toHaveLength(1);
    await settle([...ids][0] ?? '');
    const again = await report(id, change);
    expect([again.status, ids.has(again.body.lateReport.id)]).toEqual([202, true]);
    expect(await reportsOf(id)).toHaveLength(1);
  });

  test('by the phone’s own fault is refused as ever', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    expect((await report(id, offline('delivered'))).status).toBe(200);
    const twice = await report<Problem>(id, offline('failed', { reason: 'r' }));
    expect(twice).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
    expect(await reportsOf(id)).toEqual([]);
  });

  test('without an update id or a time is refused: nothing could tell it from the next', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    await act(app, merchant, id, 'cancel', { reason: 'r' });
    const { updateId, occurredAt } = offline('picked_up');
    for (const part of [{}, { updateId }, { occurredAt }]) {
      expect((await report(id, { status: 'picked_up', ...part })).status).toBe(409);
    }
    const { id: gone } = await addOrderIn(app, merchant, ana, 'assigned');
    await handOver(gone, ana, ben);
    expect((await report(gone, { status: 'picked_up', updateId })).status).toBe(404);
    expect(await reportsOf(id)).toEqual([]);
  });

  test('of a stranger is none: the order does not exist for them', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    await handOver(id, ana, ben);
    const other = await app.addMerchant();
    const change = offline('delivered');
    expect((await report(id, change)).status).toBe(202);
    for (const who of [await app.addDriver(merchant.id, 'Eva'), await app.addDriver(other.id), other]) {
      expect((await report(id, offline('delivered'), who)).status).toBe(404);
      expect((await report(id, change, who)).status).toBe(404);
    }
    const free = await addOrder(app, merchant);
    expect((await report(free.id, offline('picked_up'))).status).toBe(404);
    expect(await reportsOf(id)).toHaveLength(1);
  });

  test('of a manager is none: they are told what is legal', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    await act(app, merchant, id, 'cancel', { reason: 'r' });
    expect((await report(id, offline('picked_up'), merchant)).status).toBe(409);
  });

  test('is kept fifty times an order, no more', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    await handOver(id, ana, ben);
    await app.owner`insert into late_reports (merchant_id, id, order_id, driver_id, update_id, status, order_status,
        occurred_at, received_at)
      select ${merchant.id}, gen_random_uuid(), ${id}, ${ana.id}, gen_random_uuid(), 'delivered', 'picked_up', now(), now()
      from generate_series(1, 49)`;
    expect((await report(id, offline('delivered'))).status).toBe(202);
    expect((await report(id, offline('delivered'))).status).toBe(404);
  });

  test('races the hand-over: it is taken before or kept after, and never lost', async () => {
    for (let round = 0; round < 20; round++) {
      const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
      const [told] = await Promise.all([
        report<LateReportReceipt & Order>(id, offline('delivered')),
        handOver(id, ana, ben),
      ]);
      const kept = await reportsOf(id);
      expect([told.status, kept.length]).toEqual(told.status === 200 ? [200, 0] : [202, 1]);
      await expectLogToFold(app, merchant, id);
    }
  });
});

describe('the list of late reports', () => {
  test('is the merchant’s own, newest first, page by page', async () => {
    const shop = await app.addMerchant();
    const eva = await app.addDriver(shop.id, 'Eva');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { id } = await addOrderIn(app, shop, eva, 'assigned');
      await act(app, shop, id, 'cancel', { reason: 'r' });
      ids.unshift((await report(id, offline('picked_up'), eva)).body.lateReport.id);
    }
    expect((await list('', shop)).body.data.map(({ id }) => id)).toEqual(ids);
    const { body: first } = await list('?limit=2', shop);
    const { body: last } = await list(`?limit=2&cursor=${first.nextCursor}`, shop);
    expect([...first.data, ...last.data].map(({ id }) => id)).toEqual(ids);
    expect(last.nextCursor).toBeNull();
    await settle(ids[1] ?? '', {}, shop);
    expect((await list('?settled=true', shop)).body.data.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await list('?settled=false', shop)).body.data).toHaveLength(2);
    expect((await list(`?driverId=${ana.id}`, shop)).body.data).toEqual([]);
    expect((await list('?settled=maybe', shop)).status).toBe(400);
    expect((await list('', eva)).status).toBe(403);
    expect((await list('', await app.addApiKey(shop.id, ['orders:read']))).status).toBe(200);
  });
});

describe('a manager who settles a late report', () => {
  const late = async (status: string, from: 'assigned' | 'picked_up' = 'picked_up', change = {}) => {
    const { id } = await addOrderIn(app, merchant, ana, from, change);
    await handOver(id, ana, ben);
    const more = status === 'delivered' ? { cashCollected: 700 } : {};
    const { body } = await report(id, offline(status, more));
    return { orderId: id, id: body.lateReport.id };
  };

  test('closes it with a word, and the order stays as it is', async () => {
    const { id, orderId } = await late('delivered');
    const before = await read(orderId);
    const { status, body } = await settle(id, { note: 'Ben has it' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { note: 'Ben has it', applied: false, settledBy: merchant.userId, settledAt: expect.any(String) },
    });
    expect(await read(orderId)).toEqual(before);
    // The same again, or otherwise, changes nothing any more.
    expect((await settle(id, { apply: true })).body).toEqual(body);
    expect((await settle(id)).body).toEqual(body);
    const audited = await app.owner`select action, details from audit_log where entity_id = ${id}`;
    expect([...audited]).toEqual([
      { action: 'late_report.settled', details: { applied: false, orderId, status: 'delivered' } },
    ]);
  });

  test('takes it as true: the order is its driver’s again, and was delivered when the phone said, with the cash', async () => {
    const { id, orderId } = await late('delivered', 'picked_up', { proof: { photo: true } });
    const { status, body } = await settle(id, { apply: true });
    expect({ status, applied: body.applied }).toEqual({ status: 200, applied: true });
    expect(await read(orderId)).toMatchObject({ status: 'delivered', driverId: ana.id, cashCollected: 700 });
    const lines = await expectLogToFold(app, merchant, orderId);
    expect(lines.slice(-2).map(({ kind }) => kind)).toEqual(['handed_over', 'status']);
    const audited = await app.owner`select action from audit_log where entity_id = ${orderId}`;
    expect([...audited]).toEqual([{ action: 'order.proof_overridden' }]);
    // The phone that never heard of it is told that it is done.
    expect((await settle(id)).status).toBe(200);
  });

  test('takes one that the phone told again, and was heard, when the order had come back to it', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    await handOver(id, ana, ben);
    const told = offline('picked_up');
    const late = await report(id, told);
    await handOver(id, ben, ana);
    expect((await report(id, told)).status).toBe(200);
    const before = await read(id);
    const { status, body } = await settle(late.body.lateReport.id, { apply: true });
    expect({ status, body }).toMatchObject({ status: 200, body: { applied: true } });
    expect(await read(id)).toEqual(before);
  });

  test('takes several, oldest first; one that is not legal yet changes nothing and stays open', async () => {
    const { id, orderId } = await late('picked_up', 'assigned');
    const { body: next } = await report(orderId, offline('delivered'));
    const before = await read(orderId);
    const early = await settle<Problem>(next.lateReport.id, { apply: true });
    expect(early).toMatchObject({ status: 409, body: { code: 'illegal_transition', to: 'delivered' } });
    expect(await read(orderId)).toEqual(before);
    expect((await settle(id, { apply: true })).status).toBe(200);
    expect((await settle(next.lateReport.id, { apply: true })).status).toBe(200);
    expect(await read(orderId)).toMatchObject({ status: 'delivered', driverId: ana.id });
    await expectLogToFold(app, merchant, orderId);
  });

  test('cannot bring a cancelled order back, nor a driver who has left', async () => {
    const cancelled = await addOrderIn(app, merchant, ana, 'assigned');
    await act(app, merchant, cancelled.id, 'cancel', { reason: 'r' });
    const { body } = await report(cancelled.id, offline('picked_up'));
    expect((await settle<Problem>(body.lateReport.id, { apply: true })).status).toBe(409);
    expect((await read(cancelled.id)).status).toBe('cancelled');

    const eva = await app.addDriver(merchant.id, 'Eva');
    const { id } = await addOrderIn(app, merchant, eva, 'picked_up');
    await handOver(id, eva, ben);
    const { body: kept } = await report(id, offline('delivered'), eva);
    await app.request('DELETE', `/v1/drivers/${eva.id}`, { token: merchant.token });
    const refused = await settle<Problem>(kept.lateReport.id, { apply: true });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await settle(kept.lateReport.id, { apply: false })).status).toBe(200);
  });

  test('twice at once settles it once', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, orderId } = await late('delivered');
      const answers = await Promise.all([true, false].map((apply) => settle(id, { apply })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]?.body).toEqual(answers[1]?.body);
      expect((await read(orderId)).status).toBe(answers[0]?.body.applied ? 'delivered' : 'picked_up');
      const audited = await app.owner`select from audit_log where entity_id = ${id}`;
      expect(audited).toHaveLength(1);
    }
  });

  test('is a manager or a key that may write orders, of that merchant', async () => {
    const { id } = await late('delivered');
    expect((await settle(id, {}, ana)).status).toBe(403);
    expect((await settle(id, {}, await app.addApiKey(merchant.id, ['orders:read']))).status).toBe(403);
    expect((await settle(id, {}, await app.addMerchant())).status).toBe(404);
    expect((await settle(uuidv7())).status).toBe(404);
    expect((await settle<Problem>(id, { apply: 'yes' })).body.errors?.[0]?.path).toBe('apply');
    expect((await settle(id, {}, await app.addApiKey(merchant.id, ['orders:write']))).status).toBe(200);
  });
});
