import { setTimeout as delay } from 'node:timers/promises';
import type { OrderForManager } from '../../domain/orders.ts';
import { type Client, eventually } from './client.ts';
import { changeStatus, createOrder, type Hired, trackingPath } from './shop.ts';

export type Load = {
  /** What went wrong, a line a request that was not answered as it should be. */
  failures: readonly string[];
  /** The last that the API said of each order. */
  orders: ReadonlyMap<string, OrderForManager>;
  /** Resolves when that many more orders have been brought to their customers. */
  goesOn: (orders: number) => Promise<void>;
  /** Lets each writer finish the order it is at. */
  stop: () => Promise<void>;
};

/**
 * One writer a driver: creates an order, assigns it and delivers it, and reads it, the list and the tracking view in
 * between, over and over. A request that fails is noted, never repeated.
 */
export function startLoad(
  api: Client,
  shop: { manager: string; apiKey: string },
  drivers: readonly Hired[],
): Load {
  const failures: string[] = [];
  const orders = new Map<string, OrderForManager>();
  let delivered = 0;
  let stopped = false;

  async function deliver({ id: driverId, token }: Hired): Promise<void> {
    const keep = (order: OrderForManager) => orders.set(order.id, order);
    const order = await createOrder(api, shop.apiKey);
    keep(order);
    const path = `/v1/orders/${order.id}`;
    await api.call('GET', path, { token: shop.apiKey });
    keep(await api.call('POST', `${path}/assign`, { token: shop.manager, body: { driverId } }));
    keep(await changeStatus(api, token, order.id, 'enroute_to_pickup'));
    await api.call('GET', '/v1/orders?limit=20', { token: shop.manager });
    keep(await changeStatus(api, token, order.id, 'picked_up'));
    await api.call('GET', trackingPath(order));
    keep(await changeStatus(api, token, order.id, 'delivered'));
    delivered++;
  }

  async function write(driver: Hired): Promise<void> {
    while (!stopped) {
      await deliver(driver).catch((error: Error) => {
        failures.push(error.cause === undefined ? error.message : `${error.message} ${error.cause}`);
      });
      // Steady, not all that the machine can do.
      await delay(20);
    }
  }

  const writers = drivers.map(write);
  return {
    failures,
    orders,
    goesOn: async (count) => {
      const until = delivered + count;
      await eventually(async () => delivered >= until || undefined);
    },
    stop: async () => {
      stopped = true;
      await Promise.all(writers);
    },
  };
}
