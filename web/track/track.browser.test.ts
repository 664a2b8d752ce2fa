import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../domain/order-status.ts';
import { openBrowser } from '../../tests/support/browser.ts';
import { buildPages } from '../test-build.ts';
import { type FakeSite, LINK, openFakeSite } from './fake-site.ts';
import { at, NOON, sampleView } from './sample.ts';

// @sparticuz/chromium is a browser for Linux alone.
describe.skipIf(process.platform !== 'linux')('the tracking page in a browser', { timeout: 60_000 }, () => {
  let pages: Awaited<ReturnType<typeof buildPages>>;
  let browser: Browser;
  let site: FakeSite;
  let seq = 0;
  const closing: (() => Promise<void>)[] = [];
  /** What no page may ever do: break its own policy, or throw. */
  const faults: string[] = [];

  beforeAll(async () => {
    pages = await buildPages();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await pages.remove();
  });
  beforeEach(async () => {
    seq = 0;
    faults.length = 0;
    site = await openFakeSite({ dist: pages.dist, view: sampleView('enroute_to_dropoff'), now: () => NOON });
    site.welcome = (socket) => socket.send(JSON.stringify(snapshot()));
    closing.push(() => site.close());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    expect(faults).toEqual([]);
  });

  const envelope = () => ({ v: 1, epoch: 'one', seq: ++seq, at: at(0) });
  const fix = (lat: number, lng: number, seconds: number, heading: number | null) => ({
    driverId: '019aab00-0000-7000-8000-000000000003',
    ...{ lat, lng, heading, speed: null, accuracy: 5, source: 'app', fixedAt: at(seconds / 60) },
  });
  const snapshot = () => {
    const { order, driver } = site.view;
    const location = driver && fix(-34.9052, -56.1903, -6, 70);
    return { ...envelope(), type: 'snapshot', order, driver, location, messages: [], recovered: false };
  };
  const send = (message: object) => {
    for (const socket of site.sockets) socket.send(JSON.stringify({ ...envelope(), ...message }));
  };
  const sendStatus = (status: OrderStatus) => {
    site.view = sampleView(status, { version: 6 });
    send({ type: 'status', order: site.view.order, driver: site.view.driver, location: null });
  };

  async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      ...{ locale: 'en-GB', timezoneId: 'America/Montevideo', viewport: { width: 390, height: 844 } },
      ...options,
    });
    closing.push(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) faults.push(message.text());
    });
    return page;
  }
  async function open(options?: BrowserContextOptions, path = `/t/${LINK}`): Promise<Page> {
    const page = await newPage(options);
    await page.goto(site.url + path);
    return page;
  }
  /** Until the first message of the room has been shown. */
  const live = (page: Page) => page.waitForSelector('[data-connection=live]');

  test('is useful without a script', async () => {
    const page = await open({ javaScriptEnabled: false });
    expect(await text(page, 'h1')).toMatch(/^Arriving 12:10 ?– ?12:20$/);
    expect(await text(page, '.sentence')).toBe('Ana is on the way to you by bicycle.');
    expect(await page.locator('.poster image').count()).toBeGreaterThan(3);
    expect(await page.locator('.poster .pin-driver').isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Show the latest' }).isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Call Café Sur' }).isVisible()).toBe(true);
  });

  test('the marker glides from fix to fix and turns with the driver', async () => {
    const page = await open();
    await page.waitForSelector('.map-ready');
    await live(page);
    const watch = await watchMarker(page);
    send({ type: 'location', ...fix(-34.9032, -56.1853, -1, 180) });
    const seen = await watch.places();
    expect(seen.length).toBeGreaterThan(3);
    const [first, last] = [seen[0], seen.at(-1)];
    // East and north, always onwards: never back, and not in one leap.
    for (const [index, point] of seen.entries()) {
      const before = seen[index - 1];
      if (before) expect([point.x >= before.x, point.y <= before.y]).toEqual([true, true]);
    }
    expect((last?.x ?? 0) - (first?.x ?? 0)).toBeGreaterThan(20);
    expect(await page.locator('.map-live .pin-nose').getAttribute('transform')).toBe('rotate(180.0)');
  });

  test('the marker jumps for those who want no motion', async () => {
    const page = await open({ reducedMotion: 'reduce' });
    await page.waitForSelector('.map-ready');
    await live(page);
    const watch = await watchMarker(page);
    send({ type: 'location', ...fix(-34.9032, -56.1853, -1, 180) });
    expect(await watch.places()).toHaveLength(2);
  });

  test('says that the connection is lost, and goes on by itself', async () => {
    const page = await open();
    await live(page);
    site.refuseSockets = true;
    for (const socket of site.sockets) socket.terminate();
    await expect.poll(() => text(page, '.trouble'), POLL).toBe('Connection lost, trying again…');
    expect(await text(page, '.age')).toMatch(/^Last seen \d+ s ago$/);
    site.refuseSockets = false;
    await expect.poll(() => text(page, '.trouble'), POLL).toBe('');
    expect(site.sockets.size).toBe(1);
  });

  test('says when the phone is offline', async () => {
    const page = await open();
    await live(page);
    await page.context().setOffline(true);
    await expect.poll(() => text(page, '.trouble'), POLL).toBe('You are offline: this is what we knew last.');
    await page.context().setOffline(false);
    await expect.poll(() => text(page, '.trouble'), POLL).toBe('');
  });

  test('the map goes with the delivery, and the end is read out', async () => {
    const page = await open();
    await page.waitForSelector('.map-ready');
    await live(page);
    expect(await text(page, '[data-testid=announcement]')).toBe('');
    sendStatus('delivered');
    await expect.poll(() => text(page, 'h1'), POLL).toBe('Delivered at 11:59');
    expect(await page.locator('.map, .leaflet-container, .driver').count()).toBe(0);
    expect(await text(page, '[data-testid=announcement]')).toContain('Delivered.');
    expect(await page.title()).toBe('Delivered at 11:59 · Café Sur');
  });

  test('speaks Spanish, in the reader’s own time zone', async () => {
    const page = await open({ locale: 'es-ES', timezoneId: 'Europe/Madrid' });
    await expect.poll(() => text(page, 'h1'), POLL).toMatch(/^Llega 16:10 ?– ?16:20$/);
    expect(await page.locator('html').getAttribute('lang')).toBe('es-ES');
    await page.getByRole('link', { name: 'English' }).click();
    await expect.poll(() => text(page, '.sentence'), POLL).toBe('Ana is on the way to you by bicycle.');
  });

  test('a link that opens nothing says so kindly', async () => {
    const page = await newPage();
    const response = await page.goto(`${site.url}/t/no-such-link`);
    expect(response?.status()).toBe(404);
    expect(await text(page, 'main h1')).toBe('We cannot find this delivery');
  });

  test('a token that the room refuses is replaced', async () => {
    let first = true;
    site.welcome = (socket) => {
      if (first) socket.close(4401, 'expired');
      else socket.send(JSON.stringify(snapshot()));
      first = false;
    };
    await live(await open());
    expect(site.roomRequests).toBe(2);
  });

  test('a token is renewed before it expires, on the same socket', async () => {
    site.roomTokenSeconds = 80;
    await live(await open());
    await expect.poll(() => site.received, POLL).toContainEqual({ type: 'renew', token: 'room-token-2' });
    expect(site.sockets.size).toBe(1);
  });

  test('where no socket can be had, the page asks again and again', async () => {
    site.refuseSockets = true;
    const page = await newPage();
    await page.clock.install({ time: NOON });
    await page.goto(`${site.url}/t/${LINK}`);
    expect(await text(page, 'h1')).toMatch(/^Arriving/);
    site.view = sampleView('arrived_at_dropoff', { version: 6 });
    await page.clock.fastForward(16_000);
    await expect.poll(() => text(page, 'h1'), POLL).toBe('Your order is here');
    site.view = sampleView('delivered', { version: 7 });
    await page.clock.fastForward(16_000);
    await expect.poll(() => text(page, 'h1'), POLL).toBe('Delivered at 11:59');
  });

  test('an old position is said to be old', async () => {
    const page = await newPage();
    await page.clock.install({ time: NOON });
    await page.goto(`${site.url}/t/${LINK}`);
    await live(page);
    expect(await page.locator('.stale').count()).toBe(0);
    await page.clock.fastForward(31_000);
    await expect.poll(() => text(page, '.age'), POLL).toMatch(/^Last seen \d+ s ago$/);
    expect(await page.locator('.map-frame.stale').count()).toBe(1);
  });

  test.each(['en-US', 'es-UY'])('fits the narrowest screen and has its landmarks in %s', async (locale) => {
    const page = await open({ locale, viewport: { width: 320, height: 640 } });
    await page.waitForSelector('.map-ready');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    for (const role of ['banner', 'main', 'contentinfo', 'navigation'] as const)
      expect([role, await page.getByRole(role).count()]).toEqual([role, 1]);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  });

  test('everything that can be pressed is named, large enough, and shows where the focus is', async () => {
    const page = await open();
    await page.waitForSelector('.map-ready');
    const pressed = await page.locator('a:visible, button:visible').all();
    expect(pressed.length).toBeGreaterThan(3);
    for (const element of pressed) {
      expect(
        ((await element.textContent()) || (await element.getAttribute('aria-label')))?.trim(),
      ).toBeTruthy();
      expect((await element.boundingBox())?.height).toBeGreaterThanOrEqual(18);
    }
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).toBe('solid');
  });
});

