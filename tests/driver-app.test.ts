import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { faultsOfAccess } from './support/axe.ts';
import { openBrowser } from './support/browser.ts';
import { type Client, createClient, eventually } from './support/client.ts';
import { DROPOFF, openShop } from './support/shop.ts';
import { createSystem } from './support/system.ts';

type Update = { id: string; kind: string; status: string; occurredAt: string; receivedAt: string };
type Proof = { id: string; kind: string; contentType: string; size: number };

// @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('the driver app of the real program', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** A phone with GPS on a street of Montevideo, and what its page did wrong. */
  async function newPhone(): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
    const context = await browser.newContext({
      ...{ locale: 'en-GB', timezoneId: 'America/Montevideo', viewport: { width: 390, height: 844 } },
      ...{ hasTouch: true, reducedMotion: 'reduce', permissions: ['geolocation'] },
      geolocation: { latitude: -34.905, longitude: -56.19, accuracy: 8 },
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) faults.push(message.text());
    });
    return { context, page, faults };
  }

  /** A shop with a driver whose invitation waits. */
  async function openDriverShop(api: Client) {
    const { manager } = await openShop(api);
    const driver = await api.call<{ id: string; inviteUrl: string }>('POST', '/v1/drivers', {
      token: manager,
      status: 201,
      body: { name: 'Ana Pérez', vehicleType: 'bicycle' },
    });
    const assign = async (order: Record<string, unknown> = {}): Promise<OrderForManager> => {
      const { id } = await api.call<OrderForManager>('POST', '/v1/orders', {
        token: manager,
        status: 201,
        body: { dropoff: DROPOFF, ...order },
      });
      return api.call('POST', `/v1/orders/${id}/assign`, { token: manager, body: { driverId: driver.id } });
    };
    const look = <T>(path: string) => api.call<T>('GET', path, { token: manager });
    return { manager, driver, assign, look };
  }

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

  /** From the invitation into the shift. */
  async function beginShift(page: Page, inviteUrl: string): Promise<void> {
    await page.goto(inviteUrl);
    await press(page, 'Accept the invitation');
    await page.waitForURL('**/drive');
    expect(await faultsOfAccess(page)).toEqual([]);
    await press(page, 'Start shift');
    await page.locator('[data-connection=live]').waitFor();
  }

  /** As a thumb does it, all the way to the right. */
  async function slide(page: Page, name: RegExp): Promise<void> {
    const box = await page.getByRole('button', { name }).boundingBox();
    if (box === null) throw new Error('There is nothing to slide.');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 30, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, y, { steps: 4 });
    await page.mouse.move(box.x + box.width - 4, y, { steps: 4 });
    await page.mouse.up();
  }

  async function sign(page: Page): Promise<void> {
    const field = page.locator('.signature-field[data-ready]');
    await field.scrollIntoViewIfNeeded();
    const box = await field.boundingBox();
    if (box === null) throw new Error('There is nowhere to sign.');
    await page.mouse.move(box.x + 40, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + 140, box.y + 40, { steps: 5 });
    await page.mouse.move(box.x + 240, box.y + 100, { steps: 5 });
    await page.mouse.up();
  }

  /** A large picture, as a camera gives it. */
  async function camera(page: Page): Promise<Buffer> {
    const base64 = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 3200;
      canvas.height = 2400;
      const context = canvas.getContext('2d');
      context?.fillRect(100, 100, 900, 900);
      return canvas.toDataURL('image/jpeg').split(',')[1] ?? '';
    });
    return Buffer.from(base64, 'base64');
  }

  test('from the invitation to the delivery, with undo, chat and the end of the shift', async () => {
    const system = await createSystem();
    await system.start();
    const api = createClient(system.url);
    const { manager, driver, assign, look } = await openDriverShop(api);
    const { context, page, faults } = await newPhone();
    await beginShift(page, driver.inviteUrl);
    await page.getByText('No stops now').waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    let metres = 0;
    const shown = await eventually(async () => {
      // Riding: what this browser calls GPS speaks only when something changes.
      await context.setGeolocation({ latitude: -34.905 + ++metres / 1e6, longitude: -56.19, accuracy: 8 });
      const { location } = await look<{ location: { lat: number } | null }>(`/v1/drivers/${driver.id}`);
      return location ?? undefined;
    });
    expect(shown.lat).toBeCloseTo(-34.905, 3);

    // It rings over everything, and only an answer ends that.
    const order = await assign();
    await page.getByText('1 new order').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByText('1 new order').isVisible()).toBe(true);
    expect(await faultsOfAccess(page)).toEqual([]);
    await press(page, 'Accept');
    await page.getByRole('heading', { name: 'Ituzaingó 1480' }).waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await press(page, 'I am at the pickup');
    await press(page, 'I have picked it up');
    await page.getByRole('heading', { name: DROPOFF.address }).waitFor();
    expect(await page.getByRole('link', { name: 'Call' }).getAttribute('href')).toBe('tel:+59899123456');

    await press(page, 'Chat');
    await page.getByLabel('Message').fill('I bring it now');
    await page.keyboard.press('Enter');
    await eventually(async () => {
      const { data } = await look<{ data: { text: string }[] }>(`/v1/orders/${order.id}/messages`);
      return data.find(({ text }) => text === 'I bring it now');
    });
    await api.call('POST', `/v1/orders/${order.id}/messages`, { token: manager, body: { text: 'Great' } });
    await page.getByText('Great').waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await press(page, 'I am at the door');
    await slide(page, /Slide: Delivered/);
    await page.getByText('Order 1: Delivered.').waitFor();
    const status = async () => (await look<OrderForManager>(`/v1/orders/${order.id}`)).status;
    await eventually(async () => ((await status()) === 'delivered' ? true : undefined));
    await press(page, 'Undo');
    await eventually(async () => ((await status()) === 'arrived_at_dropoff' ? true : undefined));

    // The same without a pointer: pressed twice, not at once.
    const button = page.getByRole('button', { name: /Delivered/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await status()).toBe('arrived_at_dropoff');
    await page.getByText('Press again: Delivered').waitFor();
    await eventually(async () => {
      await page.keyboard.press('Enter');
      return (await page.getByText('Order 1: Delivered.').isVisible()) || undefined;
    });
    await eventually(async () => ((await status()) === 'delivered' ? true : undefined));

    await page.getByRole('tab', { name: 'Earnings' }).click();
    await page.getByText(DROPOFF.address).waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.getByRole('tab', { name: 'More' }).click();
    await press(page, 'Set up a tracker');
    await page.getByRole('img', { name: 'QR code for Traccar Client' }).waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await press(page, 'End shift');
    await page.getByLabel(/Cash that you hand over/).fill('120');
    await press(page, 'Hand over and end');
    await eventually(async () => {
      const { data } = await look<{ data: { cashCounted: number | null }[] }>('/v1/shifts');
      return data[0]?.cashCounted === 12_000 || undefined;
    });
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test('without network it delivers with photo and signature, over a reload, and sends each once with its true time', async () => {
    const system = await createSystem();
    await system.start();
    const api = createClient(system.url);
    const { driver, assign, look } = await openDriverShop(api);
    const { context, page, faults } = await newPhone();
    await beginShift(page, driver.inviteUrl);
    const order = await assign({ proof: { photo: true, signature: true }, cashOnDelivery: 95_000 });
    await press(page, 'Accept');
    await press(page, 'I am at the pickup');
    await press(page, 'I have picked it up');
    await eventually(async () =>
      (await look<OrderForManager>(`/v1/orders/${order.id}`)).status === 'picked_up' ? true : undefined,
    );
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });

    await context.setOffline(true);
    await page.locator('[data-connection=offline]').waitFor();
    await press(page, 'I am at the door');
    const beforeHandOver = Date.now();
    await press(page, 'Hand over');
    await slide(page, /Slide: Delivered/);
    await page.getByText('Needed for this delivery.').first().waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.locator('input[type=file]').setInputFiles({
      ...{ name: 'door.jpg', mimeType: 'image/jpeg' },
      buffer: await camera(page),
    });
    await page.locator('.thumb').waitFor();
    await sign(page);
    await page.getByLabel('Name of who signs').fill('Julia');
    await page.getByRole('button', { name: /Slide: Delivered/ }).scrollIntoViewIfNeeded();
    await slide(page, /Slide: Delivered/);
    // The arrival, two files and the delivery.
    await page.getByText('4 waiting to be sent').waitFor();
    const afterHandOver = Date.now();
    expect(await faultsOfAccess(page)).toEqual([]);

    // Closed and opened again in the dead spot: the phone has all of it, and the app itself.
    await page.reload();
    await page.getByText('4 waiting to be sent').waitFor();
    await page.getByText('No stops now').waitFor();
    // A second tab of the same phone must not send anything twice.
    const second = await context.newPage();
    await second.goto(`${system.url}/drive`);
    await second.getByText('4 waiting to be sent').waitFor();
    expect((await look<OrderForManager>(`/v1/orders/${order.id}`)).status).toBe('picked_up');

    await context.setOffline(false);
    await page.getByText(/waiting to be sent/).waitFor({ state: 'detached' });
    await second.getByText(/waiting to be sent/).waitFor({ state: 'detached' });
    expect((await look<OrderForManager>(`/v1/orders/${order.id}`)).cashCollected).toBe(95_000);
    const { data: updates } = await look<{ data: Update[] }>(`/v1/orders/${order.id}/updates`);
    const delivered = updates.filter(({ kind, status }) => kind === 'status' && status === 'delivered');
    expect(delivered).toHaveLength(1);
    expect(updates.filter(({ status }) => status === 'arrived_at_dropoff')).toHaveLength(1);
    const occurredAt = Date.parse(delivered[0]?.occurredAt ?? '');
    expect(occurredAt).toBeGreaterThanOrEqual(beforeHandOver);
    expect(occurredAt).toBeLessThanOrEqual(afterHandOver);
    expect(Date.parse(delivered[0]?.receivedAt ?? '')).toBeGreaterThan(occurredAt);
    const { data: proofs } = await look<{ data: Proof[] }>(`/v1/orders/${order.id}/proofs`);
    expect(proofs.map(({ kind, contentType }) => `${kind} ${contentType}`).sort()).toEqual([
      'photo image/jpeg',
      'signature image/png',
    ]);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test('what comes too late is kept for the shop, and the driver is told', async () => {
    const system = await createSystem();
    await system.start();
    const api = createClient(system.url);
    const { manager, driver, assign, look } = await openDriverShop(api);
    const { context, page, faults } = await newPhone();
    await beginShift(page, driver.inviteUrl);
    const order = await assign();
    await press(page, 'Accept');
    await page.getByRole('heading', { name: 'Ituzaingó 1480' }).waitFor();
    await context.setOffline(true);
    await press(page, 'I am at the pickup');
    await page.getByText('1 waiting to be sent').waitFor();
    await api.call('POST', `/v1/orders/${order.id}/cancel`, { token: manager, body: { reason: 'Sold out' } });
    await context.setOffline(false);
    await page.getByText(/came after the shop had changed the order/).waitFor();
    const reports = await look<{ data: { orderId: string; status: string }[] }>(
      '/v1/late-reports?settled=false',
    );
    expect(reports.data).toMatchObject([{ orderId: order.id, status: 'arrived_at_pickup' }]);
    expect(await faultsOfAccess(page)).toEqual([]);
    await press(page, 'Understood');
    await page.getByText('No stops now').waitFor();
    await page.reload();
    await page.getByText('No stops now').waitFor();
    expect(await page.getByText('Understood').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);
});
