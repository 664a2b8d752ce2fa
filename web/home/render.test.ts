import { expect, test } from 'vitest';
import { renderHomePage } from './render.tsx';

const assets = { css: '', script: null };
const home = (locale: string): string =>
  renderHomePage({ locale, nonce: 'n', assets, publicUrl: 'https://deliveries.example' });

test('says what this is and how to try it, in both languages', () => {
  expect(home('en')).toContain('<h1>Run your own deliveries</h1>');
  expect(home('es-UY')).toContain('<h1>Tus entregas, en tus manos</h1>');
  for (const locale of ['en', 'es']) {
    expect(home(locale)).toContain('curl https://deliveries.example/v1/merchants');
    expect(home(locale)).toContain('href="/openapi.json"');
  }
});

test('promises no page that is not there', () => {
  expect(home('en')).not.toMatch(/\/dispatch|\/drive/);
});
