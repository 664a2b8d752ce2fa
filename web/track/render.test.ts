import { expect, test } from 'vitest';
import { STATUSES } from '../../domain/order-status.ts';
import { OSM_ATTRIBUTION } from '../map/tiles.ts';
import { readPageData } from './read-page-data.ts';
import { renderLinkPage, renderTrackingPage } from './render.tsx';
import { NOON, sampleView } from './sample.ts';
import type { TrackingView } from './view.ts';

const assets = { css: '.page{}', script: '/assets/main.js' };
const tiles = { url: '/tiles/{z}/{x}/{y}.svg', attribution: OSM_ATTRIBUTION };

const render = (view: TrackingView, locale = 'en-GB'): string =>
  renderTrackingPage({ view, token: 'tok', locale, nonce: 'N0nce', assets, tiles, now: NOON });
const body = (html: string): string =>
  html.slice(html.indexOf('<body>'), html.indexOf('<script type="application'));

test.each(STATUSES)('the page of %s is whole without a script, in both languages', (status) => {
  for (const [locale, place] of [
    ['en-GB', 'To'],
    ['es-UY', 'Para'],
  ] as const) {
    const html = render(sampleView(status), locale);
    expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${locale}">`));
    expect(html.match(/<h1>/g)).toHaveLength(1);
    for (const landmark of ['<header', '<main', '<footer', '<nav aria-label='])
      expect(html).toContain(landmark);
    expect(html).toContain(`<dt>${place}</dt>`);
    expect(html).toContain('Bulevar Artigas 1500, apto. 302');
    expect(html).toContain('Ring twice, the bell is quiet.');
    expect(html).toContain('Empanadas de carne');
    expect(html.match(/aria-current="step"/g)).toHaveLength(1);
  }
});

test('headings, times and steps are words', () => {
  const html = render(sampleView('enroute_to_dropoff'));
  expect(html).toMatch(/<h1>Arriving <span class="time">12:10\s*–\s*12:20<\/span><\/h1>/);
  expect(html).toContain('<span class="word">Collected</span><span class="hidden">, done </span>');
  expect(html).toMatch(/<time datetime="2026-11-22T14:52:00.000Z">\s*11:52<\/time>/);
  expect(html).toContain('<title>Arriving');
  expect(html).toContain('href="tel:+59829012345"');
});

test('the map is a picture with both ends and its credit', () => {
  const html = render(sampleView('enroute_to_dropoff'));
  expect(html).toContain('href="/tiles/14/');
  expect(html).toContain('pin-driver');
  expect(html).toContain('pin-dropoff');
  expect(html).toContain(
    '<a class="credit" href="https://www.openstreetmap.org/copyright" rel="noreferrer">© OpenStreetMap contributors</a>',
  );
});

test.each(['delivered', 'cancelled', 'failed', 'enroute_to_return', 'returned'] as const)(
  'nothing of driver or map is left when it is %s',
  (status) => {
    // Even when a server were to send them.
    const { driver, location } = sampleView('enroute_to_dropoff');
    const html = body(render({ ...sampleView(status), driver, location }));
    for (const gone of ['/tiles/', 'pin-driver', 'class="driver"', 'credit'])
      expect(html).not.toContain(gone);
  },
);

test.each(['cancelled', 'failed', 'enroute_to_return', 'returned'] as const)('%s says why', (status) => {
  const html = render(sampleView(status, { reason: 'Nobody answered the door' }));
  expect(html).toContain('Reason: Nobody answered the door');
});

test('an old reason is not told of an order that is on its way again', () => {
  const html = body(render(sampleView('enroute_to_dropoff', { reason: 'Nobody answered the door' })));
  expect(html).not.toContain('Nobody answered');
});

test('what is to be paid at the door is said until it is paid', () => {
  expect(render(sampleView('created'))).toContain('To pay in cash');
  expect(body(render(sampleView('delivered')))).not.toContain('To pay in cash');
});

test('the PIN is said, before any script, until it has been told', () => {
  const html = body(render({ ...sampleView('enroute_to_dropoff'), pin: '4711' }));
  expect(html).toMatch(/PIN for the driver.{0,20}4711/);
  expect(body(render({ ...sampleView('delivered'), pin: '4711' }))).not.toContain('4711');
  expect(body(render(sampleView('enroute_to_dropoff')))).not.toContain('PIN');
});

test('hostile texts stay texts', () => {
  const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'\u2028`;
  const view = sampleView('enroute_to_dropoff');
  const html = render({
    merchant: {
      ...view.merchant,
      name: hostile,
      logoUrl: `javascript:${hostile}`,
      color: '#fff}*{}',
      phone: hostile,
    },
    order: {
      ...view.order,
      dropoff: { ...view.order.dropoff, address: hostile, instructions: hostile, name: hostile },
      items: [{ name: hostile, quantity: 1 }],
    },
    driver: { name: hostile, vehicleType: 'car' },
    location: view.location,
  });
  // The page's own module and data, and no other script, image or style.
  expect(html.match(/<script/gi)).toHaveLength(2);
  expect(html.match(/<\/script/gi)).toHaveLength(2);
  expect(html).not.toMatch(/<img/i);
  expect(/<style[^>]*>(.*?)<\/style>/s.exec(html)?.[1]).toBe('.page{}');
  const json = /id="page-data"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  expect(json).not.toMatch(/[<>\u2028]/);
  expect(readPageData(json)?.view.merchant.name).toBe(hostile);
});

test('whatever is inline carries the nonce, and no style hangs on an element', () => {
  const html = render(sampleView('enroute_to_dropoff'));
  expect(html).toContain('<style nonce="N0nce">.page{}');
  expect(html.match(/<script[^>]*>/g)).toEqual([
    '<script type="module" src="/assets/main.js">',
    '<script type="application/json" id="page-data" nonce="N0nce">',
  ]);
  expect(html).not.toMatch(/ style="| on\w+="/);
});

test('the link stays secret: no search engine, no referrer', () => {
  const html = render(sampleView('delivered'));
  expect(html).toContain('<meta name="robots" content="noindex,nofollow"/>');
  expect(html).toContain('<meta name="referrer" content="strict-origin"/>');
});

test.each([
  ['unknown', 'en', 'We cannot find this delivery'],
  ['unknown', 'es-UY', 'No encontramos esta entrega'],
  ['expired', 'en', 'This link has expired'],
  ['expired', 'es', 'Este enlace venció'],
] as const)('the page of an %s link is kind in %s', (kind, locale, title) => {
  const html = renderLinkPage({ kind, locale, nonce: 'N0nce', assets });
  expect(html).toContain(`<html lang="${locale}">`);
  expect(html).toContain(`<h1>${title}</h1>`);
  expect(html).toContain('<main');
  expect(html).not.toContain('<script');
});

test('has no map where the operator has named no tiles', () => {
  const view = sampleView('enroute_to_dropoff');
  const html = renderTrackingPage({
    view,
    token: 'tok',
    locale: 'en',
    nonce: 'N',
    assets,
    tiles: null,
    now: NOON,
  });
  expect(html).not.toContain('map-frame');
  expect(html).toContain('<h1>');
});
