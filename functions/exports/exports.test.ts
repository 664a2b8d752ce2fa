import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { parse } from 'csv-parse/sync';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';
import { PAGE } from './export.ts';

let app: TestApp;
let merchant: TestMerchant;

beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

type Row = Record<string, string>;
const ask = (path: string, { token }: { token: string } = merchant) =>
  app.request<string>('GET', `/v1/orders/export${path}`, { token });
const rowsOf = async (path: string, who = merchant): Promise<Row[]> => {
  const { status, body } = await ask(path, who);
  expect(status, body).toBe(200);
  return parse(body, { columns: true });
};
const header = async (path: string) => (await ask(path)).body.split('\r\n')[0]?.split(',');

/** Copies of an order with other ids, straight into the table. */
async function copyOrder(order: Order, count: number, notes = 'x'): Promise<void> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await app.owner`
    insert into orders select (jsonb_populate_record(o, jsonb_build_object('id', c.id, 'number', o.number + c.n,
      'tracking_hash', 'copy ' || c.id, 'notes', ${notes}::text))).*
    from orders o, unnest(${ids}::uuid[]) with ordinality c(id, n) where o.id = ${order.id}`;
}
const move = (id: string, createdAt: string) =>
  app.owner`update orders set created_at = ${createdAt}, id = ${idOf(createdAt)} where id = ${id}`;
