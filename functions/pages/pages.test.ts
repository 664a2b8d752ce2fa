import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { createApp } from '../app.ts';

let app: TestApp;
let provider: Server;
let folder: string;
const asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dropmate-assets-'));
  writeFileSync(join(folder, 'app-1a2b.js'), 'let hello;');
  writeFileSync(join(folder, 'app-1a2b.js.br'), 'compressed');
  provider = createServer((request, response) => {
    asked.push(request.url ?? '');
    const [, what] = /^\/(\w+)/.exec(request.url ?? '') ?? [];
    if (what === 'missing') response.writeHead(404).end();
    else if (what === 'broken') response.writeHead(500).end();
    else if (what === 'html') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<script>');
    else
      response
        .writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=60' })
        .end('<svg/>');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  app = await createTestApp();
});
afterAll(async () => {
  provider.closeAllConnections();
  provider.close();
  rmSync(folder, { recursive: true });
  await app.end();
});

const tilesOf = (what: string) => {
  const { port } = provider.address() as AddressInfo;
  return createApp([], {
    ...app.deps,
    tileUrl: `http://127.0.0.1:${port}/${what}/{z}/{x}/{y}.svg?key=SECRET`,
  });
};

describe('the home page', () => {
  test('is there in the browser’s language, under a policy', async () => {
    const { status, headers, body } = await app.request<string>('GET', '/');
    expect({ status, body }).toEqual({ status: 200, body: '<title>home</title>' });
    expect(headers.get('Content-Security-Policy')).toMatch(
      /default-src 'none'; script-src 'self' 'nonce-[\w-]{22}'/,
    );
    expect(headers.get('Vary')).toContain('Accept-Language');
    const spoken = createApp([], {
      ...app.deps,
      pages: {
        ...app.deps.pages,
        chooseLocale: (header, lang) => lang ?? header?.slice(0, 2) ?? 'en',
        home: ({ locale }) => `in ${locale}`,
      },
    });
    const speak = async (query: string, headers: Record<string, string> = {}) =>
      (await spoken.request(`/${query}`, { headers })).text();
    expect(await speak('', { 'Accept-Language': 'es-UY,en;q=0.9' })).toBe('in es');
    expect(await speak('?lang=en', { 'Accept-Language': 'es' })).toBe('in en');
    expect(await speak('')).toBe('in en');
  });
});

test('the managers’ page is there without a login, which it asks for itself, under the same policy', async () => {
  const { status, headers, body } = await app.request<string>('GET', '/dispatch');
  expect({ status, body }).toEqual({ status: 200, body: '<title>dispatch</title>' });
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
});

describe('what a link opens', () => {
  test.each(['invite', 'reset'])(
    'is its page, which no cache keeps and no other site hears of (%s)',
    async (door) => {
      const response = await createApp([], app.deps).request(`/${door}/a-token`);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(`<title>${door}</title>`);
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    },
  );
});

describe('the driver app', () => {
  const get = (path: string) => createApp([], app.deps).request(path);

  test('is asked for anew each time, with its worker, which may look after it', async () => {
    const page = await get('/drive');
    expect(await page.text()).toBe('<title>drive</title>');
    expect(page.headers.get('Cache-Control')).toBe('no-cache');
    const worker = await get('/drive-worker.js');
    expect(await worker.text()).toBe('/* worker */');
    expect(worker.headers.get('Content-Type')).toContain('javascript');
    expect(worker.headers.get('Cache-Control')).toBe('no-cache');
  });

  test('can be installed: its manifest names the page and pictures that are there', async () => {
    const response = await get('/drive.webmanifest');
    expect(response.headers.get('Content-Type')).toContain('application/manifest+json');
    const manifest = await response.json();
    expect(manifest).toMatchObject({ start_url: '/drive', scope: '/drive', display: 'standalone' });
    const icons: { src: string; sizes: string }[] = manifest.icons;
    expect(icons.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512', '512x512']);
    for (const { src } of icons) {
      const file = new URL(`../../web/drive/icons/${src.split('/').at(-1)}`, import.meta.url);
      expect([src, existsSync(file)]).toEqual([src, true]);
    }
  });
});

describe('a tile', () => {
  test('is the provider’s, who learns only which', async () => {
    asked.length = 0;
    const response = await tilesOf('good').request('/tiles/13/2820/4930.svg?theme=dark&x=1', {
      headers: { Cookie: 'a=b', Referer: 'http://dropmate.test/t/SECRET' },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<svg/>');
    expect(response.headers.get('Content-Type')).toBe('image/svg+xml');
    expect(response.headers.get('Cache-Control')).toBe('max-age=60');
    expect(response.headers.get('Content-Security-Policy')).toContain('sandbox');
    expect(asked).toEqual(['/good/13/2820/4930.svg?key=SECRET&theme=dark']);
  });

  test.each(['a/1/2.svg', '1/2/b.svg', '1/2/..%2f..', '-1/2/3', '1/2/3e5', '123456789/1/1'])(
    'that is none (%s) asks nobody',
    async (path) => {
      asked.length = 0;
      expect((await tilesOf('good').request(`/tiles/${path}`)).status).toBe(404);
      expect(asked).toEqual([]);
    },
  );

  test('is 404 where the provider has none, or none is set up', async () => {
    expect((await tilesOf('missing').request('/tiles/1/2/3.svg')).status).toBe(404);
    const none = createApp([], { ...app.deps, tileUrl: undefined });
    expect((await none.request('/tiles/1/2/3.svg')).status).toBe(404);
  });

  test.each(['broken', 'html'])(
    'is 503 when the provider is %s, and its URL stays a secret',
    async (what) => {
      const response = await tilesOf(what).request('/tiles/1/2/3.svg');
      expect(response.status).toBe(503);
      expect(response.headers.get('Retry-After')).toBe('10');
      expect(await response.text()).not.toContain('SECRET');
    },
  );

  test('is 503 when the provider is not there', async () => {
    const gone = createApp([], { ...app.deps, tileUrl: 'http://127.0.0.1:9/{z}/{x}/{y}.svg' });
    expect((await gone.request('/tiles/1/2/3.svg')).status).toBe(503);
  });
});

describe('an asset', () => {
  const assets = () => createApp([], { ...app.deps, pages: { ...app.deps.pages, assetsFolder: folder } });

  test('is kept for good, since its name changes with it, and is sent compressed', async () => {
    const plain = await assets().request('/assets/app-1a2b.js');
    expect(plain.status).toBe(200);
    expect(await plain.text()).toBe('let hello;');
    expect(plain.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('Content-Type')).toContain('javascript');
    const packed = await assets().request('/assets/app-1a2b.js', {
      headers: { 'Accept-Encoding': 'gzip, br' },
    });
    expect(packed.headers.get('Content-Encoding')).toBe('br');
    expect(await packed.text()).toBe('compressed');
  });

  test.each([
    'nothing.js',
    '../package.json',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '',
    '%00',
  ])('that is none (%s) is 404, and nothing outside the folder is one', async (name) => {
    const response = await assets().request(`/assets/${name}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('Cache-Control')).toBeNull();
  });
});