const POLL = { timeout: 20_000, interval: 50 };

async function text(page: Page, selector: string): Promise<string> {
  return ((await page.locator(selector).first().textContent()) ?? '').replace(/\s+/g, ' ').trim();
}

type Place = { x: number; y: number };

/**
 * Looks at the driver's marker at each frame from now on; `places` ends with its distinct places, once it has moved and
 * then rested for a while.
 */
async function watchMarker(page: Page): Promise<{ places: () => Promise<Place[]> }> {
  const watch = await page.evaluateHandle(() => {
    const marker = document.querySelector('.map-live .pin-driver')?.closest('.map-pin');
    const places: { x: number; y: number }[] = [];
    let changed = 0;
    const look = () => {
      const box = marker?.getBoundingClientRect();
      const place = { x: box?.x ?? 0, y: box?.y ?? 0 };
      const last = places.at(-1);
      if (last?.x === place.x && last.y === place.y) return;
      places.push(place);
      changed = performance.now();
    };
    const watchUntilRest = async () => {
      while (places.length < 2 || performance.now() - changed < 1500) {
        await new Promise(requestAnimationFrame);
        look();
      }
      return places;
    };
    look();
    // Within an object, or the handle itself would wait for it.
    return { ended: watchUntilRest() };
  });
  return { places: () => watch.evaluate(({ ended }) => ended) };
}
