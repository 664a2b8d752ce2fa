import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAssets } from './assets.ts';
import { OSM_ATTRIBUTION } from './map/tiles.ts';
import { buildPages } from './test-build.ts';
import { renderTrackingPage } from './track/render.tsx';
import { NOON, sampleView } from './track/sample.ts';

let pages: Awaited<ReturnType<typeof buildPages>>;
beforeAll(async () => {
  pages = await buildPages();
});
afterAll(() => pages.remove());

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
  const built = path.join(pages.dist, 'assets');
  const loaded = (await readdir(built)).filter((name) => !/^(home|track)-.*\.css$|\.(br|gz)$/.test(name));
  const files = await Promise.all(loaded.map(async (name) => size(await readFile(path.join(built, name)))));
  const document = size(html);
  return {
    document,
    script: size(await readFile(path.join(pages.dist, assets.script ?? ''))),
    everything: files.reduce((sum, bytes) => sum + bytes, document),
  };
}

test('the tracking page stays within its bytes', async () => {
  const sizes = await trackingSizes();
  expect(sizes.document).toBeLessThanOrEqual(14_000);
  expect(sizes.script).toBeLessThanOrEqual(20_000);
  expect(sizes.everything).toBeLessThanOrEqual(120_000);
  // The map is what weighs: were it not counted, the sum would prove nothing.
  expect(sizes.everything).toBeGreaterThan(60_000);
});

test('no script brings the validator that only servers need', async () => {
  const { script } = (await loadAssets(pages.dist)).track;
  expect(await readFile(path.join(pages.dist, script ?? ''), 'utf8')).not.toContain('ZodError');
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
