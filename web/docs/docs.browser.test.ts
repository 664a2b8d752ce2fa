import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../functions/app.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { openBrowser } from '../../tests/support/browser.ts';
import { loadAssets } from '../assets.ts';
import { buildPages } from '../test-build.ts';
import { renderDocsPage } from './render.tsx';

// The page as it is built, from the API that it describes. @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('the reference of the API', { timeout: 60_000 }, () => {
  let pages: Awaited<ReturnType<typeof buildPages>>;
  let browser: Browser;
  let app: TestApp;
  let server: Server;
  let url: string;
  const closing: (() => Promise<void>)[] = [];
  /** What it may never do: write to the console, break its own policy, ask someone else. */
  const faults: string[] = [];

  beforeAll(async () => {
    [pages, browser, app] = await Promise.all([buildPages(), openBrowser(), createTestApp()]);
    const { docs } = await loadAssets(pages.dist);
    const { fetch } = createApp([], {
      ...app.deps,
      pages: {
        ...app.deps.pages,
        docs: ({ nonce }) => renderDocsPage({ nonce, assets: docs }),
        assetsFolder: `${pages.dist}/assets`,
      },
    });
    // Of node:http, as it is asked for.
    server = createAdaptorServer({ fetch, createServer }) as Server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([browser.close(), pages.remove(), app.end()]);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    expect(faults.splice(0)).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}, hash = ''): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    closing.push(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== url && protocol !== 'data:') faults.push(request.url());
    });
    await page.goto(`${url}/docs${hash}`);
    await page.locator('#app[data-ready]').waitFor();
    return page;
  }

  test('shows every operation, and says what language it is in', async () => {
    const page = await open();
    const { body } = await app.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
    const operations = Object.values(body.paths).flatMap((methods) => Object.keys(methods));
    expect(operations.length).toBeGreaterThan(60);
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    expect(await page.title()).toBe('DropMate API reference');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  test('sends what is tried with the key that was pasted, and shows the answer', async () => {
    const merchant = await app.addMerchant();
    const { token } = await app.addApiKey(merchant.id, ['drivers:write', 'drivers:read']);
    const page = await open();
    await page.locator('.btn.authorize').click();
    await page.locator('.auth-container input').fill(token);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    const driver = page.locator('#operations-Drivers-createDriver');
    await driver.locator('.opblock-summary-control').click();
    await driver.locator('.execute').click();
    await driver.locator('.live-responses-table .response-col_status').getByText('201').waitFor();
    expect(await driver.locator('.live-responses-table').textContent()).toContain('inviteUrl');
  });

  test('opens an operation by the keyboard', async () => {
    const page = await open();
    const control = page.locator('#operations-Orders-createOrder .opblock-summary-control');
    await control.focus();
    await page.keyboard.press('Enter');
    await page.locator('#operations-Orders-createOrder .opblock-body').waitFor();
    expect(await control.getAttribute('aria-expanded')).toBe('true');
  });

  test('is dark where the browser is, at once when it becomes so', async () => {
    const page = await open({ colorScheme: 'dark' });
    const brightness = () =>
      page.evaluate(() => {
        const [r = 0, g = 0, b = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? [];
        return Math.max(Number(r), Number(g), Number(b));
      });
    expect(await brightness()).toBeLessThan(70);
    const title = page.locator('.info .title');
    expect(await title.evaluate((element) => getComputedStyle(element).color)).toMatch(/rgb\(2\d\d, 2\d\d/);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await brightness()).toBeGreaterThan(230);
  });

  test.each(['createOrder', 'listOrders', 'changeOrderStatus'])('fits a phone: %s', async (operation) => {
    const page = await open({ viewport: { width: 360, height: 740 } });
    await page.locator(`#operations-Orders-${operation} .opblock-summary-control`).click();
    await page.locator(`#operations-Orders-${operation} .responses-wrapper`).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });

  test('says without a script where the description is', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    closing.push(() => context.close());
    const page = await context.newPage();
    await page.goto(`${url}/docs`);
    expect(await page.locator('main a').getAttribute('href')).toBe('/openapi.json');
  });
});
