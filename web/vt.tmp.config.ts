import { defineConfig } from 'vitest/config';
export default defineConfig({
  root: '/work/main',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { testTimeout: 60000, hookTimeout: 120000 },
});
