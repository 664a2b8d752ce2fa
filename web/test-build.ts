import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';

/** The pages as they are shipped, built into a folder of their own: for tests. `remove` deletes it. */
export async function buildPages(): Promise<{ dist: string; remove: () => Promise<void> }> {
  const dist = await mkdtemp(path.join(tmpdir(), 'dropmate-web-'));
  const configFile = path.join(import.meta.dirname, 'vite.config.ts');
  await build({ configFile, mode: 'production', build: { outDir: dist } });
  return { dist, remove: () => rm(dist, { recursive: true, force: true }) };
}
