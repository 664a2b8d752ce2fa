import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../tests/support/browser.ts';
import { createClient } from '../tests/support/client.ts';

// `npm run screenshots`, beside a running `npm start`: the pages as the demo city shows them, into docs/screenshots/.

type Order = { status: string; trackingUrl: string };

const url = process.env.PUBLIC_URL ?? `http://localhost:${process.env.PORT ?? 8080}`;
const secrets = join(process.env.DROPMATE_DATA ?? '.data', 'secrets.json');
const folder = join(import.meta.dirname, '../docs/screenshots');

const LOOKS = [
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { name: 'desktop-light', viewport: { width: 1200, height: 800 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1200, height: 800 }, colorScheme: 'dark' },
] as const;

const trackingUrl = await findDelivery();
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
await shoot(browser, 'tracking', trackingUrl);
await shoot(browser, 'home', url);
await shootDriver(browser);
await shootDispatch(browser);
await browser.close();

async function shoot(browser: Browser, page: string, address: string): Promise<void> {
  for (const { name, ...look } of LOOKS) {
    const tab = await browser.newPage({
      ...look,
      deviceScaleFactor: 2,
      locale: 'en-GB',
      timezoneId: 'America/Montevideo',
    });
    await tab.goto(address);
    if (page === 'tracking') await tab.locator('.map-ready').waitFor();
    // The marker has glided to its place.
    await tab.waitForTimeout(3000);
    await tab.screenshot({ path: join(folder, `${page}-${name}.png`) });
    await tab.close();
  }
}

/** The demo shop's manager at the board, with an order open, and in the other views. */
async function shootDispatch(browser: Browser): Promise<void> {
  const { demo } = JSON.parse(readFileSync(secrets, 'utf8'));
  for (const { name, ...look } of LOOKS) {
    const page = await browser.newPage({
      ...look,
      deviceScaleFactor: 2,
      locale: 'en-GB',
      timezoneId: 'America/Montevideo',
    });
    const shoot = (what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`) });
    await page.goto(`${url}/dispatch`);
    await page.getByLabel('Email').fill(demo.email);
    await page.getByLabel('Password').fill(demo.password);
    await page.keyboard.press('Enter');
    await page.locator('.order-row').first().waitFor();
    await page.waitForTimeout(3000);
    await shoot('dispatch-board');
    await page.locator('.section-underway .order-open').first().click();
    await page.getByRole('tab', { name: 'Story' }).click();
    await page.locator('.story li').first().waitFor();
    await shoot('dispatch-order');
    for (const view of ['drivers', 'zones', 'analytics', 'settings']) {
      await page.goto(`${url}/dispatch?view=${view}`);
      await page.locator('.view h1').waitFor();
      await page.waitForTimeout(2000);
      await shoot(`dispatch-${view}`);
    }
    await page.close();
  }
}

/** A driver of the demo shop at work, by the app itself: invited, on duty, with three orders. */
async function shootDriver(browser: Browser): Promise<void> {
  const { manager, inviteUrl, assign } = await addDriver();
  const context = await browser.newContext({
    ...{ deviceScaleFactor: 2, locale: 'en-GB', timezoneId: 'America/Montevideo', hasTouch: true },
    ...{
      permissions: ['geolocation'],
      geolocation: { latitude: -34.9058, longitude: -56.1913, accuracy: 6 },
    },
  });
  const page = await context.newPage();
  const press = (name: string) => page.getByRole('button', { name }).click();
  const shootAll = async (what: string): Promise<void> => {
    for (const { name, viewport, colorScheme } of LOOKS) {
      await page.setViewportSize(viewport);
      // As the driver chooses it; by itself it is dark after sunset.
      await page.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, colorScheme);
      await page.screenshot({ path: join(folder, `${what}-${name}.png`) });
    }
  };
  await page.goto(inviteUrl);
  await press('Accept the invitation');
  await press('Start shift');
  await page.locator('[data-connection=live]').waitFor();
  await page.getByText('No stops now').waitFor();
  await shootAll('drive-empty');
  await assign({ cashOnDelivery: 95_000, proof: { photo: true, signature: true } });
  await page.getByText('1 new order').waitFor();
  await shootAll('drive-ring');
  for (const step of ['Accept', 'I am at the pickup', 'I have picked it up', 'I am at the door'])
    await press(step);
  await assign({});
  await press('Accept');
  await page.getByText(/waiting to be sent/).waitFor({ state: 'detached' });
  await shootAll('drive-stop');
  await page.getByRole('tab', { name: /Stops/ }).click();
  await shootAll('drive-list');
  await context.setOffline(true);
  await page.locator('[data-connection=offline]').waitFor();
  await page.getByRole('tab', { name: 'Now' }).click();
  await press('Hand over');
  await shootAll('drive-hand-over');
  await context.close();
  await manager.removeDriver();
}

async function addDriver() {
  const api = createClient(url);
  const { demo } = JSON.parse(readFileSync(secrets, 'utf8'));
  const { accessToken: token } = await api.call<{ accessToken: string }>('POST', '/v1/auth/login', {
    body: { email: demo.email, password: demo.password },
  });
  const driver = await api.call<{ id: string; inviteUrl: string }>('POST', '/v1/drivers', {
    token,
    body: { name: 'Ana Pérez', vehicleType: 'bicycle' },
  });
  const assigned: string[] = [];
  const assign = async (order: Record<string, unknown>): Promise<void> => {
    const { id } = await api.call<{ id: string }>('POST', '/v1/orders', {
      token,
      body: {
        dropoff: {
          address: 'Bulevar España 2345, apto. 702',
          location: { lat: -34.9132, lng: -56.1602 },
          contact: { name: 'Julia Sosa', phone: '+598 99 123 456' },
          instructions: 'Ring twice, the dog is friendly',
        },
        items: [{ name: 'Chivito al plato', quantity: 2 }],
        ...order,
      },
    });
    assigned.push(id);
    await api.call('POST', `/v1/orders/${id}/assign`, { token, body: { driverId: driver.id } });
  };
  const removeDriver = async (): Promise<void> => {
    // What is in hand is handed in first.
    for (const id of assigned) {
      for (const status of ['failed', 'returned']) {
        const body = { status, reason: 'Only for a picture' };
        await api.call('POST', `/v1/orders/${id}/status`, { token, body }).catch(() => undefined);
      }
      await api
        .call('POST', `/v1/orders/${id}/cancel`, { token, body: { reason: 'Only for a picture' } })
        .catch(() => undefined);
    }
    await api.call('DELETE', `/v1/drivers/${driver.id}`, { token, status: 204 });
  };
  return { manager: { removeDriver }, inviteUrl: driver.inviteUrl, assign };
}

/** The link of an order whose driver is on the way to the customer; waits until there is one. */
async function findDelivery(): Promise<string> {
  const api = createClient(url);
  const { demo } = JSON.parse(readFileSync(secrets, 'utf8'));
  const { accessToken: token } = await api.call<{ accessToken: string }>('POST', '/v1/auth/login', {
    body: { email: demo.email, password: demo.password },
  });
  for (;;) {
    const { data } = await api.call<{ data: Order[] }>('GET', '/v1/orders?status=enroute_to_dropoff', {
      token,
    });
    const views = await Promise.all(
      data.map(async ({ trackingUrl }) => ({
        trackingUrl,
        view: await api.call<{ location: unknown }>('GET', `/v1/tracking/${trackingUrl.split('/t/')[1]}`),
      })),
    );
    const visible = views.find(({ view }) => view.location !== null);
    if (visible) return visible.trackingUrl;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
