import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadAssets } from './assets.ts';
import { OSM_ATTRIBUTION } from './map/tiles.ts';
import { buildPages } from './test-build.ts';
import { renderTrackingPage } from './track/render.tsx';
import { NOON, sampleView } from './track/sample.ts';

let pages: Awaited<ReturnType<typeof buildPages>>;
beforeAll(async () => {
  // As it is shipped: vitest's own says `test`, and libraries keep what only developers need.
  vi.stubEnv('NODE_ENV', 'production');
  pages = await buildPages();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await pages.remove();
});

const size = (content: string | Buffer): number => gzipSync(content, { level: 6 }).length;

/** The document with its styles, the entry's script, and all that the page may ever load of ours. */
async function trackingSizes(): Promise<{ document: number; script: number; everything: number }> {
  const assets = (await loadAssets(pages.dist)).track;
  const html = renderTrackingPage({
    view: sampleView('enroute_to_dropoff'),
    token: 'a-token-of-22-letters',
    locale: 'es-UY',
    nonce: 'a-nonce-of-22-letters',
    assets,
    tiles: { url: '/tiles/{z}/{x}/{y}.svg', attribution: OSM_ATTRIBUTION },
    now: NOON,
  });
  const document = size(html);
  return {
    document,
    script: await sizeOf(['track/main.tsx']),
    everything: document + (await sizeOf(['track/main.tsx'], { later: true })),
  };
}

type Chunk = {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
  assets?: string[];
};

/**
 * What a browser loads of these sources, as vite's manifest has it: their scripts and those that they import. `later`: also
 * what they may ever import, with its styles and pictures.
 */
async function sizeOf(sources: readonly string[], { later = false } = {}): Promise<number> {
  const manifest: Record<string, Chunk> = JSON.parse(
    await readFile(path.join(pages.dist, 'manifest.json'), 'utf8'),
  );
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (source: string): void => {
    const chunk = manifest[source];
    if (chunk === undefined) throw new Error(`The build has no ${source}.`);
    if (seen.has(source)) return;
    seen.add(source);
    const { file, imports = [], dynamicImports = [], css = [], assets = [] } = chunk;
    for (const one of later ? [file, ...css, ...assets] : [file]) files.add(one);
    for (const next of later ? [...imports, ...dynamicImports] : imports) visit(next);
  };
  for (const source of sources) visit(source);
  const sizes = await Promise.all(
    [...files].map(async (file) => size(await readFile(path.join(pages.dist, file)))),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

test('the tracking page stays within its bytes', async () => {
  const sizes = await trackingSizes();
  expect(sizes.document).toBeLessThanOrEqual(14_000);
  expect(sizes.script).toBeLessThanOrEqual(20_000);
  expect(sizes.everything).toBeLessThanOrEqual(120_000);
  // The map is what weighs: were it not counted, the sum would prove nothing.
  expect(sizes.everything).toBeGreaterThan(60_000);
});

test('dispatch with its map stays within its bytes, and loads the rest when it is asked for', async () => {
  const initial = ['dispatch/main.tsx', 'map/fleet-map.ts'];
  expect(await sizeOf(initial)).toBeLessThanOrEqual(150_000);
  // With the map, or the sum would prove nothing.
  expect(await sizeOf(initial)).toBeGreaterThan((await sizeOf(['dispatch/main.tsx'])) + 40_000);
  const later = [
    'analytics/analytics-view',
    'settings/settings-view',
    'zones/zones-view',
    'write/import-dialog',
  ];
  for (const view of later) {
    expect([view, await sizeOf([`dispatch/${view}.tsx`])]).toEqual([view, expect.any(Number)]);
  }
});

test('no script brings the validator that only servers need', async () => {
  const { script } = (await loadAssets(pages.dist)).track;
  expect(await readFile(path.join(pages.dist, script ?? ''), 'utf8')).not.toContain('ZodError');
});

test('the driver app starts within its bytes, and the first page is light', async () => {
  const drive = await sizeOf(['drive/main.tsx']);
  expect(drive).toBeLessThanOrEqual(70_000);
  // All of it counts: the app, its framework, its database and its socket.
  expect(drive).toBeGreaterThan(30_000);
  expect(await sizeOf(['home/main.tsx'])).toBeLessThanOrEqual(30_000);
});

test('the driver’s phone keeps all that the app may ever load, and nothing of other pages', async () => {
  const { driveWorker } = await loadAssets(pages.dist);
  const kept = [...driveWorker.matchAll(/"\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file ?? '');
  const sizes = await Promise.all(
    kept.map(async (file) => size(await readFile(path.join(pages.dist, file)))),
  );
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(
    await sizeOf(['drive/main.tsx'], { later: true }),
  );
  expect(driveWorker).not.toMatch(/__FILES__|__VERSION__/);
});

test('each script and style lies there compressed as well', async () => {
  const names = await readdir(path.join(pages.dist, 'assets'));
  const plain = names.filter((name) => /\.(js|css)$/.test(name));
  expect(plain.length).toBeGreaterThanOrEqual(5);
  for (const name of plain) expect(names).toEqual(expect.arrayContaining([`${name}.br`, `${name}.gz`]));
});

test('a folder without a build is an error that says so', async () => {
  await expect(loadAssets(path.join(pages.dist, 'nowhere'))).rejects.toThrow('manifest.json');
});
