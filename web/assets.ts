import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PageAssets } from './ui/document.tsx';

/** The entries of vite.config.ts by their source, as the manifest names them. */
const ENTRIES = {
  track: { css: 'track/track.css', script: 'track/main.tsx' },
  home: { css: 'home/home.css', script: null },
} as const satisfies Record<string, { css: string; script: string | null }>;

export type WebAssets = Record<keyof typeof ENTRIES, PageAssets>;

/**
 * What the pages need of a build in that folder (`dist/web`), whose `assets/` is to be served under `/assets/`; the names
 * there carry hashes and may be cached for ever. Throws when the folder holds no build.
 */
export async function loadAssets(folder: string): Promise<WebAssets> {
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
  const load = async (entry: { css: string; script: string | null }): Promise<PageAssets> => ({
    css: await readFile(path.join(folder, fileOf(manifest, entry.css)), 'utf8'),
    script: entry.script === null ? null : `/${fileOf(manifest, entry.script)}`,
  });
  return { track: await load(ENTRIES.track), home: await load(ENTRIES.home) };
}

/** The built file of a source, by vite's manifest: `{[source]: {file, …}}`. */
function fileOf(manifest: unknown, source: string): string {
  const entry = isRecord(manifest) ? manifest[source] : undefined;
  if (!isRecord(entry) || typeof entry.file !== 'string')
    throw new Error(`The build of ${source} is missing.`);
  return entry.file;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
