import { expect } from 'vitest';
import { LEGAL_STEPS, type OrderStatus, UNDO } from '../../domain/order-status.ts';
import type { OrderForManager } from '../../domain/orders.ts';
import type { Answer, TestApp, TestDriver, TestMerchant } from './app.ts';

export type Order = OrderForManager;
export type Problem = {
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: { path: string; message: string }[];
  [extra: string]: unknown;
};
type Line = {
  version: number;
  kind: string;
  status: OrderStatus;
  driverId: string | null;
  occurredAt: string;
  receivedAt: string;
  reason: string | null;
};

/** Where test orders go. */
export const DROPOFF = {
  address: 'Bulevar España 2345',
  location: { lat: -34.9132, lng: -56.1602 },
  contact: { name: 'Ana Pérez', phone: '+598 99 123 456' },
};

/** Creates an order by the API; `change` replaces parts of the body. */
export async function addOrder(
  test: TestApp,
  { token }: { token: string },
  change: Record<string, unknown> = {},
): Promise<Order> {
  const { status, body } = await test.request<Order>('POST', '/v1/orders', {
    token,
    body: { dropoff: DROPOFF, ...change },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** Posts to one of an order's routes, as `assign` with `{driverId}`. */
export function act<T = Order>(
  test: TestApp,
  { token }: { token: string },
  orderId: string,
  verb: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  return test.request<T>('POST', `/v1/orders/${orderId}/${verb}`, { token, body, headers });
}

/** The legal way to each status that a driver brings an order to. */
const WAY: Partial<Record<OrderStatus, OrderStatus[]>> = {
  assigned: [],
  enroute_to_pickup: ['enroute_to_pickup'],
  arrived_at_pickup: ['arrived_at_pickup'],
  picked_up: ['picked_up'],
  enroute_to_dropoff: ['picked_up', 'enroute_to_dropoff'],
  arrived_at_dropoff: ['picked_up', 'arrived_at_dropoff'],
  delivered: ['picked_up', 'delivered'],
  failed: ['picked_up', 'failed'],
  enroute_to_return: ['picked_up', 'failed', 'enroute_to_return'],
  returned: ['picked_up', 'failed', 'returned'],
};

/** An order of that driver in that status, brought there by legal steps. */
export async function addOrderIn(
  test: TestApp,
  merchant: TestMerchant,
  driver: TestDriver,
  status: OrderStatus,
  change: Record<string, unknown> = {},
): Promise<Order> {
  const order = await addOrder(test, merchant, change);
  const way = WAY[status];
  if (way === undefined) throw new Error(`No driver brings an order to ${status}.`);
  let last = await act(test, merchant, order.id, 'assign', { driverId: driver.id });
  for (const step of way) {
    last = await act(test, merchant, order.id, 'status', { status: step, reason: 'Nobody was there' });
  }
  expect(last.body.status).toBe(status);
  return last.body;
}

/**
 * What must hold of every order at any time: its log has each version once, each line a legal step from the one before,
 * and folded it is the order's own status and driver. Returns the log.
 */
export async function expectLogToFold(test: TestApp, { token }: { token: string }, orderId: string) {
  const { body: order } = await test.request<Order>('GET', `/v1/orders/${orderId}`, { token });
  const { body: log } = await test.request<{ data: Line[] }>('GET', `/v1/orders/${orderId}/updates`, {
    token,
  });
  const lines = log.data;
  expect(lines.map(({ version }) => version)).toEqual(lines.map((_, index) => index + 1));
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (before === undefined) {
      expect(line).toMatchObject({ kind: 'created', status: 'created', driverId: null });
      continue;
    }
    const moved = line.kind === 'status' || line.kind === 'assigned';
    if (!moved) expect(line.status).toBe(before.status);
    else if (!(UNDO.to === line.status && UNDO.from.includes(before.status))) {
      expect(LEGAL_STEPS[before.status], `${before.status} to ${line.status}`).toContain(line.status);
    }
    if (line.kind === 'edited') expect(line.driverId).toBe(before.driverId);
  }
  const { status, driverId, version, statusAt } = order;
  const last = lines.at(-1);
  expect({ status, driverId, version }).toEqual({
    status: last?.status,
    driverId: last?.driverId,
    version: last?.version,
  });
  const arrived = lines.findLast(
    ({ kind }) => kind === 'created' || kind === 'status' || kind === 'assigned',
  );
  expect(statusAt).toBe(arrived?.receivedAt);
  return lines;
}
