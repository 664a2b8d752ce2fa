import { Writable } from 'node:stream';
import { delay } from 'msw';
import { HttpResponse, http } from 'msw/http';
import { setupServer } from 'msw/node';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createGeocoder } from './geocoder.ts';

const CITY = 'https://geocoder.example/nominatim';
const service = setupServer();
beforeAll(() => service.listen());
afterEach(() => service.resetHandlers());
afterAll(() => service.close());

const lines: string[] = [];
const log = pino(
  {},
  new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
);

const ask = async (address = '18 de Julio 1234 & más', url: string | undefined = `${CITY}/`) => {
  const counted: string[] = [];
  const find = createGeocoder({ url, log, count: (outcome) => counted.push(outcome), timeoutMs: 200 });
  return { found: await find(address), counted };
};
const answering = (answer: () => Response | Promise<Response>) =>
  service.use(http.get(`${CITY}/search`, answer));

test('finds the place of an address, as Nominatim tells it', async () => {
  const asked: Request[] = [];
  service.use(
    http.get(`${CITY}/search`, ({ request }) => {
      asked.push(request);
      return HttpResponse.json([{ lat: '-34.9055', lon: '-56.1851', extra: 1 }]);
    }),
  );
  expect(await ask()).toEqual({ found: { lat: -34.9055, lng: -56.1851 }, counted: ['found'] });
  const [request] = asked;
  expect(Object.fromEntries(new URL(request?.url ?? '').searchParams)).toEqual({
    q: '18 de Julio 1234 & más',
    format: 'jsonv2',
    limit: '1',
  });
  expect(request?.headers.get('user-agent')).toBe('DropMate');
});

test('finds nothing where there is nothing', async () => {
  answering(() => HttpResponse.json([]));
  expect(await ask()).toEqual({ found: undefined, counted: ['not_found'] });
});

test('that none is configured finds nothing, and counts nothing', async () => {
  const counted: string[] = [];
  const find = createGeocoder({ url: undefined, log, count: (outcome) => counted.push(outcome) });
  expect([await find('Anywhere'), counted]).toEqual([undefined, []]);
});

const JUST_A_MOMENT = { status: 429, headers: { 'Retry-After': '60' } };

test.each<[string, () => Response | Promise<Response>, string]>([
  ['answers 500', () => HttpResponse.json([], { status: 500 }), 'failed'],
  ['has had too many requests', () => new HttpResponse(null, JUST_A_MOMENT), 'failed'],
  ['answers a page', () => HttpResponse.html('<html>'), 'failed'],
  ['answers another thing', () => HttpResponse.json({ error: 'no' }), 'failed'],
  ['answers no numbers', () => HttpResponse.json([{ lat: 'x', lon: '1' }]), 'failed'],
  ['answers a place off the Earth', () => HttpResponse.json([{ lat: '200', lon: '1' }]), 'not_found'],
  ['refuses the connection', () => HttpResponse.error(), 'failed'],
  ['never answers', () => delay('infinite').then(() => HttpResponse.json([])), 'failed'],
])('a geocoder that %s finds nothing, and the address stays out of the log', async (_, answer, outcome) => {
  lines.length = 0;
  answering(answer);
  expect(await ask('Secret street 7')).toEqual({ found: undefined, counted: [outcome] });
  expect(lines).toHaveLength(outcome === 'failed' ? 1 : 0);
  expect(lines.join()).not.toContain('Secret');
});
