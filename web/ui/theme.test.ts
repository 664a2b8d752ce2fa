import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const coloursIn = (css = ''): string[] => [...css.matchAll(/--[\w-]+: #[0-9a-f]{6}/g)].map(([rule]) => rule);
const read = (file: string): string => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test('a theme that is chosen has the colours of one that the system chose', () => {
  const bySystem = read('tokens.css').split('@media (prefers-color-scheme: dark)').map(coloursIn);
  const chosen = read('theme.css').split(':root[data-theme="dark"]').map(coloursIn);
  expect(chosen).toEqual(bySystem);
  expect(chosen.flat().length).toBeGreaterThan(20);
});
