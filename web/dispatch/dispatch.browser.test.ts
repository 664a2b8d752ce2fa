import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OrderForManager } from '../../domain/orders.ts';
import { openBrowser } from '../../tests/support/browser.ts';
import { createClient } from '../../tests/support/client.ts';
import { joinRoom, type RoomAddress } from '../../tests/support/room.ts';
import { changeStatus, createOrder, DROPOFF, hireDriver, openShop } from '../../tests/support/shop.ts';
import { createSystem } from '../../tests/support/system.ts';

const PASSWORD = 'correct horse battery';
const POLL = { timeout: 20_000, interval: 50 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('dispatch of the real program', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** A shop with a driver on shift, and its manager's address; each test has a program of its own. */
  async function openSystem() {
    const system = await createSystem({ TILE_URL: await serveTiles() });
    await system.start();
    const api = createClient(system.url);
    const shop = await openShop(api);
    const driver = await hireDriver(api, shop.manager);
    const { data } = await api.call<{ data: { email: string }[] }>('GET', '/v1/users', {
      token: shop.manager,
    });
    return { url: system.url, api, ...shop, driver, email: data[0]?.email ?? '' };
  }

  /** No page may break its own policy, or throw. */
  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      ...{ viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' },
      ...options,
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      expect(faults).toEqual([]);
    });
    return page;
  }

  async function logIn(page: Page, url: string, email: string): Promise<void> {
    await page.goto(`${url}/dispatch`);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.orders').waitFor();
  }

  test('an order is written, appears live, is assigned by keys alone, and its driver moves before our eyes', async () => {
    const { url, api, email, driver } = await openSystem();
    const page = await openPage();
    await logIn(page, url, email);
    const colleague = await openPage();
    await logIn(colleague, url, email);
    expect(await faultsOfAccess(page)).toEqual([]);

    await page.keyboard.press('n');
    await page.getByLabel('Address').fill('Bulevar Artigas 1500');
    await page.getByRole('button', { name: 'Find on the map' }).click();
    // Without a geocoder no address is found: the place is pressed on the map.
    await expect.poll(() => page.getByText('was not found').count(), POLL).toBe(1);
    await page.locator('.place-map .leaflet-container').click({ position: { x: 120, y: 100 } });
    await page.getByRole('button', { name: 'Ask for a quote' }).click();
    await page.locator('.quoted').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Julia Sosa');
    await page.getByLabel('Items').fill('2 × Chivito');
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create order' }).click();
    const row = (on: Page, name = '#1') => on.locator('.order-row', { hasText: name });
    await row(page).waitFor();
    // By the room, without a reload.
    await row(colleague).waitFor();
    expect(await row(colleague).textContent()).toContain('Bulevar Artigas 1500');

    await expect.poll(() => page.locator('dialog').count(), POLL).toBe(0);
    for (const key of ['j', 'Enter', 'a']) await page.keyboard.press(key);
    await page.getByRole('option', { name: 'Ana Pérez' }).waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.keyboard.type('ana p');
    await page.keyboard.press('Enter');
    await expect.poll(() => row(colleague).textContent(), POLL).toContain('Ana Pérez');
    expect(await page.locator('.toasts').textContent()).toContain('#1 is Ana Pérez’s.');

    const [order] = (
      await api.call<{ data: OrderForManager[] }>('GET', '/v1/orders', { token: driver.token })
    ).data;
    await changeStatus(api, driver.token, order?.id ?? '', 'picked_up');
    await expect.poll(() => row(page).textContent(), POLL).toContain('Picked up');
    await driveAbout(page, api, driver.token);

    await page.getByRole('tab', { name: 'Story' }).click();
    await expect.poll(() => page.locator('.story li').count(), POLL).toBe(3);
    expect(await faultsOfAccess(page)).toEqual([]);
    await changeStatus(api, driver.token, order?.id ?? '', 'delivered');
    await expect.poll(() => row(colleague).textContent(), POLL).toContain('Delivered');
  });

  /** The driver's phone sends fixes, and what is drawn on the map changes with each. */
  async function driveAbout(page: Page, api: ReturnType<typeof createClient>, token: string): Promise<void> {
    const phone = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token }));
    await phone.received(({ type }) => type === 'snapshot');
    const start = Date.now() - 10_000;
    const drawn = () =>
      page
        .locator('.fleet-canvas')
        .last()
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    for (const seq of [1, 2]) {
      const before = await drawn();
      const fixedAt = new Date(start + seq * 4000).toISOString();
      phone.send({ type: 'fix', seq, fixedAt, lat: -34.907 + seq / 5000, lng: -56.2026, heading: 90 });
      await expect.poll(async () => (await drawn()) !== before, POLL).toBe(true);
    }
  }

  test('several orders are given at once, each with its result, and conflicts lose nothing', async () => {
    const { url, api, email, manager, apiKey, driver } = await openSystem();
    const bruno = await hireDriver(api, manager);
    await api.call('PATCH', `/v1/drivers/${bruno.id}`, { token: manager, body: { name: 'Bruno' } });
    const orders = [
      await createOrder(api, apiKey),
      await createOrder(api, apiKey),
      await createOrder(api, apiKey),
    ];
    const page = await openPage();
    await logIn(page, url, email);
    await expect.poll(() => page.locator('.order-row').count(), POLL).toBe(3);
    for (const order of orders) await page.locator(`[data-order="${order.id}"] input`).check();
    await page.getByRole('button', { name: 'Assign', exact: true }).click();
    await page.getByRole('option', { name: 'Bruno' }).waitFor();
    // Meanwhile somebody else is faster with one of them, and this page has not heard of it yet.
    const first = orders[0]?.id ?? '';
    const faster = async (route: Route): Promise<void> => {
      await api.call('POST', `/v1/orders/${first}/assign`, {
        token: manager,
        body: { driverId: driver.id },
      });
      await route.continue();
    };
    await page.route(`**/v1/orders/${first}/assign`, faster, { times: 1 });
    await page.getByRole('option', { name: 'Bruno' }).click();
    await expect.poll(() => page.locator('.outcome', { hasText: 'Given' }).count(), POLL).toBe(2);
    await expect
      .poll(() => page.locator('.outcome').allTextContents(), POLL)
      .toContainEqual(expect.stringContaining('Ana Pérez has it already.'));
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.getByRole('button', { name: 'Give it anyway' }).click();
    await expect.poll(() => page.locator('.outcome', { hasText: 'Given' }).count(), POLL).toBe(3);
    await page.getByRole('button', { name: 'Close' }).last().click();

    // Dragged onto a driver, then taken back.
    const row = page.locator(`[data-order="${first}"]`);
    await row.dragTo(page.locator(`[data-driver="${driver.id}"]`));
    await expect.poll(() => row.textContent(), POLL).toContain('with Ana Pérez');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => row.textContent(), POLL).toContain('with Bruno');

    // Cancelled with a reason; the one of another version is refused and stays open with what was chosen.
    await row.getByRole('button').click();
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await page.getByLabel('Why').selectOption('customer_cancelled');
    const outdated = (route: Route): Promise<void> =>
      route.continue({ headers: { ...route.request().headers(), 'if-match': '"1"' } });
    await page.route(`**/v1/orders/${first}/cancel`, outdated, { times: 1 });
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await expect.poll(() => page.getByRole('alert').textContent(), POLL).toContain('changed this meanwhile');
    expect(await page.getByLabel('Why').inputValue()).toBe('customer_cancelled');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await expect.poll(() => row.textContent(), POLL).toContain('Cancelled');
  });

  test('whatever comes of a request, what was typed stays', async () => {
    const { url, email } = await openSystem();
    const page = await openPage();
    await logIn(page, url, email);
    await page.getByRole('button', { name: 'New order', exact: true }).first().click();
    const address = page.getByLabel('Address');
    await address.fill('Rambla 1');
    await page.getByLabel('Name', { exact: true }).fill('Ana');
    const send = () => page.getByRole('button', { name: 'Create order' }).click();
    const said = () => page.locator('dialog [role=alert]').textContent();
    const orders = '**/v1/orders';
    for (const [status, code, text] of [
      [403, 'forbidden', 'You may not do this.'],
      [404, 'not_found', 'not there any more'],
      [409, 'conflict', 'The first request is still being answered.'],
      [429, 'too_many_requests', 'Too many attempts'],
      [500, 'internal', 'went wrong on our side'],
      [503, 'unavailable', 'busy just now'],
    ] as const) {
      await page.route(orders, (route) =>
        refuse(route, status, code, 'The first request is still being answered.'),
      );
      await send();
      await expect.poll(said, POLL).toContain(text);
      expect(await address.inputValue()).toBe('Rambla 1');
      await page.unroute(orders);
    }
    await page.route(orders, (route) => route.abort('connectionfailed'));
    await send();
    await expect.poll(said, POLL).toContain('No connection');
    await page.unroute(orders);

    // A server that never answers; the page's patience is shortened, not its clock.
    await page.evaluate(() => {
      const { timeout } = AbortSignal;
      AbortSignal.timeout = () => timeout.call(AbortSignal, 300);
    });
    await page.route(orders, () => {});
    await send();
    await expect.poll(said, POLL).toContain('took too long');
    await page.unroute(orders);
    await page.evaluate(() => {
      const { timeout } = AbortSignal;
      AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.max(15_000, ms));
    });
    expect(await faultsOfAccess(page)).toEqual([]);

    // The session has ended: one logs in again above the form, and goes on.
    await page.route(orders, (route) => refuse(route, 401, 'unauthenticated', 'Expired.'));
    await page.route('**/v1/auth/refresh', (route) => refuse(route, 401, 'unauthenticated', 'Expired.'));
    await send();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.unroute(orders);
    await page.unroute('**/v1/auth/refresh');
    await page.getByLabel('Password').fill('wrong password');
    await page.keyboard.press('Enter');
    await page.getByText('Email or password is wrong.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.getByRole('heading', { name: 'Your session has ended' }).count(), POLL)
      .toBe(0);
    expect(await address.inputValue()).toBe('Rambla 1');
    await send();
    await expect.poll(() => page.locator('.order-row').count(), POLL).toBe(1);
  });

  test('says that the connection is lost, asks instead, and comes back by itself; new rows wait under the pointer', async () => {
    const { url, api, email, apiKey } = await openSystem();
    const page = await openPage();
    let isCut = false;
    await page.routeWebSocket('**/parties/**', (socket) => {
      if (isCut) return void socket.close({ code: 1011 });
      const server = socket.connectToServer();
      sockets.push({ close: () => void Promise.all([socket.close({ code: 1011 }), server.close()]) });
    });
    const sockets: { close: () => void }[] = [];
    await logIn(page, url, email);
    await expect.poll(() => sockets.length, POLL).toBeGreaterThan(0);
    expect(await page.locator('.shell > .banner').count()).toBe(0);
    isCut = true;
    for (const socket of sockets.splice(0)) socket.close();
    await expect
      .poll(() => page.locator('.shell > .banner').textContent(), POLL)
      .toContain('Connection lost');
    expect(await faultsOfAccess(page)).toEqual([]);
    isCut = false;
    await expect.poll(() => page.locator('.shell > .banner').count(), POLL).toBe(0);

    await createOrder(api, apiKey);
    await page.locator('.order-row').hover();
    await createOrder(api, apiKey);
    await page.getByRole('button', { name: 'Show 1 new row' }).waitFor();
    expect(await page.locator('.order-row').count()).toBe(1);
    await page.locator('.map').hover();
    await expect.poll(() => page.locator('.order-row').count(), POLL).toBe(2);

    // What is searched for stands in the address, and comes back with it.
    await page.keyboard.press('/');
    await page.keyboard.type('#2');
    await expect.poll(() => page.locator('.order-row').count(), POLL).toBe(1);
    await page.reload();
    await expect.poll(() => page.getByLabel('Search orders').inputValue(), POLL).toBe('#2');
    await expect.poll(() => page.locator('.order-row').count(), POLL).toBe(1);
  });

  test.each([
    {
      name: 'a phone, dark, in Spanish',
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      locale: 'es-UY',
    },
    { name: 'a desk, light', viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-GB' },
  ] as const)('can be used by everybody, on $name', async ({ name: _, ...options }) => {
    const { url, api, email, manager, apiKey, driver } = await openSystem();
    const page = await openPage(options);
    await page.goto(`${url}/dispatch`);
    await page.locator('#log-in-email').waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.locator('#log-in-email').fill(email);
    await page.locator('#log-in-password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    // Nothing there yet.
    await page.locator('.orders .empty').waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    const order = await api.call<OrderForManager>('POST', '/v1/orders', {
      token: apiKey,
      status: 201,
      body: {
        dropoff: { ...DROPOFF, instructions: 'Ring twice' },
        proof: { pin: true, photo: true },
        items: [{ name: 'Chivito', quantity: 2 }],
        cashOnDelivery: 45_000,
      },
    });
    await api.call('POST', `/v1/orders/${order.id}/assign`, {
      token: manager,
      body: { driverId: driver.id },
    });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const ring = [-56.2, -56.1, -56.1, -56.2].map((lng, at) => [lng, at < 2 ? -34.95 : -34.85]);
    await api.call('POST', '/v1/zones', {
      token: manager,
      status: 201,
      body: {
        name: 'Centre',
        fee: { base: 12_000 },
        area: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
      },
    });
    const views = ['drivers', 'customers', 'zones', 'analytics', 'settings'].map((view) => `?view=${view}`);
    for (const query of [`?order=${order.id}`, ...views]) {
      await page.goto(`${url}/dispatch${query}`);
      await page.locator('.order-panel [role=tabpanel], .view h1').waitFor();
      await expect.poll(() => page.locator('.loading').count(), POLL).toBe(0);
      expect([query, await faultsOfAccess(page)]).toEqual([query, []]);
      expect(await overflow()).toBeLessThanOrEqual(0);
      const tabs = await page.getByRole('tab').all();
      for (const tab of tabs) {
        await tab.click();
        await expect.poll(() => page.locator('.loading').count(), POLL).toBe(0);
        expect([await tab.textContent(), await faultsOfAccess(page)]).toEqual([await tab.textContent(), []]);
      }
    }
  });
});

/** Answers as our API refuses. */
function refuse(route: Route, status: number, code: string, detail: string): Promise<void> {
  const problem = { type: `urn:dropmate:problem:${code}`, title: code, status, detail, code, requestId: 'r' };
  return route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(problem) });
}

/** What axe-core finds wrong with the page as it is now, by rule and place. */
async function faultsOfAccess(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    // axe-core's own global, which was put into the page above.
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
    );
  });
}

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
