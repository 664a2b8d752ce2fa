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
