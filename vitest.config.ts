import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { applyPatches } from './scripts/patches.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run test:slow` sets SLOW_TESTS: then the long ones (*.slow.test.ts) run, and only those.
const slow = process.env.SLOW_TESTS === '1';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [applyPatches()],
  resolve: { alias: { 'cloudflare:workers': here('./realtime/host/cloudflare-workers.ts') } },
  test: {
    environment: 'node',
    include: slow ? ['**/*.slow.test.{ts,tsx}'] : ['**/*.test.{ts,tsx}'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/.data/**',
      ...(slow ? [] : ['**/*.slow.test.{ts,tsx}']),
    ],
    globalSetup: [here('./tests/support/global-setup.ts')],
    setupFiles: [here('./tests/support/setup.ts')],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: slow ? 1_800_000 : 30_000,
    hookTimeout: slow ? 1_800_000 : 60_000,
    // partyserver imports cloudflare:workers, which only a module that goes through Vite finds by the alias above. postgres is
    // patched as it is in the bundles: what is tested is what runs.
    server: { deps: { inline: ['partyserver', /[\\/]node_modules[\\/]postgres[\\/]/] } },
  },
});
