import { expect, test } from 'vitest';
import { renderDispatchPage } from './render.tsx';

const page = (locale: string): string =>
  renderDispatchPage({
    locale,
    nonce: 'nonce',
    assets: { css: '/assets/a.css', script: '/assets/a.js' },
    tiles: null,
  });

test('the frame links its script and style, tells the script its language, and is not listed', () => {
  const html = page('es-UY');
  expect(html).toContain('<html lang="es-UY">');
  expect(html).toContain('<link rel="stylesheet" href="/assets/a.css"');
  expect(html).toContain('<script type="module" src="/assets/a.js">');
  expect(html).toContain('{"locale":"es-UY","tiles":null}');
  expect(html).toContain('noindex');
  expect(html).toContain('<title>Despacho · DropMate</title>');
});

test('without a script it says what it needs', () => {
  expect(page('en')).toContain('This page needs JavaScript.');
});
