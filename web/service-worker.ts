import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Where the worker lies in the build; `functions/pages` serves it beside the app, and never cached for good. */
export const DRIVE_WORKER = 'drive-worker.js';

/** Named in the manifest and by phones, so without a hash. */
const ICONS = ['drive-icon-192.png', 'drive-icon-512.png', 'drive-icon-maskable-512.png'];

type Sources = { app: string; worker: string };
type Bundle = Parameters<Extract<NonNullable<Plugin['generateBundle']>, (...args: never) => unknown>>[1];

/**
 * Makes a service worker of one of the entries: tells it, in the place of `__FILES__`, which files the app may ever load,
 * and in the place of `__VERSION__` what those are together. All of it, and nothing of the other pages.
 */
export function serviceWorker({ app, worker }: Sources): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      for (const icon of ICONS) {
        const source = await readFile(path.join(import.meta.dirname, 'drive/icons', icon));
        this.emitFile({ type: 'asset', fileName: `assets/${icon}`, source });
      }
      const [appFile, workerFile] = [app, worker].map((source) => fileOf(bundle, source));
      const chunk = bundle[workerFile ?? ''];
      if (appFile === undefined || chunk?.type !== 'chunk') throw new Error(`${worker} was not built.`);
      const files = [...reachable(bundle, appFile)].sort().map((file) => `/${file}`);
      const version = createHash('sha256').update(files.join()).update(chunk.code).digest('hex').slice(0, 12);
      delete bundle[chunk.fileName];
      const source = chunk.code
        .replaceAll('__FILES__', JSON.stringify(files))
        .replaceAll('__VERSION__', JSON.stringify(version));
      this.emitFile({ type: 'asset', fileName: DRIVE_WORKER, source });
    },
  };
}

function fileOf(bundle: Bundle, source: string): string | undefined {
  const id = path.join(import.meta.dirname, source);
  return Object.values(bundle).find((output) => output.type === 'chunk' && output.facadeModuleId === id)
    ?.fileName;
}

/** The chunk, what it imports, now or later, and their styles. */
function reachable(bundle: Bundle, file: string, found = new Set<string>()): Set<string> {
  const output = bundle[file];
  if (found.has(file) || output?.type !== 'chunk') return found;
  found.add(file);
  for (const next of [...output.imports, ...output.dynamicImports]) reachable(bundle, next, found);
  return found;
}
