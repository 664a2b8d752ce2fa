import { expect, test, vi } from 'vitest';
import { backendOf } from './backend.ts';
import { FakeFunctions } from './conformance/fake-functions.ts';
import { fixAt, Merchant } from './conformance/merchant.ts';
import { onNode } from './conformance/runtimes.ts';

test('an event that is posted while the rooms drain is refused, so that the next process gets it', async () => {
  const functions = await new FakeFunctions().start();
  const rooms = await onNode({ functions: functions.origin, publicUrl: 'http://localhost', flushMs: 60_000 });
  const { realtime } = rooms;
  if (realtime === undefined) throw new Error('It is on Node.');
  const shop = new Merchant(functions, rooms);
  const ana = shop.driver();
  const order = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id });
  const [driver, customer] = [await shop.drive(ana), await shop.customer(order)];
  await driver.nth('snapshot');
  driver.send({ type: 'fix', seq: 1, ...fixAt(1) });
  await customer.nth('location');

  // The rooms' goodbye takes as long as we like.
  const written = Promise.withResolvers<'written'>();
  const flush = vi.spyOn(backendOf(realtime.host.env), 'flush').mockReturnValue(written.promise);
  const draining = realtime.drain();
  await vi.waitFor(() => expect(flush).toHaveBeenCalled(), 20_000);
  const refused = await functions.post(rooms.origin, shop.id, { type: 'order', order });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect((await fetch(`${rooms.origin}/readyz`)).status).toBe(503);

  written.resolve('written');
  await draining;
  await expect(fetch(`${rooms.origin}/healthz`)).rejects.toThrow();
  await functions.stop();
});
