import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { createClient, eventually } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { changeStatus, createOrder, hireDriver, openShop } from './support/shop.ts';
import { createSystem } from './support/system.ts';

// @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('the tracking page of the real program', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('tells of the delivery without script, then moves the marker, and lets the map go at the end', async () => {
    const system = await createSystem({ TILE_URL: await serveTiles() });
    await system.start();
    const api = createClient(system.url);
    const { manager, apiKey } = await openShop(api);
    const driver = await hireDriver(api, manager);
    const order = await createOrder(api, apiKey);
    await api.call('POST', `/v1/orders/${order.id}/assign`, {
      token: manager,
      body: { driverId: driver.id },
    });
    for (const status of ['picked_up', 'enroute_to_dropoff']) {
      await changeStatus(api, driver.token, order.id, status);
    }
    const link = order.trackingUrl ?? '';

    const plain = await browser.newPage({ javaScriptEnabled: false, locale: 'es-UY' });
    expect((await plain.goto(link))?.status()).toBe(200);
    expect(await plain.locator('main').textContent()).toContain('Ana');
    await plain.close();

    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on(
      'console',
      (message) => message.text().includes('Content Security Policy') && faults.push(message.text()),
    );
    await page.goto(link);
    const phone = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: driver.token }));
    await phone.received(({ type }) => type === 'snapshot');
    const start = Date.now() - 10_000;
    const drive = (seq: number, lat: number) =>
      phone.send({ type: 'fix', seq, fixedAt: new Date(start + seq * 1000).toISOString(), lat, lng: -56.19 });
    drive(1, -34.905);
    const marker = page.locator('.map-live .pin-driver');
    await marker.waitFor();
    const before = await marker.boundingBox();
    drive(6, -34.904);
    await eventually(async () => {
      const now = await marker.boundingBox();
      return before !== null && now !== null && now.y < before.y - 2 ? true : undefined;
    });

    await changeStatus(api, driver.token, order.id, 'delivered');
    await page.locator('.leaflet-container').waitFor({ state: 'detached' });
    expect(await page.locator('h1').textContent()).toMatch(/delivered/i);
    expect(faults).toEqual([]);
  }, 60_000);
});

/** A provider of plain tiles; without one the page has no map. */
async function serveTiles(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' });
    response.end('<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  // It listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/{z}/{x}/{y}.svg`;
}
