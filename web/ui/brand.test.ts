import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { brandCss, contrast } from './brand.ts';

/** The two palettes of tokens.css: light, then dark. */
const PALETTES = readFileSync(path.join(import.meta.dirname, 'tokens.css'), 'utf8')
  .split('@media (prefers-color-scheme: dark)')
  .map((css) =>
    Object.fromEntries([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex])),
  );
const TEXTS = ['text', 'muted', 'brand', 'assigned', 'arrived', 'done', 'risk', 'late'];

test.each(PALETTES.map((palette, dark) => ({ dark, palette })))(
  'every text colour can be read on both backgrounds (dark: $dark)',
  ({ palette }) => {
    const color = (name: string): string => palette[name] ?? 'missing';
    for (const name of TEXTS) {
      expect([name, contrast(color(name), color('bg')) >= 4.5]).toEqual([name, true]);
      expect([name, contrast(color(name), color('surface')) >= 4.5]).toEqual([name, true]);
    }
    expect(contrast(color('on-brand'), color('brand'))).toBeGreaterThanOrEqual(4.5);
  },
);

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each(['#ffff00', '#000', '#e11d48', '#808080', '#FFFFFF'])(
  'a merchant’s %s becomes readable',
  (color) => {
    const [light, dark] = [...brandCss(color).matchAll(/--brand:(#\w{6});--on-brand:(#\w{6})/g)];
    for (const ground of ['#f6f7f9', '#ffffff'])
      expect(contrast(light?.[1] ?? '', ground)).toBeGreaterThanOrEqual(4.5);
    for (const ground of ['#0b1220', '#131c2e'])
      expect(contrast(dark?.[1] ?? '', ground)).toBeGreaterThanOrEqual(4.5);
    for (const [, brand, onBrand] of [light, dark].map((match) => match ?? []))
      expect(contrast(brand ?? '', onBrand ?? '')).toBeGreaterThanOrEqual(4.5);
  },
);

test('a readable colour stays as it is', () => {
  expect(brandCss('#0f766e')).toContain(':root{--brand:#0f766e;--on-brand:#ffffff}');
});

test.each([null, '', 'red', '#12345', 'red}body{display:none', '#fff;}</style><script>'])(
  'nothing comes of %j',
  (color) => {
    expect(brandCss(color)).toBe('');
  },
);
