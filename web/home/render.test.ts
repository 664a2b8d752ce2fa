import { expect, test } from 'vitest';
import type { Door } from './page-data.ts';
import { renderHomePage } from './render.tsx';

const assets = { css: '', script: '/assets/home.js' };
const home = (locale: string, door: Door = { kind: 'home' }, signUp = true): string =>
  renderHomePage({ locale, nonce: 'n', assets, door, signUp });

test('says what this is and lets people in, in both languages', () => {
  expect(home('en')).toContain('<h1>Run your own deliveries</h1>');
  expect(home('es-UY')).toContain('<h1>Tus entregas, en tus manos</h1>');
  for (const locale of ['en', 'es']) {
    expect(home(locale)).toContain('href="/docs"');
    expect(home(locale)).toContain('autocomplete="current-password"');
  }
});

test('offers no sign-up where nobody may', () => {
  expect(home('en')).toContain('>Sign up<');
  expect(home('en', { kind: 'home' }, false)).not.toContain('>Sign up<');
});

test('a link’s page is listed nowhere and writes nothing out that could end its script', () => {
  const page = home('en', { kind: 'invite', token: '</script><b>' });
  expect(page).toContain('name="robots" content="noindex,nofollow"');
  expect(page).toContain('<h1>You are invited</h1>');
  expect(page).not.toContain('</script><b>');
});
