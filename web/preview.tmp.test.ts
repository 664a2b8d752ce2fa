import { writeFileSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { test } from 'vitest';
import { loadCity } from '../machines/demo/city.ts';
import { createTiles } from '../machines/demo/tiles.ts';
import { loadAssets } from './assets.ts';
import { renderHomePage } from './home/render.tsx';
import { LINK, openFakeSite } from './track/fake-site.ts';
import { at, NOON, sampleView } from './track/sample.ts';

test('shots', { timeout: 300000 }, async () => {
  const city = loadCity();
  const tile = createTiles(city);
  const site = await openFakeSite({
    dist: '/tmp/webdist',
    view: sampleView('enroute_to_dropoff'),
    now: () => NOON,
    tile: (z, x, y) => tile(z, x, y),
  });
  const env = (seq: number) => ({ v: 1, epoch: 'e', seq, at: at(0) });
  site.welcome = (s) =>
    s.send(
      JSON.stringify({
        ...env(1),
        type: 'snapshot',
        ...site.view,
        location: site.view.location && {
          ...site.view.location,
          driverId: 'x',
          accuracy: null,
          speed: null,
          source: 'app',
        },
        messages: [],
        recovered: false,
      }),
    );
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const only = process.env.ONLY?.split(',');
  const shot = async (name: string, opts: any, fn?: (p: any) => Promise<void>, url = `/t/${LINK}`) => {
    if (only && !only.some((o) => name.includes(o))) return;
    const context = await browser.newContext({
      timezoneId: 'America/Montevideo',
      locale: 'en-US',
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 1.5,
      ...opts,
    });
    const page = await context.newPage();
    page.on('console', (m) => console.log(name, m.type(), m.text()));
    page.on('pageerror', (e) => console.log(name, 'ERR', e.message));
    await page.goto(site.url + url);
    await page.waitForTimeout(1500);
    if (fn) await fn(page);
    await page.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: true });
    await context.close();
  };
  const desk = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
  await shot('phone-route', {});
  await shot('phone-route-nojs', { javaScriptEnabled: false });
  await shot('phone-route-dark', { colorScheme: 'dark' });
  await shot('desk-route', desk);
  await shot('desk-route-dark', { ...desk, colorScheme: 'dark' });
  await shot('phone-es', { locale: 'es-UY' });
  await shot('phone-narrow', { viewport: { width: 320, height: 640 }, locale: 'es-UY' });
  site.view = {
    ...sampleView('enroute_to_dropoff', { eta: { pickup: null, dropoff: { from: at(-20), to: at(-6) } } }),
    merchant: { ...site.view.merchant, color: '#e11d48' },
  };
  await shot('phone-late', {});
  await shot('phone-late-dark', { colorScheme: 'dark' });
  for (const s of [
    'created',
    'assigned',
    'arrived_at_dropoff',
    'delivered',
    'failed',
    'returned',
    'cancelled',
  ] as const) {
    site.view = sampleView(s, {
      reason:
        s === 'failed'
          ? 'Nobody answered the door'
          : s === 'cancelled'
            ? 'The kitchen had to close early'
            : null,
      ...(s === 'created' && {
        eta: { pickup: null, dropoff: null },
        dropoff: {
          address: 'Bulevar Artigas 1500',
          location: { lat: -34.9011, lng: -56.1781 },
          contact: { name: 'Lucía' },
          window: { from: at(1440), to: at(1500) },
        },
      }),
    });
    await shot(`phone-${s}`, { locale: s === 'returned' ? 'es-UY' : 'en-US' });
    if (s === 'delivered' || s === 'failed') await shot(`desk-${s}`, desk);
  }
  await shot('phone-unknown', {}, undefined, '/t/nope');
  site.view = sampleView('enroute_to_dropoff');
  await shot('phone-cut', {}, async (p) => {
    site.refuseSockets = true;
    for (const s of site.sockets) s.terminate();
    await p.waitForTimeout(1200);
  });
  const assets = await loadAssets('/tmp/webdist');
  writeFileSync(
    '/tmp/shots/home.html',
    renderHomePage({ locale: 'en', nonce: 'n', assets: assets.home, publicUrl: 'http://localhost:8080' }),
  );
  for (const [n, o] of [
    ['home-phone', {}],
    ['home-desk', desk],
    ['home-dark', { ...desk, colorScheme: 'dark' }],
  ] as const) {
    if (only && !only.some((x) => n.includes(x))) continue;
    const c = await browser.newContext({ viewport: { width: 390, height: 844 }, ...o });
    const p = await c.newPage();
    await p.goto('file:///tmp/shots/home.html');
    await p.screenshot({ path: `/tmp/shots/${n}.png`, fullPage: true });
    await c.close();
  }
  await browser.close();
  await site.close();
});
