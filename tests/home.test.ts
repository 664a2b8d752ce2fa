import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resetToken } from '../db/tracking-token.ts';
import { createApp } from '../functions/app.ts';
import { loadAssets } from '../web/assets.ts';
import { renderHomePage } from '../web/home/render.tsx';
import { chooseLocale } from '../web/i18n/locale.ts';
import { buildPages } from '../web/test-build.ts';
import { createTestApp, type TestApp } from './support/app.ts';
import { faultsOfAccess } from './support/axe.ts';
import { openBrowser } from './support/browser.ts';

// The page as it is built, before the real API. @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('the first page in a browser', { timeout: 60_000 }, () => {
  let pages: Awaited<ReturnType<typeof buildPages>>;
  let browser: Browser;
  let app: TestApp;
  let server: Server;
  let url: string;
  const closing: (() => Promise<void>)[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    [pages, browser, app] = await Promise.all([buildPages(), openBrowser(), createTestApp()]);
    const { home } = await loadAssets(pages.dist);
    const { fetch } = createApp([], {
      ...app.deps,
      pages: {
        ...app.deps.pages,
        chooseLocale,
        home: (request) => renderHomePage({ ...request, assets: home }),
        // Where one lands: only the address matters here.
        drive: () => '<!doctype html><title>The driver app</title>',
        assetsFolder: `${pages.dist}/assets`,
      },
    });
    server = createAdaptorServer({ fetch, createServer }) as Server; // of node:http, as it is asked for
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

  async function open(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    closing.push(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) faults.push(message.text());
    });
    await page.goto(url + path);
    return page;
  }
  const stored = (page: Page, slot: string) =>
    page.evaluate((key) => localStorage.getItem(key), `dropmate.session.${slot}`);

  test('a business signs up and is in dispatch', async () => {
    const page = await open('/#sign-up', { timezoneId: 'America/Montevideo', locale: 'es-UY' });
    await page.getByLabel('Nombre de tu local').fill('Café Sur');
    await page.getByLabel('Correo').fill('nueva@cafesur.test');
    await page.getByLabel('Contraseña', { exact: true }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Registrarse' }).click();
    await page.waitForURL('**/dispatch');
    expect(await stored(page, 'manager')).toContain('nueva@cafesur.test');
    const [merchant] = await app.owner`select timezone, currency from merchants where name = 'Café Sur'`;
    expect(merchant).toEqual({ timezone: 'America/Montevideo', currency: 'UYU' });
  });

  test('what is wrong is said at its field, which gets the focus; what was typed stays', async () => {
    const page = await open('/#sign-up');
    await page.getByLabel('Name of your shop').fill('Bakery');
    await page.getByLabel('Email').fill('not an email');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('This is not an email address.').waitFor();
    expect(await page.locator(':focus').getAttribute('id')).toBe('sign-up-email');
    expect(await page.getByText('Use at least 8 characters.').count()).toBe(1);
    expect(await page.getByLabel('Name of your shop').inputValue()).toBe('Bakery');
    expect(await faultsOfAccess(page)).toEqual([]);
  });

  test('a log-in by keyboard alone: wrong, then right', async () => {
    const password = 'correct horse battery';
    await app.request('POST', '/v1/merchants', { body: { name: 'Keys', email: 'keys@shop.test', password } });
    const page = await open();
    await page.getByLabel('Email').focus();
    await page.keyboard.type('keys@shop.test');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('The email or the password is not right.');
    expect(await faultsOfAccess(page)).toEqual([]);
    expect(await page.getByLabel('Email').inputValue()).toBe('keys@shop.test');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dispatch');
  });

  test('tabs are moved through by arrows', async () => {
    const page = await open();
    await page.getByRole('tab', { name: 'Log in' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator(':focus').textContent()).toBe('Sign up');
    expect(await page.getByLabel('Name of your shop').isVisible()).toBe(true);
    await page.keyboard.press('ArrowRight');
    expect(await page.locator(':focus').textContent()).toBe('Log in');
  });

  test('a driver’s invitation opens the driver app without a password, and only once', async () => {
    const merchant = await app.addMerchant();
    const { body } = await app.request<{ inviteUrl: string }>('POST', '/v1/drivers', {
      token: merchant.token,
      body: { name: 'Ana', vehicleType: 'bicycle' },
    });
    const path = new URL(body.inviteUrl).pathname;
    const page = await open(path);
    expect(await faultsOfAccess(page)).toEqual([]);
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.waitForURL('**/drive');
    expect(await stored(page, 'driver')).toContain('Ana');
    const late = await open(path);
    await late.getByRole('button', { name: 'Accept the invitation' }).click();
    await late.getByText('This invitation is no longer good').waitFor();
    expect(await faultsOfAccess(late)).toEqual([]);
  });

  test('a colleague is asked for a password before they come in', async () => {
    const merchant = await app.addMerchant();
    const { body } = await app.request<{ inviteUrl: string }>('POST', '/v1/users', {
      token: merchant.token,
      body: { name: 'Maria', email: 'maria@colleague.test' },
    });
    const page = await open(new URL(body.inviteUrl).pathname);
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.getByText('Colleagues in dispatch need a password. Choose one here.').waitFor();
    expect(await page.locator(':focus').getAttribute('id')).toBe('invite-password');
    await page.keyboard.type('correct horse battery');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dispatch');
  });

  test('who forgot the password asks for a link, and its page sets a new one', async () => {
    const email = 'forgetful@shop.test';
    await app.request('POST', '/v1/merchants', { body: { name: 'F', email, password: 'old password' } });
    const page = await open();
    await page.getByRole('button', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByText('Look into your mail').waitFor();
    expect(await faultsOfAccess(page)).toEqual([]);
    const [reset] = await app.owner`select r.id from password_resets r join users u on u.id = r.user_id
      where u.email = ${email}`;
    const token = resetToken(app.deps.links.trackingKey, reset?.id);
    const link = await open(`/reset/${token}`);
    expect(await faultsOfAccess(link)).toEqual([]);
    await link.getByLabel('New password').fill('a new password');
    await link.getByRole('button', { name: 'Save and log in' }).click();
    await link.waitForURL('**/dispatch');
    const { status } = await app.request('POST', '/v1/auth/login', {
      body: { email, password: 'a new password' },
    });
    expect(status).toBe(200);
  });

  test('no other site learns the address of a link, and no cache keeps it', async () => {
    const { headers } = await fetch(`${url}/invite/secret`);
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  test.each(['light', 'dark'] as const)(
    'nothing is wrong for who cannot see or use a mouse (%s)',
    async (colorScheme) => {
      const page = await open('/', { colorScheme });
      expect(await faultsOfAccess(page)).toEqual([]);
      const spanish = await open('/?lang=es', { colorScheme });
      expect(await spanish.locator('html').getAttribute('lang')).toBe('es');
      expect(await faultsOfAccess(spanish)).toEqual([]);
    },
  );
});
