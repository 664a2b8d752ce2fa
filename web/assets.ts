import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DRIVE_WORKER } from './service-worker.ts';
import type { PageAssets } from './ui/document.tsx';

/** The entries of vite.config.ts by their source, as the manifest names them. */
const ENTRIES = {
  track: { css: 'track/track.css', script: 'track/main.tsx' },
  home: { css: 'home/home.css', script: 'home/main.tsx' },
  drive: { css: 'drive/drive.css', script: 'drive/main.tsx' },
} as const satisfies Record<string, { css: string; script: string | null }>;

/** These have too much of both to write it into the page: they link to them. */
const DOCS = { css: 'docs/docs.css', script: 'docs/docs.ts' };
const DISPATCH = { css: 'dispatch/dispatch.css', script: 'dispatch/main.tsx' };

export type LinkedAssets = { css: string; script: string };
export type WebAssets = Record<keyof typeof ENTRIES, PageAssets> & {
  docs: LinkedAssets;
  dispatch: LinkedAssets;
  /** The source of the drivers' service worker. */
  driveWorker: string;
};

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
  const linked = ({ css, script }: LinkedAssets): LinkedAssets => ({
    css: `/${fileOf(manifest, css)}`,
    script: `/${fileOf(manifest, script)}`,
  });
  const loaded = Object.entries(ENTRIES).map(async ([name, entry]) => [name, await load(entry)]);
  // One for each entry, by its own name.
  const pages = Object.fromEntries(await Promise.all(loaded)) as Record<keyof typeof ENTRIES, PageAssets>;
  const driveWorker = await readFile(path.join(folder, DRIVE_WORKER), 'utf8');
  return { ...pages, docs: linked(DOCS), dispatch: linked(DISPATCH), driveWorker };
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
