import { defineConfig } from 'vite';
import { compress } from './compress.ts';
import { ownCopies } from './own-copies.ts';
import { serviceWorker } from './service-worker.ts';

/** The pages: hashed files under `assets/`, and a manifest by which `assets.ts` finds them. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    ownCopies('track/main.tsx'),
    serviceWorker({ app: 'drive/main.tsx', worker: 'drive/service-worker.ts' }),
    compress(),
  ],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    // Each browser that reads ES modules well enough for these pages preloads them by itself.
    modulePreload: { polyfill: false },
    // Never a data: URL, which the pages' policy would refuse for what is not an image.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // How long compressing takes on a busy machine is nobody's concern.
      checks: { bundlerTimings: false },
      input: [
        ...['track/main.tsx', 'track/track.css', 'home/main.tsx', 'home/home.css'],
        ...['drive/main.tsx', 'drive/drive.css', 'drive/service-worker.ts'],
        ...['dispatch/main.tsx', 'dispatch/dispatch.css'],
        ...['docs/docs.ts', 'docs/docs.css'],
      ].map((file) => `${import.meta.dirname}/${file}`),
    },
  },
});