const idOf = (at: string): string => {
  const hex = Date.parse(at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${uuidv7().slice(13)}`;
};

describe('the export of orders', () => {
  test('has these columns, in this order', async () => {
    expect(await header('')).toEqual(
      `number id external_id status created_at ready_at promised_at picked_up_at delivered_at driver_id driver
       pickup_address pickup_lat pickup_lng pickup_name pickup_phone pickup_email pickup_instructions
       pickup_window_from pickup_window_to
       dropoff_address dropoff_lat dropoff_lng dropoff_name dropoff_phone dropoff_email dropoff_instructions
       window_from window_to items currency total tip cash_on_delivery cash_collected fee distance_m attempts
       reason_code reason notes proof sandbox`.split(/\s+/),
    );
  });

  test('tells an order with times of the business and amounts in major units, and never its link', async () => {
    const driver = await app.addDriver(merchant.id);
    const order = await addOrderIn(app, merchant, driver, 'delivered', {
      externalId: 'WEB-1',
      items: [{ name: 'Chivito', quantity: 2, price: 45_000 }],
      total: 90_000,
      tip: 5,
      notes: '=HYPERLINK("http://evil.example")',
      proof: { photo: false },
    });
    const { body, headers } = await ask('');
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="orders-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(body).not.toContain(order.trackingUrl?.split('/t/')[1]);
    const [row, ...others] = await rowsOf('');
    expect(others).toEqual([]);
    const local = (at: string | null) =>
      `${new Date(Date.parse(at ?? '') - 3 * 3_600_000).toISOString().slice(0, -1)}-03:00`;
    expect(row).toMatchObject({
      number: '1',
      id: order.id,
      external_id: 'WEB-1',
      status: 'delivered',
      created_at: local(order.createdAt),
      delivered_at: local(order.deliveryTime),
      promised_at: '',
      driver_id: driver.id,
      driver: 'Ana Pérez',
      dropoff_address: DROPOFF.address,
      dropoff_lat: '-34.9132',
      dropoff_phone: "'+598 99 123 456",
      items: '2x Chivito @ 450.00',
      currency: 'UYU',
      total: '900.00',
      tip: '0.05',
      cash_on_delivery: '',
      notes: `'=HYPERLINK("http://evil.example")`,
      proof: '',
      sandbox: 'false',
    });
  });

  test('has the orders of the days asked for, as the business counts days, and of a status', async () => {
    const at = {
      before: '2026-03-01T02:59:59.999Z',
      first: '2026-03-01T03:00:00Z',
      last: '2026-03-03T02:59:59.999Z',
      after: '2026-03-03T03:00:00Z',
    };
    for (const [externalId, time] of Object.entries(at)) {
      const { id } = await addOrder(app, merchant, { externalId });
      if (externalId === 'last') await act(app, merchant, id, 'cancel', { reason: 'x' });
      await app.owner`delete from delivery_updates where order_id = ${id}`;
      await move(id, time);
    }
    const found = async (query: string) => (await rowsOf(query)).map((row) => row.external_id);
    expect(await found('?from=2026-03-01&to=2026-03-02')).toEqual(['first', 'last']);
    expect(await found('?from=2026-03-01&to=2026-03-02&status=cancelled,failed')).toEqual(['last']);
    expect(await found('?from=2026-02-28&to=2026-02-28')).toEqual(['before']);
    expect(await found('')).toEqual([]);
  });

  test('may have another separator, and a mark for Excel', async () => {
    await addOrder(app, merchant);
    const { body } = await ask('?separator=semicolon');
    expect(body).toMatch(/^number;id;/);
    const response = await app.app.request('/v1/orders/export?bom=1', {
      headers: { Authorization: `Bearer ${merchant.token}` },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  test('is noted in the audit log', async () => {
    await ask('?from=2026-03-01&to=2026-03-02');
    const { body } = await app.request<{ data: unknown[] }>('GET', '/v1/audit', merchant);
    expect(body.data).toMatchObject([
      {
        action: 'orders.exported',
        details: { from: '2026-03-01', to: '2026-03-02' },
      },
    ]);
  });

  test.each([
    ['?from=2026-03-02&to=2026-03-01', 'to'],
    ['?from=2024-01-01&to=2026-01-01', 'from'],
    ['?from=yesterday', 'from'],
    ['?status=lost', 'status'],
    ['?separator=pipe', 'separator'],
    ['?bom=2', 'bom'],
  ])('of %s is 400', async (query, path) => {
    const { status, body } = await app.request<Problem>('GET', `/v1/orders/export${query}`, merchant);
    expect([status, body.errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });
});

describe('what was exported', () => {
  test('can be imported by another business, and is the same there', async () => {
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const nasty = [
      '=1+1',
      "'=1+1",
      '-5',
      "'-5",
      '+598',
      '@x',
      "it's",
      'a "b", c; d\n\te',
      'x\r\ny',
      '12',
      'ñ😀',
      '‮',
    ];
    for (const [index, text] of nasty.entries()) {
      await addOrder(app, merchant, {
        externalId: `${index} ${text}`,
        pickup: { address: text, contact: { name: text, phone: '099' } },
        dropoff: {
          address: text,
          ...(index % 2 === 0 ? { location: { lat: -34.9, lng: -0.000001 } } : {}),
          contact: { name: text, phone: '+598 99 123 456', email: 'ana@example.com' },
          instructions: text,
          window: { from: inHours(1), to: inHours(2) },
        },
        items: [
          { name: 'Pizza "al tacho"', quantity: 2, price: 1250 },
          { name: 'Agua, con gas', quantity: 1 },
        ],
        readyAt: inHours(0.5),
        total: 1250,
        tip: 0,
        cashOnDelivery: 1,
        notes: text,
        proof: { signature: true, pin: true },
      });
    }
    const other = await app.addMerchant();
    for (const query of ['', '?separator=semicolon&bom=1', '?separator=tab']) {
      const { body: file } = await ask(query);
      const { status, body } = await app.request<{ created: string[] }>(
        'POST',
        '/v1/orders/import?onDuplicate=skip',
        {
          token: other.token,
          body: new Blob([file], { type: 'text/csv' }),
        },
      );
      expect(status, JSON.stringify(body)).toBe(201);
      expect(body.created).toHaveLength(query === '' ? nasty.length : 0);
    }
    const wanted = await app.request<{ data: Order[] }>('GET', '/v1/orders', merchant);
    const found = await app.request<{ data: Order[] }>('GET', '/v1/orders', other);
    const told = ({
      externalId,
      pickup,
      dropoff,
      items,
      total,
      tip,
      cashOnDelivery,
      readyAt,
      notes,
      proof,
    }: Order) => ({
      ...{ externalId, pickup, dropoff, items, total, tip, cashOnDelivery, readyAt, notes, proof },
    });
    expect(found.body.data.map(told)).toEqual(wanted.body.data.map(told));
  });
});

describe('the export of cash', () => {
  test('has a row for each delivery that had to do with cash, with its shift and what is missing', async () => {
    const driver = await app.addDriver(merchant.id);
    const shift = (status: string) =>
      app.request('PUT', `/v1/drivers/${driver.id}/shift`, { token: merchant.token, body: { status } });
    const deliver = async (change: Record<string, unknown>, cashCollected?: number) => {
      const { id } = await addOrderIn(app, merchant, driver, 'picked_up', change);
      const { status, body } = await act<Order>(app, merchant, id, 'status', {
        status: 'delivered',
        cashCollected,
      });
      expect(status, JSON.stringify(body)).toBe(200);
    };
    await deliver({ externalId: 'off duty', cashOnDelivery: 100 }, 100);
    await shift('available');
    await deliver({ externalId: 'short', cashOnDelivery: 10_000, tip: 500, total: 9500 }, 9950);
    await deliver({ externalId: 'not told', cashOnDelivery: 700 });
    await deliver({ externalId: 'tip only', tip: 300 });
    await deliver({ externalId: 'no cash', total: 100 });
    await addOrderIn(app, merchant, driver, 'picked_up', { externalId: 'under way', cashOnDelivery: 5 });

    expect(await header('/cash')).toEqual(
      `order_number order_id external_id delivered_at driver_id driver shift_id shift_started_at currency total
       cash_on_delivery cash_collected difference tip`.split(/\s+/),
    );
    const rows = await rowsOf('/cash');
    expect(
      rows.map((row) => [row.external_id, row.cash_on_delivery, row.cash_collected, row.difference, row.tip]),
    ).toEqual([
      ['off duty', '1.00', '1.00', '0.00', ''],
      ['short', '100.00', '99.50', '-0.50', '5.00'],
      ['not told', '7.00', '7.00', '0.00', ''],
      ['tip only', '', '', '', '3.00'],
    ]);
    const shifts = await app.request<{ data: { id: string }[] }>('GET', '/v1/shifts', merchant);
    const id = shifts.body.data[0]?.id;
    expect(rows.map((row) => row.shift_id)).toEqual(['', id, id, id]);
    expect(rows[1]).toMatchObject({
      order_number: '2',
      driver: 'Ana Pérez',
      driver_id: driver.id,
      total: '95.00',
    });
  });

  test('of many deliveries has each once', async () => {
    const driver = await app.addDriver(merchant.id);
    await copyOrder(await addOrderIn(app, merchant, driver, 'delivered', { cashOnDelivery: 100 }), 2 * PAGE);
    const rows = await rowsOf('/cash');
    expect(rows).toHaveLength(2 * PAGE + 1);
    expect(new Set(rows.map((row) => row.order_id)).size).toBe(2 * PAGE + 1);
  });

  test('has a delivery on the day that the business heard of it', async () => {
    const driver = await app.addDriver(merchant.id);
    const { id } = await addOrderIn(app, merchant, driver, 'delivered', { cashOnDelivery: 100 });
    await app.owner`update orders set status_at = '2026-03-02T02:59:59Z' where id = ${id}`;
    await app.owner`delete from delivery_updates where order_id = ${id}`;
    await move(id, '2025-03-10T12:00:00Z');
    expect(await rowsOf('/cash?from=2026-03-01&to=2026-03-01')).toHaveLength(1);
    expect(await rowsOf('/cash?from=2026-03-02&to=2026-03-02')).toHaveLength(0);
    expect(await rowsOf('/cash')).toHaveLength(0);
  });
});

describe('the export of ratings', () => {
  test('has who brought what, and what was said of it', async () => {
    const driver = await app.addDriver(merchant.id);
    for (const [stars, comment] of [
      [5, '=cmd|calc'],
      [1, null],
    ] as const) {
      const order = await addOrderIn(app, merchant, driver, 'delivered', { externalId: `${stars}` });
      await app.owner`insert into ratings (merchant_id, order_id, driver_id, stars, comment)
        values (${merchant.id}, ${order.id}, ${driver.id}, ${stars}, ${comment})`;
    }
    expect(await header('/ratings')).toEqual(
      'rated_at changed_at order_number order_id external_id driver_id driver stars comment'.split(' '),
    );
    const rows = await rowsOf('/ratings');
    expect(
      rows.map((row) => [row.order_number, row.external_id, row.driver, row.stars, row.comment]),
    ).toEqual([
      ['1', '5', 'Ana Pérez', '5', "'=cmd|calc"],
      ['2', '1', 'Ana Pérez', '1', ''],
    ]);
    expect(rows[0]?.rated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-03:00$/);
    expect(await rowsOf('/ratings?from=2026-03-02&to=2026-03-02')).toEqual([]);
  });

  test('of many with one and the same moment has each once', async () => {
    const order = await addOrder(app, merchant);
    await copyOrder(order, 1200);
    await app.owner`insert into ratings (merchant_id, order_id, stars) select merchant_id, id, 4 from orders
      where merchant_id = ${merchant.id}`;
    const rows = await rowsOf('/ratings');
    expect(rows).toHaveLength(1201);
    expect(new Set(rows.map((row) => row.order_id)).size).toBe(1201);
  });
});

describe('an export of thousands', () => {
  const PAGES = 6;
  /** With `bytes` of notes in each row. */
  const fill = async (bytes: number) => {
    const order = await addOrder(app, merchant);
    await copyOrder(order, PAGES * PAGE - 1, 'n'.repeat(bytes));
  };
  const countPages = () => vi.spyOn(app.deps.db, 'withMerchant');

  test('has each order once, page by page, and reads no further than it is read', async () => {
    await fill(10);
    const reads = countPages();
    const response = await app.app.request('/v1/orders/export', {
      headers: { Authorization: `Bearer ${merchant.token}` },
    });
    // The merchant's settings, and the first page.
    expect(reads).toHaveBeenCalledTimes(2);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let largest = 0;
    for (let chunk = await reader?.read(); !chunk?.done; chunk = await reader?.read()) {
      text += chunk?.value ?? '';
      largest = Math.max(largest, chunk?.value?.length ?? 0);
    }
    expect(reads).toHaveBeenCalledTimes(1 + PAGES + 1);
    reads.mockRestore();
    expect(largest).toBeLessThan(text.length / (PAGES - 1));
    const rows: Row[] = parse(text, { columns: true });
    expect(new Set(rows.map((row) => row.id)).size).toBe(PAGES * PAGE);
    expect(rows).toHaveLength(PAGES * PAGE);
  });

  test('is not read on for a client that reads no more, and ends with one that has gone', async () => {
    // A page is more than the system's buffers between the two hold.
    await fill(16_000);
    const server = createAdaptorServer({ fetch: app.app.fetch, createServer }) as Server;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const reads = countPages();
    const request = get({
      ...{ host: '127.0.0.1', port, path: '/v1/orders/export' },
      headers: { Authorization: `Bearer ${merchant.token}` },
    });
    const [response]: IncomingMessage[] = await once(request, 'response');
    response?.destroy();
    server.close();
    await once(server, 'close');
    expect(reads.mock.calls.length).toBeLessThan(1 + PAGES);
    reads.mockRestore();
  });

  test('that loses the database in between breaks off, and never ends as if it were whole', async () => {
    await fill(10);
    const reads = countPages();
    const response = await app.app.request('/v1/orders/export', {
      headers: { Authorization: `Bearer ${merchant.token}` },
    });
    reads.mockRejectedValue(Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' }));
    await expect(response.text()).rejects.toThrow('The database cannot be reached just now.');
    reads.mockRestore();
    const away = countPages().mockRejectedValue(
      Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' }),
    );
    expect((await ask('')).status).toBe(503);
    away.mockRestore();
  });
});

describe('who may export', () => {
  const PATHS = ['', '/cash', '/ratings'];

  test.each(PATHS)('%j: managers and API keys that read orders, no driver', async (path) => {
    const driver = await app.addDriver(merchant.id);
    const key = await app.addApiKey(merchant.id, ['orders:read']);
    const writer = await app.addApiKey(merchant.id, ['orders:write', 'drivers:read']);
    expect((await ask(path, key)).status).toBe(200);
    expect((await ask(path, driver)).status).toBe(403);
    expect((await ask(path, writer)).status).toBe(403);
    expect((await ask(path, { token: 'x' })).status).toBe(401);
  });

  test('and see nothing of another business', async () => {
    const driver = await app.addDriver(merchant.id);
    const order = await addOrderIn(app, merchant, driver, 'delivered', { cashOnDelivery: 100 });
    await app.owner`insert into ratings (merchant_id, order_id, driver_id, stars)
      values (${merchant.id}, ${order.id}, ${driver.id}, 5)`;
    const other = await app.addMerchant();
    for (const path of PATHS) {
      expect(await rowsOf(path), path).toHaveLength(1);
      expect(await rowsOf(path, other), path).toEqual([]);
    }
  });
});
